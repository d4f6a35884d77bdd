"""What strokes keep of a recording: level, rhythm, width, and all that is outside."""
