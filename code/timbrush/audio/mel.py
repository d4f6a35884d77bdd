"""Sum the bins of a transform into mel bands, which are spaced as hearing spaces pitches."""

from functools import lru_cache

import numpy as np
from jaxtyping import Float

Filters = Float[np.ndarray, "bin band"]
Hertz = Float[np.ndarray, " band"]

MEL_SCALE, MEL_CORNER = 2595.0, 700.0
"""Source: O'Shaughnessy 1987, mel = 2595 log10(1 + hertz / 700)."""


@lru_cache(maxsize=16)
def mel_filters(sample_rate: int, size: int, n_bands: int) -> tuple[Filters, Hertz]:
    """Return triangles of height 1 and their middles in hertz; not to be changed.

    A triangle so narrow that it holds no bin is 1 at the bin next to its middle.

    Args:
        sample_rate: Rate of the waveform in hertz.
        size: Samples of the window.
        n_bands: Bands, of equal width in mel, from 0 Hz to half the rate.
    """
    highest = MEL_SCALE * np.log10(1 + sample_rate / 2 / MEL_CORNER)
    edges = MEL_CORNER * (10 ** (np.linspace(0, highest, n_bands + 2) / MEL_SCALE) - 1)
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    hertz = np.linspace(0, sample_rate / 2, size // 2 + 1)[:, None]
    rising, falling = (hertz - low) / (middle - low), (high - hertz) / (high - middle)
    filters = np.minimum(rising, falling).clip(0)
    for band in np.flatnonzero(filters.sum(axis=0) == 0):
        filters[np.abs(hertz[:, 0] - middle[band]).argmin(), band] = 1
    return filters.astype(np.float32), middle
