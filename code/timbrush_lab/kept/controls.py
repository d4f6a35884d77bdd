"""Turn one control of a stroke through its values: how far does it go, and at what level."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from timbrush.effect.canvas import Canvas
from timbrush.effect.model import Effect
from timbrush_lab.clips import Clip
from timbrush_lab.hearing import thirds
from timbrush_lab.hearing.signal import Signal, decibels
from timbrush_lab.kept.figures import cells_inside, level_change
from timbrush_lab.kept.strokes import to_stroke, top_hertz
from timbrush_lab.kept.trials import Trial, draw_trials
from timbrush_lab.kept.zone import Channels

Number = int | float

OTHER_SEED = 1_000_000
"""Added to a trial's seed for the second draw."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What one value of a control does, the mean over strokes.

    Args:
        value: The value.
        change_db: Mean difference of the zone's audible cells of 20 ms × third octave, before
            and after.
        level_db: Change of the zone's energy.
        seeds_db: The same difference between two strokes that differ in their seed.
    """

    value: Number
    change_db: float
    level_db: float
    seeds_db: float


def sweep(
    effect: Effect,
    clips: Sequence[Clip],
    control: str,
    values: Sequence[Number],
    *,
    n_strokes: int,
    settings: Mapping[str, Any],
    seed: int = 0,
    track: Callable[[Iterable[Trial]], Iterable[Trial]] = iter,
) -> list[Setting]:
    """Return what each value of a control does to the same strokes.

    Args:
        effect: The model.
        clips: The sounds.
        control: A field of ``Stroke`` that is a number.
        values: Its values, in order.
        n_strokes: Strokes for each value; each is drawn with two seeds.
        settings: Other fields of every stroke.
        seed: Of the choice of zones.
        track: Of the strokes.

    Raises:
        StrokeError: If a stroke has no such field, or it cannot have such a value.
    """
    trials = draw_trials(clips, n_strokes, top_hertz=top_hertz(effect), seed=seed)
    found = []
    for trial in track(trials):
        clip = clips[trial.clip]
        canvas = effect.open(clip.samples, sample_rate=clip.sample_rate)
        found.append(
            [_measure(canvas, clip, trial, {**settings, control: value}) for value in values]
        )
    means = np.mean(found, axis=0)
    return [
        Setting(value=value, change_db=change, level_db=level, seeds_db=seeds)
        for value, (change, level, seeds) in zip(values, means.tolist(), strict=True)
    ]


def monotony(settings: Sequence[Setting]) -> float:
    """Return Spearman's correlation of the values with how far they go; 1 never goes back."""
    changes = [setting.change_db for setting in settings]
    if len(set(changes)) == 1:
        return 0.0
    return float(spearmanr([setting.value for setting in settings], changes).statistic)


def cell_distance(before: Channels, after: Channels, sample_rate: int, trial: Trial) -> float:
    """Return the mean difference of a zone's audible third-octave cells, in decibels."""
    cells, others = (
        thirds.third_octaves(Signal(sound.mean(axis=0), sample_rate))
        for sound in (before, after)
    )
    floor = cells.max() * 10 ** (-thirds.AUDIBLE_DECIBELS / 10)
    heard = cells_inside(cells, sample_rate, trial.box) & (np.maximum(cells, others) > floor)
    if not heard.any():
        return 0.0
    gaps = decibels(np.maximum(others, floor)) - decibels(np.maximum(cells, floor))
    return float(np.abs(gaps[heard]).mean())


def _measure(
    canvas: Canvas, clip: Clip, trial: Trial, settings: Mapping[str, Any]
) -> tuple[float, float, float]:
    """Return the change, the change of level, and the difference of two seeds."""
    one, other = (
        np.asarray(canvas.paint(to_stroke(trial, {"seed": seed, **settings})).samples)
        for seed in (trial.seed, trial.seed + OTHER_SEED)
    )
    return (
        cell_distance(clip.samples, one, clip.sample_rate, trial),
        level_change(clip.samples, one, clip.sample_rate, trial.box),
        cell_distance(one, other, clip.sample_rate, trial),
    )
