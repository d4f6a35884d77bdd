"""Choose zones at random, for strokes that are the same for every model and setting."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from timbrush_lab.clips import Clip
from timbrush_lab.hearing.signal import decibels
from timbrush_lab.kept.zone import ZoneBox, energy

SECONDS = (0.4, 2.0)
OCTAVES = (1.0, 4.0)
LOWEST_HERTZ = 80.0
SHARES = {"full": 0.2, "top": 0.2}
"""Shares of the zones that take the model's whole band, and that end at its top."""
AUDIBLE_DECIBELS = 50.0
"""A zone's mean power lies at most so far below that of the whole sound …"""
MOST_DRAWS = 20
"""… unless so many draws in a row found none."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One stroke to make.

    Args:
        clip: Index of the sound.
        shape: ``full`` for the model's whole band, ``top`` for a zone that ends at the model's
            top, else ``inside``.
        box: The zone.
        seed: The stroke's.
    """

    clip: int
    shape: str
    box: ZoneBox
    seed: int


def draw_trials(
    clips: Sequence[Clip], n_trials: int, *, top_hertz: float, seed: int = 0
) -> Iterator[Trial]:
    """Yield zones over all sounds in turn, where something is heard.

    Args:
        clips: The sounds.
        n_trials: Zones.
        top_hertz: Where the model's band ends.
        seed: Of the choice.
    """
    for index in range(n_trials):
        random = np.random.default_rng([seed, index])
        clip = clips[index % len(clips)]
        top = min(top_hertz, clip.sample_rate / 2)
        shape = str(random.choice([*SHARES, "inside"], p=[*SHARES.values(), _rest()]))
        for _ in range(MOST_DRAWS):
            box = _draw_box(random, clip, shape, top)
            if _is_audible(clip, box):
                break
        yield Trial(clip=index % len(clips), shape=shape, box=box, seed=index)


def _rest() -> float:
    return 1.0 - sum(SHARES.values())


def _draw_box(random: np.random.Generator, clip: Clip, shape: str, top_hertz: float) -> ZoneBox:
    length = min(random.uniform(*SECONDS), clip.seconds)
    start = random.uniform(0, clip.seconds - length)
    seconds = (round(start, 4), round(start + length, 4))
    if shape == "full":
        return ZoneBox(seconds=seconds, hertz=(0.0, top_hertz))
    octaves = min(random.uniform(*OCTAVES), np.log2(top_hertz / LOWEST_HERTZ))
    highest = top_hertz / 2**octaves
    low = (
        highest
        if shape == "top"
        else LOWEST_HERTZ * (highest / LOWEST_HERTZ) ** (random.uniform())
    )
    return ZoneBox(
        seconds=seconds, hertz=(round(low, 2), round(min(low * 2**octaves, top_hertz), 2))
    )


def _is_audible(clip: Clip, box: ZoneBox) -> bool:
    """Return whether a zone's power a second is within 50 dB of the whole sound's."""
    whole = ZoneBox(seconds=(0.0, clip.seconds), hertz=(0.0, float(clip.sample_rate)))
    powers = [
        energy(clip.samples, clip.sample_rate, part) / (part.seconds[1] - part.seconds[0])
        for part in (box, whole)
    ]
    return float(decibels(powers[0]) - decibels(powers[1])) > -AUDIBLE_DECIBELS
