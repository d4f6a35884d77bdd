"""Measure inpainters on held-out codemaps."""
