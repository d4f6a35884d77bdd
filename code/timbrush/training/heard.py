"""Decoded spectrogram to the spectrogram of its sound, with gradients."""

import torch

from timbrush.audio.phase import reconstruct
from timbrush.audio.spectrogram import (
    SpectrogramConfig,
    istft,
    stft,
    to_magnitudes,
    to_spectrogram,
)
from timbrush.tensors import Spectrogram

EDGE_FRAMES = 4
"""Frames at each end that windows beyond the ends take part in: a window is four hops."""


def heard(decoded: Spectrogram, config: SpectrogramConfig) -> Spectrogram:
    """Return the spectrogram of the sound that phases make of a decoded one.

    No sound has just the magnitudes that a decoder answers. The phases are taken as they are
    found; through the magnitudes, gradients tell the decoder what comes of them.

    Args:
        decoded: Spectrograms, clamped or not.
        config: The spectrogram that they are of.

    Returns:
        As many frames; the first and last ``EDGE_FRAMES`` lack what lies beyond.
    """
    ones = torch.ones(len(decoded), device=decoded.device)
    magnitudes = to_magnitudes(decoded.clamp(0, 1), ones, config)
    length = (decoded.shape[2] - 1) * config.hop_length
    with torch.no_grad():
        spectrum = stft(reconstruct(magnitudes, config, length=length), config)
        phases = spectrum / spectrum.abs().clamp(min=1e-12)
    sound = istft(magnitudes * phases, config, length=length)
    return to_spectrogram(stft(sound, config).abs(), ones, config)
