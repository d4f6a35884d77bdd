"""Examples to checkpoints."""
