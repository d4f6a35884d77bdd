"""Spectrogram to codemaps and back."""
