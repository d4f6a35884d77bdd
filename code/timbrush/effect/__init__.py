"""Strokes of the brush on a sound."""
