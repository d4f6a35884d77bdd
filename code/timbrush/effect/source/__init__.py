"""The sound as it was opened: its samples, its codes and its peak."""
