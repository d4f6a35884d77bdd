"""Find the onsets of a sound in its envelopes."""

import numpy as np
from jaxtyping import Float
from scipy.ndimage import gaussian_filter1d

from timbrush_lab.hearing.envelopes import Envelopes
from timbrush_lab.hearing.signal import decibels

Steps = Float[np.ndarray, " step"]

AFTER = (0, 5)
"""Steps of 2 ms, from an onset on, whose mean must be louder …"""
BEFORE = (-12, -2)
"""… than the mean of these."""
LEAST_RISE_DECIBELS = 6.0
MOST_RISE_DECIBELS = 30.0
"""A band counts at most this much, so that one that was silent does not outweigh the others."""
FLOOR = 1e-7
"""Power, relative to the loudest step, that is added to every band."""
AUDIBLE = 1e-5
"""Power, relative to the loudest step, that a band must have to be asked."""
APART_STEPS = 30
"""Two onsets are further apart than this."""
MOST_ONSETS = 200
SMOOTHING_STEPS = 1.0
NEAR = (-2, 6)
"""Steps around the largest rise in which the steepest step is the onset."""


def find_onsets(power: Envelopes) -> list[int]:
    """Return the steps at which the audible bands rise by 6 dB in the mean, in time's order."""
    rises = novelty(power)
    chosen: list[int] = []
    for step in np.argsort(-rises, kind="stable"):
        if rises[step] < LEAST_RISE_DECIBELS or len(chosen) == MOST_ONSETS:
            break
        if all(abs(step - other) > APART_STEPS for other in chosen):
            chosen.append(int(step))
    return sorted({_steepest(power, step) for step in chosen})


def novelty(power: Envelopes) -> Steps:
    """Return by how many decibels the audible bands rise at each step, in the mean."""
    peak = power.sum(axis=0).max()
    after = _means(power, *AFTER, floor=peak * FLOOR)
    before = _means(power, *BEFORE, floor=peak * FLOOR)
    audible = after > peak * AUDIBLE
    rises = (decibels(after) - decibels(before)).clip(0, MOST_RISE_DECIBELS) * audible
    # One band alone makes no onset: where fewer than two are audible, it counts by half.
    mean = rises.sum(axis=0) / np.maximum(audible.sum(axis=0), min(len(power), 2))
    smoothed: Steps = gaussian_filter1d(mean, SMOOTHING_STEPS)
    return smoothed


def _means(power: Envelopes, first: int, last: int, *, floor: float) -> Envelopes:
    """Return each band's mean over the steps from ``first`` to ``last`` around every step.

    Steps outside the sound are left out; where none is left, the mean is the floor.
    """
    n_bands, n_steps = power.shape
    sums = np.concatenate([np.zeros((n_bands, 1)), np.cumsum(power + floor, axis=1)], axis=1)
    steps = np.arange(n_steps)
    low, high = (np.clip(steps + edge, 0, n_steps) for edge in (first, last))
    means = (sums[:, high] - sums[:, low]) / np.maximum(high - low, 1)
    return np.where(high > low, np.maximum(means, floor), floor)


def _steepest(power: Envelopes, step: int) -> int:
    """Return the step next to ``step`` at which the sum of the bands rises most.

    The novelty is largest where the mean *after* it holds all of the attack: that may be before
    the attack itself.
    """
    total = power.sum(axis=0)
    floor = total.max() * FLOOR
    loudness = decibels(total + floor)
    slopes = np.diff(loudness, prepend=decibels(floor))
    first = max(step + NEAR[0], 0)
    return first + int(slopes[first : step + NEAR[1]].argmax())
