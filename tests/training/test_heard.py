"""What is heard of a decoded spectrogram."""

import numpy as np
import torch

from timbrush.audio.spectrogram import SpectrogramConfig, stft, to_spectrogram
from timbrush.training.heard import EDGE_FRAMES, heard

CONFIG = SpectrogramConfig(n_fft=256, hop_length=64)
INSIDE = slice(EDGE_FRAMES, -EDGE_FRAMES)


def tone(n_frames: int = 32) -> torch.Tensor:
    times = torch.arange((n_frames - 1) * CONFIG.hop_length) / CONFIG.sample_rate
    waveform = torch.sin(2 * np.pi * 1000 * times) + 0.3 * torch.sin(2 * np.pi * 3000 * times)
    magnitudes = stft(waveform[None], CONFIG).abs()
    return to_spectrogram(magnitudes, magnitudes.amax(dim=(1, 2)), CONFIG)


def rms_decibels(one: torch.Tensor, other: torch.Tensor) -> float:
    return 80 * float((one - other)[:, :, INSIDE].square().mean().sqrt())


def test_the_spectrogram_of_a_sound_is_heard_as_it_is() -> None:
    spectrogram = tone()
    restored = heard(spectrogram, CONFIG)
    assert restored.shape == spectrogram.shape
    loud = spectrogram > 0.5
    assert rms_decibels(restored * loud, spectrogram * loud) < 1


def test_what_no_sound_can_have_is_heard_otherwise() -> None:
    generator = torch.Generator().manual_seed(0)
    noise = torch.rand(1, CONFIG.n_bins, 32, generator=generator)
    assert rms_decibels(heard(noise, CONFIG), noise) > 5


def test_gradients_raise_what_is_heard_too_quiet() -> None:
    wanted = tone()
    loud = wanted > 0.7
    decoded = (wanted - 0.1 * loud).requires_grad_(True)
    difference = (heard(decoded, CONFIG) - wanted) * loud
    difference[:, :, INSIDE].square().mean().backward()
    assert decoded.grad is not None and torch.isfinite(decoded.grad).all()
    assert (decoded.grad[loud][decoded.grad[loud] != 0] < 0).float().mean() > 0.8
