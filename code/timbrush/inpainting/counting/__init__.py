"""Inpainters that count which codes lie beside which."""
