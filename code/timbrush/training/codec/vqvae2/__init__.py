"""Train the VQ-VAE-2."""
