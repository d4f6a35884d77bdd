"""Redraw the masked codes of codemaps. Nothing here knows of sound."""
