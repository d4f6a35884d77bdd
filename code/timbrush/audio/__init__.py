"""Sound files, waveforms, spectrograms and phases."""
