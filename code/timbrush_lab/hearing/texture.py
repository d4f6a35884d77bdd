"""How much noise fluctuates: what a codec that smooths takes away."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float

from timbrush_lab.hearing.signal import Magnitudes, Signal, decibels

WINDOW_SECONDS = 0.0232
BLOCK_FRAMES = 16
"""Frames, a quarter of a window apart, over which fluctuations are measured."""
LOWEST_HERTZ, HIGHEST_HERTZ, HIGHEST_SHARE = 200.0, 16_000.0, 0.45
LEAST_WIDTH_HERTZ, RELATIVE_WIDTH = 350.0, 0.26
LEAST_BINS = 6
NOISY = 0.35
"""Spectral flatness above which a block is noise."""
AUDIBLE = 1e-6
"""Energy of a block, relative to that of the loudest frame over a block, that is heard."""
FLOOR = 1e-10
LEAST_BLOCKS = 5


@dataclass(frozen=True, kw_only=True)
class Texture:
    """Figures of a sound's noise, restored against original; negative is smoothed.

    Args:
        n_blocks: Noisy blocks of the original.
        modulation_db: Variance in time of the level of a band; None with too few blocks.
        grain_db: Variance of the levels of single bins; None with too few blocks.
    """

    n_blocks: int
    modulation_db: float | None = None
    grain_db: float | None = None


def compare_texture(original: Signal, restored: Signal) -> Texture:
    """Return how the fluctuations of noise changed, where the original is noise."""
    size = original.window(WINDOW_SECONDS)
    power, other = (sound.magnitudes(size, size // 4) ** 2 for sound in (original, restored))
    floor = power.max() * FLOOR
    if floor == 0:
        return Texture(n_blocks=0)
    loudest = power.sum(axis=1).max() * BLOCK_FRAMES
    variances = [
        (*_variances(block + floor), *_variances(other[frames, bins] + floor))
        for frames, bins, block in _blocks(power, original.sample_rate, size)
        if _is_noise(block + floor) and (block + floor).sum() > loudest * AUDIBLE
    ]
    if len(variances) < LEAST_BLOCKS:
        return Texture(n_blocks=len(variances))
    modulation, grain, other_modulation, other_grain = np.sum(variances, axis=0)
    return Texture(
        n_blocks=len(variances),
        modulation_db=float(decibels(other_modulation / modulation)),
        grain_db=float(decibels(other_grain / grain)),
    )


def band_edges(sample_rate: int) -> list[float]:
    """Return edges of bands of about a quarter of their frequency, but no less than 350 Hz."""
    edges = [LOWEST_HERTZ]
    while edges[-1] < min(HIGHEST_HERTZ, HIGHEST_SHARE * sample_rate):
        edges.append(edges[-1] + max(LEAST_WIDTH_HERTZ, RELATIVE_WIDTH * edges[-1]))
    return edges


def _blocks(
    power: Magnitudes, sample_rate: int, size: int
) -> Iterator[tuple[slice, slice, Float[np.ndarray, "block_frame band_bin"]]]:
    """Yield the frames and bins of each block, and the power there."""
    hertz = np.arange(power.shape[1]) * sample_rate / size
    for low, high in pairwise(band_edges(sample_rate)):
        first, last = np.searchsorted(hertz, (low, high))
        if last - first < LEAST_BINS:
            continue
        for start in range(0, len(power) - BLOCK_FRAMES + 1, BLOCK_FRAMES):
            frames, bins = slice(start, start + BLOCK_FRAMES), slice(int(first), int(last))
            yield frames, bins, power[frames, bins]


def _is_noise(block: Float[np.ndarray, "block_frame band_bin"]) -> bool:
    return bool(np.exp(np.log(block).mean()) / block.mean() > NOISY)


def _variances(block: Float[np.ndarray, "block_frame band_bin"]) -> tuple[float, float]:
    """Return the variance of a band's level over time, and that of all bins' levels."""
    return float(decibels(block.sum(axis=1)).var()), float(decibels(block).var())
