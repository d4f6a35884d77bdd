"""Inpainters that are neural networks over patches of codes."""
