"""What the bytes of each kind of sound file mean, beside samples that libsndfile decodes."""
