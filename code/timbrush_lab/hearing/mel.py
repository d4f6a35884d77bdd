"""Distance of two sounds in mel bands, over windows from 32 to 2048 samples."""

import numpy as np
from jaxtyping import Float

from timbrush.audio.mel import mel_filters
from timbrush_lab.hearing.signal import Signal

Bands = Float[np.ndarray, "frame band"]

WINDOWS = {32: 5, 64: 10, 128: 20, 256: 40, 512: 80, 1024: 160, 2048: 320}
"""Samples of each window, and its mel bands. Source: Kumar et al. 2023 (DAC), section 3.4."""
FLOOR_DECIBELS = 80.0
"""Bands count down to so far below the loudest of the original at that window."""
LOW_HERTZ = 7500.0
"""Bands below this are also averaged by themselves."""


def mel_distance(original: Signal, restored: Signal) -> tuple[float, float]:
    """Return the mean difference of mel bands in decibels, over all bands and over low ones.

    Each window counts alike. The two sounds have the same rate and length.
    """
    distances, low_distances = [], []
    for size, n_bands in WINDOWS.items():
        _, middles = mel_filters(original.sample_rate, size, n_bands)
        target, bands = (_mel_bands(sound, size, n_bands) for sound in (original, restored))
        floor = max(float(target.max()), 1e-9) * 10 ** (-FLOOR_DECIBELS / 20)
        ratio = np.maximum(bands, floor) / np.maximum(target, floor)
        decibels = np.abs(20 * np.log10(ratio))
        distances.append(decibels.mean())
        low_distances.append(decibels[:, middles < LOW_HERTZ].mean())
    return float(np.mean(distances)), float(np.mean(low_distances))


def _mel_bands(sound: Signal, size: int, n_bands: int) -> Bands:
    filters, _ = mel_filters(sound.sample_rate, size, n_bands)
    return sound.magnitudes(size, size // 4) @ filters
