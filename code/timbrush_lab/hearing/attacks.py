"""What became of a sound's attacks: their rhythm, their level, and what sounds before them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.ndimage import gaussian_filter1d

from timbrush_lab.hearing.envelopes import Envelopes
from timbrush_lab.hearing.onsets import find_onsets
from timbrush_lab.hearing.signal import decibels

Chosen = Bool[np.ndarray, " step"]

AROUND_STEPS = 30
"""Steps of 2 ms on either side of an onset in which envelopes are compared."""
BEFORE_STEPS = (20, 2)
"""From 40 to 4 ms before an onset, where what was smeared is heard."""
AFTER_STEPS = 10
LOUDNESS_EXPONENT = 0.15
RISES = 10.0
"""A band takes part in an onset if its power grows by this factor …"""
AUDIBLE = 1e-5
"""… to at least this share of the loudest step.

Echoes below this share of the attack are none.
"""
SMOOTHING_STEPS = 1.0


@dataclass(frozen=True, kw_only=True)
class Attacks:
    """Figures of a sound's attacks.

    Args:
        n_onsets: Onsets of the original.
        onset_correlation: Correlation of the rising parts of the bands' envelopes around the
            onsets, the mean over bands; 1 is perfect. None without an onset.
        onset_level_db: Level of the 20 ms after an onset against the original; negative is
            dulled.
        pre_echo_db: Level of the 36 ms before an onset against the original; positive is
            smeared.
    """

    n_onsets: int
    onset_correlation: float | None = None
    onset_level_db: float | None = None
    pre_echo_db: float | None = None


def compare_attacks(
    original: Envelopes,
    restored: Envelopes,
    onsets: list[int] | None = None,
    *,
    within: Chosen | None = None,
) -> Attacks:
    """Return the figures of the attacks.

    Args:
        original: From ``envelopes``; if the sound may start with an onset, with some silence
            before it.
        restored: The same of the restored sound, as long.
        onsets: Which to look at; None for all that are found.
        within: Steps whose envelopes are compared; None for all around the onsets.
    """
    onsets = find_onsets(original) if onsets is None else onsets
    takes_part = np.zeros(len(original), dtype=bool)
    levels: list[float] = []
    echoes: list[float] = []
    for step in onsets:
        rises, level, echo = _compare_onset(original, restored, step)
        takes_part |= rises
        levels += list(level)
        echoes += list(echo)
    if not takes_part.any():
        return Attacks(n_onsets=len(onsets))
    near = _near(onsets, original.shape[1])
    near = near if within is None else near & within
    correlations = [
        _correlate_rises(original[band], restored[band], near)
        for band in np.flatnonzero(takes_part)
    ]
    return Attacks(
        n_onsets=len(onsets),
        onset_correlation=float(np.mean(correlations)),
        onset_level_db=float(np.mean(levels)),
        pre_echo_db=float(np.mean(echoes)) if echoes else None,
    )


def _compare_onset(
    original: Envelopes, restored: Envelopes, step: int
) -> tuple[Bool[np.ndarray, " band"], Float[np.ndarray, " rising"], Float[np.ndarray, " led"]]:
    """Return which bands rise at an onset, how their level changed there, and how before it.

    There is no third, as ``led``, for an onset that too little comes before.
    """
    attack = slice(step, step + AFTER_STEPS)
    ahead = slice(max(step - BEFORE_STEPS[0], 0), max(step - BEFORE_STEPS[1], 0))
    after, before = original[:, attack].mean(axis=1), _mean_or_none(original[:, ahead])
    rises = (after > RISES * before) & (after > original.sum(axis=0).max() * AUDIBLE)
    floor = after * AUDIBLE
    level = decibels(restored[:, attack].mean(axis=1) + floor) - decibels(after)
    echo = decibels(_mean_or_none(restored[:, ahead]) + floor) - decibels(before + floor)
    whole = step >= BEFORE_STEPS[0]
    return rises, level[rises], echo[rises & whole]


def _mean_or_none(power: Envelopes) -> Float[np.ndarray, " band"]:
    return power.mean(axis=1) if power.shape[1] else np.zeros(len(power))


def _near(onsets: list[int], n_steps: int) -> Chosen:
    near = np.zeros(n_steps, dtype=bool)
    for step in onsets:
        near[max(step - AROUND_STEPS, 0) : step + AROUND_STEPS] = True
    return near


def _correlate_rises(
    original: Float[np.ndarray, " step"],
    restored: Float[np.ndarray, " step"],
    near: Chosen,
) -> float:
    """Return how alike two envelopes rise; 0 if the restored one never does."""
    rises = [
        gaussian_filter1d(
            np.diff(power**LOUDNESS_EXPONENT, prepend=0).clip(0), SMOOTHING_STEPS
        )[near]
        for power in (original, restored)
    ]
    if any(rise.std() == 0 for rise in rises):
        return 0.0
    return float(np.corrcoef(*rises)[0, 1])
