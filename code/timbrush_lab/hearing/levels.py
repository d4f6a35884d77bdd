"""Energy of a restored sound against its original: all of it, and what is above 8 kHz."""

import numpy as np
from jaxtyping import Float
from scipy import fft

from timbrush_lab.hearing.signal import Samples, Signal, decibels

HIGH_HERTZ = 8000.0
LEAST_HIGH = 1e-5
"""Share of a sound's energy above 8 kHz from which on it is asked for."""
MOST_LOST = 1e-6
"""What is left of it counts as this at the least: -60 dB."""


def level_change(original: Signal, restored: Signal) -> float:
    """Return by how many decibels the energy changed."""
    one, other = (
        np.square(sound.samples, dtype=np.float64).sum() for sound in (original, restored)
    )
    return float(decibels(other) - decibels(one))


def high_change(original: Signal, restored: Signal) -> float | None:
    """Return by how many decibels the energy above 8 kHz changed; None if there was none."""
    one, other = (_line_spectrum(sound.samples) for sound in (original, restored))
    high = np.linspace(0, original.sample_rate / 2, len(one)) > HIGH_HERTZ
    if one[high].sum() <= LEAST_HIGH * one.sum():
        return None
    return float(decibels(max(other[high].sum() / one[high].sum(), MOST_LOST)))


def _line_spectrum(samples: Samples) -> Float[np.ndarray, " bin"]:
    """Return the power of each frequency over the whole sound."""
    size = fft.next_fast_len(len(samples), real=True)
    return np.abs(fft.rfft(samples.astype(np.float64), size)) ** 2
