"""Train the codec of rhythm and timbre."""
