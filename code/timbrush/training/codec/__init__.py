"""Train a codec on a folder of sounds."""
