"""Sounds through a codec and back: distances, pitch, bits, speed and locality."""
