"""Cut crops from sounds and vary them."""
