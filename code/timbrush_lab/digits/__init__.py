"""Handwritten digits, a small test bench of the quantizer."""
