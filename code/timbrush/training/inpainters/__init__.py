"""Fit or train inpainters on the codes of many sounds."""
