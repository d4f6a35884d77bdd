"""How well each inpainter redraws held-out sounds."""
