"""Redraw one level of drums and loops alone: does the rhythm stay, does the timbre."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from timbrush.effect.model import Effect
from timbrush.effect.stroke import Stroke
from timbrush_lab.clips import Clip
from timbrush_lab.hearing import thirds
from timbrush_lab.hearing.signal import Samples, Signal
from timbrush_lab.kept.figures import cells_inside, onset_correlation, spectral_change
from timbrush_lab.kept.zone import ZoneBox

DECODED = "codes as they are"
WAYS: Mapping[str, Mapping[str, Any]] = {
    "timbre alone": {"level": "timbre"},
    "timbre alone, nothing kept": {"level": "timbre", "keep_rhythm": 0, "keep_level": 0},
    "rhythm alone": {"level": "rhythm"},
    "rhythm alone, nothing kept": {"level": "rhythm", "keep_level": 0},
    "both": {"keep_rhythm": 0},
}
"""Settings of the strokes that are made, by name."""
SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Means:
    """What became of zones, the mean over them.

    Args:
        onset_correlation: Of the zones that have an onset.
        spectrum_db: Change of their third octaves over their whole time.
    """

    onset_correlation: float
    spectrum_db: float


def redraw_one_level(
    effect: Effect,
    clips: Sequence[Clip],
    *,
    n_strokes: int,
    settings: Mapping[str, Any],
    seed: int = 0,
    track: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> dict[str, Means]:
    """Return what redrawing either level does to a second of each sound, over the whole band.

    Args:
        effect: A model of rhythm and timbre.
        clips: Sounds with a rhythm.
        n_strokes: Zones, over all sounds in turn.
        settings: Other fields of every stroke.
        seed: Of the choice of zones.
        track: Of the zones' numbers.

    Returns:
        One entry for each of ``WAYS``, and one for what decoding the codes of the whole sound
        makes of the same zones.
    """
    found: dict[str, list[tuple[float | None, float]]] = {}
    for number in track(range(n_strokes)):
        clip = clips[number % len(clips)]
        samples = clip.mono.astype(np.float32)
        canvas = effect.open(samples, sample_rate=clip.sample_rate)
        length = min(SECONDS, clip.seconds)
        start = np.random.default_rng([seed, number]).uniform(0, clip.seconds - length)
        box = ZoneBox(
            seconds=(float(start), float(start + length)), hertz=(0.0, canvas.source.top_hertz)
        )
        codes = effect.encode(samples, sample_rate=clip.sample_rate)
        sounds = {DECODED: effect.decode(codes)}
        for name, fields in WAYS.items():
            place = {"seconds": box.seconds, "seed": number}
            stroke = Stroke.from_dict({**place, **settings, **fields})
            sounds[name] = np.asarray(canvas.paint(stroke).samples)
        for name, sound in sounds.items():
            found.setdefault(name, []).append(_judge(samples, sound, clip.sample_rate, box))
    return {name: _means(figures) for name, figures in found.items()}


def _judge(
    before: Samples, after: Samples, sample_rate: int, box: ZoneBox
) -> tuple[float | None, float]:
    cells = [thirds.third_octaves(Signal(sound, sample_rate)) for sound in (before, after)]
    inside = cells_inside(cells[0], sample_rate, box)
    return (
        onset_correlation(before, after, sample_rate, box),
        spectral_change(cells[0], cells[1], inside),
    )


def _means(figures: Sequence[tuple[float | None, float]]) -> Means:
    correlations = [correlation for correlation, _ in figures if correlation is not None]
    return Means(
        onset_correlation=float(np.mean(correlations)) if correlations else float("nan"),
        spectrum_db=float(np.mean([change for _, change in figures])),
    )
