"""Fill a span of a sound without a model: true magnitudes, interpolation, blur, a copy."""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float
from scipy.ndimage import gaussian_filter
from torch import Tensor

from timbrush.audio import phase
from timbrush.audio.spectrogram import SpectrogramConfig, stft
from timbrush.tensors import Stft
from timbrush_lab.hearing.signal import Samples

N_FFT, HOP = 2048, 512
CONTEXT_FRAMES = 16
"""Frames on either side of a span that are known to the phases."""
BLUR = (2.0, 4.0)
"""Bins and frames of the Gaussian that blurs powers."""
SMALLEST = 1e-7

Levels = Float[np.ndarray, "bin frame"]
Filled = Float[np.ndarray, "bin new_frame"]
Fill = Callable[[Levels, slice], Filled]
"""Takes the decibels of a whole sound and the frames of a span; returns those for the span."""


def keep(levels: Levels, span: slice) -> Filled:
    """Return the true levels: only phases are found anew."""
    return levels[:, span]


def interpolate(levels: Levels, span: slice) -> Filled:
    """Return levels on a straight line from the frame before the span to that after it."""
    first, last = max(span.start - 1, 0), min(span.stop, levels.shape[1] - 1)
    share = np.linspace(0, 1, span.stop - span.start + 2)[1:-1]
    return levels[:, [first]] * (1 - share) + levels[:, [last]] * share


def blur(levels: Levels, span: slice) -> Filled:
    """Return levels whose powers are blurred in time and frequency."""
    power: Levels = gaussian_filter(10 ** (levels / 10), BLUR)
    return 10 * np.log10(power[:, span])


def copy(levels: Levels, span: slice) -> Filled:
    """Return the levels of what comes half a sound later, or earlier."""
    frames = (np.arange(span.start, span.stop) + levels.shape[1] // 2) % levels.shape[1]
    return levels[:, frames]


FILLS: dict[str, Fill] = {
    "true magnitudes": keep,
    "interpolation": interpolate,
    "blur": blur,
    "copy": copy,
}


def fill_span(
    samples: Samples, sample_rate: int, seconds: tuple[float, float], fill: Fill
) -> Samples:
    """Return a sound, a span of which has other magnitudes, with phases that fit the rest.

    Args:
        samples: The sound.
        sample_rate: Its rate in hertz.
        seconds: The span; what is outside stays as it is.
        fill: Returns its levels.
    """
    config = SpectrogramConfig(sample_rate=sample_rate, n_fft=N_FFT, hop_length=HOP)
    filled = samples.astype(np.float32)
    spectrum = stft(torch.from_numpy(filled)[None], config)
    levels = 20 * np.log10(spectrum[0].abs().clamp(min=SMALLEST).numpy())
    first, last = (round(edge * sample_rate / HOP) for edge in seconds)
    span = slice(max(first, 0), min(max(last, first + 1), levels.shape[1]))
    magnitudes = torch.from_numpy(10 ** (fill(levels, span) / 20)).float()
    low = max(span.start - CONTEXT_FRAMES, 0)
    window = spectrum[:, :, low : span.stop + CONTEXT_FRAMES]
    piece = _resynthesise(window, magnitudes, span.start - low, config)
    begin, end = HOP * span.start, min(HOP * span.stop, len(filled))
    filled[begin:end] = piece[begin - HOP * low : end - HOP * low]
    return filled


def _resynthesise(
    window: Stft,
    magnitudes: Float[Tensor, "bin new_frame"],
    start: int,
    config: SpectrogramConfig,
) -> Float[np.ndarray, " new_time"]:
    """Return a window of a sound with other magnitudes from the frame ``start`` on."""
    inside = slice(start, start + magnitudes.shape[1])
    known, wanted = window.clone(), window.abs()
    known[:, :, inside] = 0
    wanted[0, :, inside] = magnitudes
    is_known = torch.ones(window.shape, dtype=torch.bool)
    is_known[:, :, inside] = False
    begun = phase.initial(wanted, config, known=known, is_known=is_known)
    length = window.shape[2] * config.hop_length
    return phase.refine(begun * ~is_known, config, length=length, held=known)[0].numpy()
