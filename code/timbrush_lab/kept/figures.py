"""Compare a sound before and after a stroke: level, holes, rhythm, width, shelf, outside."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool

from timbrush_lab.hearing import thirds
from timbrush_lab.hearing.attacks import compare_attacks
from timbrush_lab.hearing.envelopes import envelopes, erb_number, step_length
from timbrush_lab.hearing.onsets import find_onsets
from timbrush_lab.hearing.signal import Samples, Signal, decibels
from timbrush_lab.kept.zone import Channels, ZoneBox, energy

ERBS_A_BAND = 4.9
"""Width of a band whose rhythm is compared; eight of them span 50 Hz to 16 kHz."""
SHELF_OCTAVES = 1 / 3
"""Width of the bands just below and just above the model's top."""
LEAST_SHELF_OCTAVES = 1 / 6
"""With less than this above the model's top there is no shelf."""
REACHES_TOP = 0.99
"""A zone whose upper edge is at this share of the model's top reaches it."""
SMALLEST_SIDE = 1e-8
"""Energy that is added to the side's, relative to the mid's: no side is -80 dB."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a stroke kept in its zone and outside.

    Args:
        level_db: Change of the zone's energy.
        change_db: Energy of the difference against the original's: how far the stroke went.
        spectrum_db: Change of the zone's third octaves over its whole time, the mean of
            absolute values.
        holes_before: Share of the zone's cells of 20 ms × third octave that are 20 dB softer
            than what was around them before the stroke; it counts such cells before it.
        holes_after: The same after the stroke, against what was there before it.
        onset_correlation: Correlation of the rising envelopes at the zone's onsets, before and
            after; None without an onset.
        width_db: Change of the side's energy over the mid's; None unless stereo.
        correlation_before: Correlation of left and right; None unless stereo.
        correlation_after: The same after the stroke.
        shelf_db: By how much the level changed more just below the model's top than just above
            it; None if the zone does not reach the top, or nothing is above.
        identical_outside: Whether all samples outside the span that the stroke reports are
            the same to the bit.
    """

    level_db: float
    change_db: float
    spectrum_db: float
    holes_before: float
    holes_after: float
    onset_correlation: float | None
    width_db: float | None
    correlation_before: float | None
    correlation_after: float | None
    shelf_db: float | None
    identical_outside: bool


def compare(
    before: Channels,
    after: Channels,
    sample_rate: int,
    box: ZoneBox,
    *,
    top_hertz: float,
    span: tuple[int, int],
) -> Kept:
    """Return what a stroke kept.

    Args:
        before: The sound.
        after: The sound with the stroke.
        sample_rate: Their rate in hertz.
        box: The zone.
        top_hertz: Where the model's band ends.
        span: First sample that the stroke may have changed, and the one after the last.
    """
    mono, painted = before.mean(axis=0), after.mean(axis=0)
    cells = [thirds.third_octaves(Signal(sound, sample_rate)) for sound in (mono, painted)]
    inside = cells_inside(cells[0], sample_rate, box)
    holes = [thirds.holes_among(cells[0], found)[inside].mean() for found in cells]
    widths = [width(sound, sample_rate, box) for sound in (before, after)]
    return Kept(
        level_db=level_change(before, after, sample_rate, box),
        change_db=float(
            decibels(energy(after - before, sample_rate, box))
            - decibels(energy(before, sample_rate, box))
        ),
        spectrum_db=spectral_change(cells[0], cells[1], inside),
        holes_before=float(holes[0]),
        holes_after=float(holes[1]),
        onset_correlation=onset_correlation(mono, painted, sample_rate, box),
        width_db=_difference(widths[0], widths[1]),
        correlation_before=channel_correlation(before, sample_rate, box),
        correlation_after=channel_correlation(after, sample_rate, box),
        shelf_db=shelf(before, after, sample_rate, box, top_hertz),
        identical_outside=is_identical_outside(before, after, span),
    )


def level_change(before: Channels, after: Channels, sample_rate: int, box: ZoneBox) -> float:
    """Return by how many decibels the energy in a box changed."""
    first, last = (energy(sound, sample_rate, box) for sound in (before, after))
    return float(decibels(last) - decibels(first))


def spectral_change(
    before: thirds.Cells, after: thirds.Cells, inside: Bool[np.ndarray, "band step"]
) -> float:
    """Return by how many decibels the third octaves of a zone changed, in the mean."""
    first, last = ((cells * inside).sum(axis=1) for cells in (before, after))
    audible = first > first.max() * 10 ** (-thirds.AUDIBLE_DECIBELS / 10)
    if not audible.any():
        return 0.0
    return float(np.abs(decibels(last) - decibels(first))[audible].mean())


def onset_correlation(
    before: Samples, after: Samples, sample_rate: int, box: ZoneBox
) -> float | None:
    """Return how alike a zone's envelopes rise around the onsets that it had before.

    The bands divide the zone, and each is about five ERBs wide.
    """
    erbs = float(erb_number(box.hertz[1]) - erb_number(box.hertz[0]))
    bands = [
        envelopes(
            sound,
            sample_rate,
            n_bands=max(round(erbs / ERBS_A_BAND), 1),
            low_hertz=box.hertz[0],
            high_hertz=box.hertz[1],
        )
        for sound in (before, after)
    ]
    steps = np.arange(bands[0].shape[1]) * step_length(sample_rate) / sample_rate
    inside = box.holds_seconds(steps)
    onsets = [step for step in find_onsets(bands[0]) if inside[step]]
    return compare_attacks(bands[0], bands[1], onsets, within=inside).onset_correlation


def width(sound: Channels, sample_rate: int, box: ZoneBox) -> float | None:
    """Return the side's energy over the mid's in a box, in decibels; None unless stereo."""
    if len(sound) != 2:
        return None
    mid, side = (energy(part[None], sample_rate, box) for part in _mid_and_side(sound))
    return float(decibels(side + SMALLEST_SIDE * mid) - decibels(mid))


def channel_correlation(sound: Channels, sample_rate: int, box: ZoneBox) -> float | None:
    """Return the correlation of left and right in a box; None unless stereo."""
    if len(sound) != 2:
        return None
    mid, side = (energy(part[None], sample_rate, box) for part in _mid_and_side(sound))
    left, right = (energy(channel[None], sample_rate, box) for channel in sound)
    loudness = np.sqrt(left * right)
    return float((mid - side) / loudness) if loudness else 0.0


def shelf(
    before: Channels, after: Channels, sample_rate: int, box: ZoneBox, top_hertz: float
) -> float | None:
    """Return the difference of the changes of level just below and just above a frequency."""
    highest = min(top_hertz * 2**SHELF_OCTAVES, sample_rate / 2)
    if box.hertz[1] < REACHES_TOP * top_hertz or highest < top_hertz * 2**LEAST_SHELF_OCTAVES:
        return None
    below = replace(box, hertz=(top_hertz * 2**-SHELF_OCTAVES, top_hertz))
    above = replace(box, hertz=(top_hertz, highest))
    if energy(before, sample_rate, above) == 0:
        return None
    changes = [level_change(before, after, sample_rate, part) for part in (below, above)]
    return changes[0] - changes[1]


def is_identical_outside(before: Channels, after: Channels, span: tuple[int, int]) -> bool:
    """Return whether two sounds are the same, bit for bit, before and after a span."""
    first, last = span
    return np.array_equal(before[:, :first], after[:, :first]) and np.array_equal(
        before[:, last:], after[:, last:]
    )


def _mid_and_side(sound: Channels) -> tuple[Samples, Samples]:
    left, right = sound
    return (left + right) / 2, (left - right) / 2


def cells_inside(
    cells: thirds.Cells, sample_rate: int, box: ZoneBox
) -> Bool[np.ndarray, "band step"]:
    """Return the third octaves and steps whose middle lies in a box; one band at the least."""
    edges = thirds.third_octave_edges(sample_rate)
    middles = np.sqrt(edges[:-1] * edges[1:])
    bands = box.holds_hertz(middles)
    if not bands.any():
        bands[np.abs(np.log2(middles / np.sqrt(box.hertz[0] * box.hertz[1]))).argmin()] = True
    steps = box.holds_seconds(np.arange(cells.shape[1]) * thirds.HOP_SECONDS)
    return bands[:, None] & steps[None, :]


def _difference(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before
