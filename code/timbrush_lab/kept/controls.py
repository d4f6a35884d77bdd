"""Turn one control of a stroke through its values: how far does it go, and at what level."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.stats import spearmanr

from timbrush.effect.canvas import Canvas
from timbrush.effect.model import Effect
from timbrush_lab.clips import Clip
from timbrush_lab.hearing.signal import Signal, decibels
from timbrush_lab.kept.figures import level_change
from timbrush_lab.kept.strokes import to_stroke, top_hertz
from timbrush_lab.kept.trials import Trial, draw_trials
from timbrush_lab.kept.zone import Channels

Number = int | float

OTHER_SEED = 1_000_000
"""Added to a trial's seed for the second draw."""
WINDOW_SECONDS = 0.046
"""Long enough to tell partials apart: what is coarser, a stroke keeps."""
AUDIBLE_DECIBELS = 70.0
"""A zone's cell counts if it lies at most so far below the zone's loudest."""
BESIDE: Mapping[str, Mapping[str, Any]] = {
    "repeat": {"strength": 0.25},
    "guidance": {"family": "flute"},
}
"""What a control needs beside it to act: one turn of full strength leaves nothing to change
for the next, and guidance says how much a family counts that is asked for."""


@dataclass(frozen=True)
class Setting:
    """What one value of a control does, the mean over strokes.

    Args:
        value: The value.
        change_db: Mean difference of the levels of the zone's audible bins, before and after.
        level_db: Change of the zone's energy.
        seeds_db: The same difference between two strokes that differ in their seed.
        share_changed: Share of the painted cells whose code changed.
    """

    value: Number
    change_db: float
    level_db: float
    seeds_db: float
    share_changed: float


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
        settings: Other fields of every stroke, over those of ``BESIDE``.
        seed: Of the choice of zones.
        track: Of the strokes.

    Raises:
        StrokeError: If a stroke has no such field, or it cannot have such a value.
    """
    fields = {**BESIDE.get(control, {}), **settings}
    trials = draw_trials(clips, n_strokes, top_hertz=top_hertz(effect), seed=seed)
    found = []
    for trial in track(trials):
        clip = clips[trial.clip]
        canvas = effect.open(clip.samples, sample_rate=clip.sample_rate)
        found.append(
            [_measure(canvas, clip, trial, {**fields, control: value}) for value in values]
        )
    means = np.mean(found, axis=0)
    return [
        Setting(value, *figures) for value, figures in zip(values, means.tolist(), strict=True)
    ]


def monotony(settings: Sequence[Setting]) -> float:
    """Return Spearman's correlation of the values with how far they go; 1 never goes back."""
    changes = [setting.change_db for setting in settings]
    if len(set(changes)) == 1:
        return 0.0
    return float(spearmanr([setting.value for setting in settings], changes).statistic)


def cell_distance(before: Channels, after: Channels, sample_rate: int, trial: Trial) -> float:
    """Return the mean difference of the levels of a zone's audible bins, in decibels."""
    one, other = (_bins(sound, sample_rate, trial) for sound in (before, after))
    floor = one.max(initial=-np.inf) - AUDIBLE_DECIBELS
    heard = np.maximum(one, other) > floor
    if not heard.any():
        return 0.0
    return float(np.abs(np.maximum(one, floor) - np.maximum(other, floor))[heard].mean())


def _bins(sound: Channels, sample_rate: int, trial: Trial) -> Float[np.ndarray, "frame bin"]:
    """Return the levels of a zone's bins."""
    signal = Signal(sound.mean(axis=0), sample_rate)
    size = signal.window(WINDOW_SECONDS)
    levels = decibels(signal.magnitudes(size, size // 4) ** 2)
    frames = trial.box.holds_seconds(np.arange(levels.shape[0]) * (size // 4) / sample_rate)
    bins = trial.box.holds_hertz(np.arange(levels.shape[1]) * sample_rate / size)
    return levels[np.ix_(frames, bins)]


def _measure(
    canvas: Canvas, clip: Clip, trial: Trial, settings: Mapping[str, Any]
) -> tuple[float, float, float, float]:
    """Return the change, the change of level, the difference of two seeds, codes changed."""
    painted, second = (
        canvas.paint(to_stroke(trial, {"seed": seed, **settings}))
        for seed in (trial.seed, trial.seed + OTHER_SEED)
    )
    one, other = (np.asarray(canvas.samples) for canvas in (painted, second))
    return (
        cell_distance(clip.samples, one, clip.sample_rate, trial),
        level_change(clip.samples, one, clip.sample_rate, trial.box),
        cell_distance(one, other, clip.sample_rate, trial),
        painted.reports[-1].share_changed,
    )
