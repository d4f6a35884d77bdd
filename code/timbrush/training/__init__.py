"""Train codecs and inpainters on examples, and write them as checkpoints."""
