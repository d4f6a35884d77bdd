"""Checkpoints to results."""
