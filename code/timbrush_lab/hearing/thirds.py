"""Levels of third octaves every 20 ms, and the holes in them."""

from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float
from scipy.ndimage import median_filter

from timbrush_lab.hearing.signal import Signal, decibels

Cells = Float[np.ndarray, "band step"]

HOP_SECONDS = 0.02
WINDOW_SECONDS = 0.046
LOWEST_HERTZ, HIGHEST_HERTZ = 100.0, 17_000.0
HIGHEST_SHARE = 0.45
N_BANDS = 24
AUDIBLE_DECIBELS = 70.0
"""Cells are heard down to so far below the loudest."""
HOLE_DECIBELS = 20.0
"""A cell that is softer by this much than it should be is a hole."""
NEIGHBOURS = (3, 11)
"""Bands and steps around a cell, whose median says how loud it could be."""


def third_octave_edges(sample_rate: int) -> Float[np.ndarray, " edge"]:
    """Return the edges of the third octaves from 100 Hz up, in hertz."""
    edges = LOWEST_HERTZ * 2 ** (np.arange(N_BANDS) / 3)
    return edges[edges < min(HIGHEST_SHARE * sample_rate, HIGHEST_HERTZ)]


def third_octaves(signal: Signal) -> Cells:
    """Return the power of each third octave every 20 ms; the lowest ones hold a bin or two."""
    size, hop = signal.window(WINDOW_SECONDS), round(HOP_SECONDS * signal.sample_rate)
    power = signal.magnitudes(size, hop) ** 2
    width = signal.sample_rate / size
    hertz = np.arange(power.shape[1]) * width
    edges = third_octave_edges(signal.sample_rate)
    bands = []
    for low, high in pairwise(edges):
        inside = (hertz >= low - width / 2) & (hertz < max(high, low + width))
        bands.append(power[:, inside].sum(axis=1))
    return np.stack(bands)


def is_audible(cells: Cells) -> Bool[np.ndarray, "band step"]:
    """Return which cells lie within 70 dB of the loudest."""
    return cells > cells.max() * 10 ** (-AUDIBLE_DECIBELS / 10)


def holes_against(original: Cells, restored: Cells) -> Bool[np.ndarray, "band step"]:
    """Return which audible cells lost more than 20 dB."""
    return is_audible(original) & (restored < original * 10 ** (-HOLE_DECIBELS / 10))


def holes_among(original: Cells, cells: Cells) -> Bool[np.ndarray, "band step"]:
    """Return which cells are softer by 20 dB than the original is around them, in the median.

    An original has such holes too: only more of them are a fault.
    """
    around = median_filter(decibels(original), NEIGHBOURS, mode="nearest")
    heard = around > decibels(original).max() - AUDIBLE_DECIBELS
    return heard & (decibels(cells) < around - HOLE_DECIBELS)
