"""A mono sound with its short-time spectra, each computed when first asked for."""

import math

import numpy as np
from jaxtyping import Float
from numpy.lib.stride_tricks import sliding_window_view
from scipy import fft

Samples = Float[np.ndarray, " time"]
Magnitudes = Float[np.ndarray, "frame bin"]
Values = Float[np.ndarray, "..."]

SMALLEST_POWER = 1e-20
"""Powers below this count as this: -200 dB."""
BLOCK_SAMPLES = 1 << 18
"""Windowed samples that are transformed at a time: they fit a processor's cache."""


class Signal:
    """A mono sound whose spectra are kept, so that all figures share them.

    Args:
        samples: The sound; full scale is 1.
        sample_rate: Its rate in hertz.
    """

    def __init__(self, samples: Samples, sample_rate: int) -> None:
        self.samples = samples.astype(np.float32)
        self.sample_rate = sample_rate
        self._spectra: dict[tuple[int, int], Magnitudes] = {}

    def window(self, seconds: float) -> int:
        """Return the power of two next to so many seconds, in samples."""
        return 1 << round(math.log2(self.sample_rate * seconds))

    def magnitudes(self, size: int, hop: int) -> Magnitudes:
        """Return the magnitudes of windows ``hop`` samples apart; not to be changed."""
        if (size, hop) not in self._spectra:
            self._spectra[size, hop] = magnitudes(self.samples, size, hop)
        return self._spectra[size, hop]


def magnitudes(samples: Samples, size: int, hop: int) -> Magnitudes:
    """Return magnitudes of Hann windows; the first is centred on the first sample.

    Silence surrounds the sound, and the last window begins after its end. A full-scale sine in
    the middle of a bin has magnitude 1.

    Args:
        samples: The sound.
        size: Samples of a window; even.
        hop: Samples from one window to the next.
    """
    window = np.hanning(size + 1)[:-1]
    scaled = (window * (2 / window.sum())).astype(np.float32)
    padded = np.pad(samples.astype(np.float32), (size // 2, size // 2 + hop))
    frames = sliding_window_view(padded, size)[::hop]
    step = max(1, BLOCK_SAMPLES // size)
    blocks = (frames[first : first + step] * scaled for first in range(0, len(frames), step))
    return np.concatenate([np.abs(fft.rfft(block)) for block in blocks])


def fit(samples: Samples, length: int) -> Float[np.ndarray, " fitted"]:
    """Return a sound cut or filled with silence to a length."""
    return np.pad(samples[:length], (0, max(length - len(samples), 0)))


def decibels(power: Values | float) -> Values:
    """Return ten times the decimal logarithm of a power, -200 at the least."""
    return np.asarray(10 * np.log10(np.maximum(power, SMALLEST_POWER)))
