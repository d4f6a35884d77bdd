"""Temporal envelopes of a sound in bands as wide as the ear's, every 2 ms."""

import numpy as np
from jaxtyping import Float
from scipy import fft

from timbrush_lab.hearing.signal import Samples, Values

Envelopes = Float[np.ndarray, "band step"]

STEP_SECONDS = 0.002
N_BANDS = 8
LOW_HERTZ, HIGH_HERTZ = 50.0, 16_000.0
HIGHEST_SHARE = 0.45
"""Highest band edge as a share of the sample rate."""
RINGING_SECONDS = 0.2
"""Silence after the sound, into which the bands' filters may ring."""


def erb_number(hertz: Values | float) -> Values:
    """Return how many equivalent rectangular bandwidths lie below a frequency.

    Source: Glasberg and Moore 1990, equation 4.
    """
    return np.asarray(21.4 * np.log10(1 + 0.00437 * np.asarray(hertz, dtype=np.float64)))


def step_length(sample_rate: int) -> int:
    """Return the samples of a step."""
    return round(STEP_SECONDS * sample_rate)


def envelopes(
    samples: Samples,
    sample_rate: int,
    *,
    n_bands: int = N_BANDS,
    low_hertz: float = LOW_HERTZ,
    high_hertz: float = HIGH_HERTZ,
) -> Envelopes:
    """Return the power of bands that are evenly spaced in ERBs, averaged over steps of 2 ms.

    Neighbouring bands overlap by raised cosines: inside the range their gains sum to 1.

    Args:
        samples: The sound.
        sample_rate: Its rate in hertz.
        n_bands: Bands.
        low_hertz: Lower edge of the lowest band.
        high_hertz: Upper edge of the highest band; at most 0.45 of the sample rate is used.
    """
    high_hertz = min(high_hertz, HIGHEST_SHARE * sample_rate)
    size = fft.next_fast_len(len(samples) + round(RINGING_SECONDS * sample_rate))
    spectrum = fft.rfft(samples.astype(np.float32), size)
    bottom, top = erb_number(low_hertz), erb_number(high_hertz)
    erbs = erb_number(fft.rfftfreq(size, 1 / sample_rate))
    places = (erbs - bottom) / (top - bottom) * n_bands - 0.5  # band 0 is centred on 0
    step = step_length(sample_rate)
    n_steps = len(samples) // step
    powers = np.zeros((n_bands, n_steps))
    for band in range(n_bands):
        gain = np.cos(np.pi / 2 * np.clip(places - band, -1, 1)) ** 2
        analytic = np.zeros(size, np.complex64)
        analytic[: len(spectrum)] = 2 * spectrum * gain
        power = np.abs(fft.ifft(analytic)[: n_steps * step]) ** 2
        powers[band] = power.reshape(n_steps, step).mean(axis=1)
    return powers
