"""Codemaps and masks to codemaps. Nothing here knows of sound."""
