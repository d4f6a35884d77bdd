"""Let what lies above the model's band follow the change of its highest rows."""

import math

import numpy as np
import torch
from jaxtyping import Float
from scipy import fft

from timbrush.audio.resampling import Samples
from timbrush.audio.spectrogram import SpectrogramConfig, power, stft
from timbrush.tensors import Waveform

ROWS = (0.8, 0.97)
"""The highest rows, as shares of the top of the band."""
WINDOW_SECONDS = 0.012
NEAR_STEPS = 2
"""Steps on each side over which the rows' energy is averaged, so that the gain is no buzz."""
MOST_UP, MOST_DOWN = 12.0, 40.0
"""Decibels by which what lies above is turned up or down at most."""
EDGE = 1.04
"""Where all of what lies above is turned, as a share of the top of the band."""


def top_change(
    old: Waveform, new: Waveform, sample_rate: int, *, top: float, floor: float
) -> tuple[Float[np.ndarray, "channel step"], float]:
    """Return by how many decibels the highest rows changed, and the seconds of a step.

    Args:
        old: The sound before, at the model's rate.
        new: The sound after.
        sample_rate: The model's rate.
        top: The top of the model's band in hertz.
        floor: A magnitude that counts as silence.
    """
    size = 1 << round(math.log2(sample_rate * WINDOW_SECONDS))
    config = SpectrogramConfig(sample_rate=sample_rate, n_fft=size, hop_length=size // 4)
    low, high = (round(share * top / config.bin_hertz) for share in ROWS)
    rows = power(stft(torch.cat((old, new)), config))[:, low : high + 1].sum(1, keepdim=True)
    near = torch.nn.functional.avg_pool1d(
        rows, 2 * NEAR_STEPS + 1, 1, NEAR_STEPS, count_include_pad=False
    )
    before, after = (10 * torch.log10(near[:, 0] + max(floor, 1e-12) ** 2)).chunk(2)
    return (after - before).clamp(-MOST_DOWN, MOST_UP).numpy(), config.frame_seconds


def keep_above(sound: Samples, sample_rate: int, *, top: float) -> Samples:
    """Return what a piece holds above the top of the band."""
    size = fft.next_fast_len(sound.shape[1], real=True)
    hertz = fft.rfftfreq(size, 1 / sample_rate)
    share = ((hertz / top - 1) / (EDGE - 1)).clip(0, 1).astype(np.float32)
    rise = np.sin(np.pi / 2 * share) ** 2
    above: Samples = fft.irfft(fft.rfft(sound, n=size) * rise, n=size)[:, : sound.shape[1]]
    return above


def follow(
    above: Samples,
    reference: Samples,
    gains: Float[np.ndarray, "channel step"],
    places: Float[np.ndarray, " time"],
) -> Samples:
    """Return what to add to a piece so that what lies above follows.

    Args:
        above: What the piece holds above the band.
        reference: What it held before the stroke.
        gains: Decibels of each step.
        places: The step of each sample.
    """
    steps = np.arange(gains.shape[1])
    turned = np.stack([np.interp(places, steps, 10 ** (channel / 20)) for channel in gains])
    added: Samples = (reference * turned - above).astype(np.float32)
    return added
