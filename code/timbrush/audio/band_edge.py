"""Find where the band of a sound ends, if a filter cut it off.

A sound that was an MP3, or that was recorded at a low rate, has nothing above some frequency.
What learns from it must not learn that brightness stops there.
"""

import numpy as np
from jaxtyping import Float
from numpy.lib.stride_tricks import sliding_window_view

WINDOW = 4096
"""Samples of a window."""
MOST_WINDOWS = 200
"""Windows that are looked at, evenly spread."""
N_BANDS = 128
"""Bands of equal width from 0 Hz to half the rate."""
FIRST, LAST = 20, 122
"""Bands in which an edge is looked for: a fall below them is a sound's own."""
FALL_DECIBELS = 25.0
"""An edge is a fall of so much within ``GAP`` bands, with nothing louder above."""
REACH, GAP = 6, 3
"""Bands of which the level below an edge is the mean, and bands that the fall itself takes."""
DEPTH_DECIBELS = 95.0
"""What lies further below the loudest band is rounding noise, where no edge is looked for."""
MARGIN = 2
"""The edge is so many bands below the fall: filters fall gently at first."""
SMALLEST_POWER = 1e-20


def band_edge(samples: Float[np.ndarray, " time"], sample_rate: int) -> float:
    """Return the frequency in hertz above which a filter has cut a sound off.

    Returns:
        Half of ``sample_rate`` if none has, or the sound is too short to tell.
    """
    if len(samples) < WINDOW:
        return sample_rate / 2
    bands = _band_decibels(samples)
    audible = bands.max() - DEPTH_DECIBELS
    for band in range(FIRST, LAST):
        below = bands[band - REACH : band].mean()
        if below > audible and bands[band + GAP :].max() < below - FALL_DECIBELS:
            return (band - MARGIN) * sample_rate / 2 / N_BANDS
    return sample_rate / 2


def _band_decibels(samples: Float[np.ndarray, " time"]) -> Float[np.ndarray, " band"]:
    """Return the mean power of each band; the Nyquist frequency's bin is left out."""
    stride = max(WINDOW // 2, len(samples) // MOST_WINDOWS)
    frames = sliding_window_view(samples, WINDOW)[::stride] * np.hanning(WINDOW)
    power = (np.abs(np.fft.rfft(frames)) ** 2).mean(axis=0)[:-1]
    return 10 * np.log10(power.reshape(N_BANDS, -1).mean(axis=1) + SMALLEST_POWER)
