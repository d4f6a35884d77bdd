"""Make strokes over the sounds of a folder, and say what they kept."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from timbrush.effect.model import Effect
from timbrush.effect.stroke import Stroke
from timbrush_lab.clips import Clip
from timbrush_lab.kept.figures import Kept, compare
from timbrush_lab.kept.trials import Trial, draw_trials

RHYTHMIC = ("drum", "loop")
"""Kinds of sounds whose rhythm is summed up."""
LOST_DECIBELS = 10.0
QUANTILES = {"p10": 10, "median": 50, "p90": 90}


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one stroke.

    Args:
        trial: Which it was.
        name: The sound.
        kind: The sound's kind.
        kept: The figures.
        share_changed: Share of the painted cells whose code changed.
        milliseconds: Time that painting took.
    """

    trial: Trial
    name: str
    kind: str
    kept: Kept
    share_changed: float
    milliseconds: float


def top_hertz(effect: Effect) -> float:
    """Return where a model's band ends."""
    return effect.spectrogram.sample_rate / 2


def make_strokes(
    effect: Effect,
    clips: Sequence[Clip],
    *,
    n_strokes: int,
    settings: Mapping[str, Any],
    seed: int = 0,
    track: Callable[[Iterable[Trial]], Iterable[Trial]] = iter,
) -> Iterator[Result]:
    """Yield what each of some random strokes kept.

    Args:
        effect: The model.
        clips: The sounds; each is opened once.
        n_strokes: Strokes.
        settings: Fields of every stroke, beside its zone and its seed.
        seed: Of the choice of zones.
        track: Of the strokes.
    """
    top = top_hertz(effect)
    trials = sorted(
        draw_trials(clips, n_strokes, top_hertz=top, seed=seed), key=lambda t: (t.clip, t.seed)
    )
    canvas, opened = None, -1
    for trial in track(trials):
        clip = clips[trial.clip]
        if canvas is None or opened != trial.clip:
            canvas, opened = effect.open(clip.samples, sample_rate=clip.sample_rate), trial.clip
        stroke = to_stroke(trial, settings)
        painted = canvas.paint(stroke)
        report = painted.reports[-1]
        kept = compare(
            clip.samples,
            np.asarray(painted.samples),
            clip.sample_rate,
            trial.box,
            top_hertz=top,
            span=(report.first_sample, report.last_sample),
        )
        yield Result(
            trial=trial,
            name=clip.name,
            kind=clip.kind,
            kept=kept,
            share_changed=report.share_changed,
            milliseconds=report.milliseconds,
        )


def to_stroke(trial: Trial, settings: Mapping[str, Any]) -> Stroke:
    """Return the stroke of a trial.

    Raises:
        StrokeError: For a setting that a stroke does not have, or a value out of range.
    """
    place = {"seconds": trial.box.seconds, "hertz": trial.box.hertz, "seed": trial.seed}
    return Stroke.from_dict({**place, **settings})


def summarize(results: Sequence[Result]) -> dict[str, Any]:
    """Return quantiles of all figures, and the shares that are to be small.

    Onsets are summed up over drums and loops, and over all sounds.
    """
    kept = [result.kept for result in results]
    levels = np.array([figures.level_db for figures in kept])
    names = [field.name for field in fields(Kept) if field.name != "identical_outside"]
    summary: dict[str, Any] = {
        name: _quantiles([getattr(figures, name) for figures in kept]) for name in names
    }
    rhythms = [r.kept.onset_correlation for r in results if r.kind in RHYTHMIC]
    return {
        "n_strokes": len(results),
        **summary,
        "onset_correlation_of_drums_and_loops": _quantiles(rhythms),
        "share_that_lost_10_db": float((levels < -LOST_DECIBELS).mean()),
        "share_identical_outside": float(np.mean([f.identical_outside for f in kept])),
        "share_changed": _quantiles([r.share_changed for r in results]),
        "milliseconds": _quantiles([r.milliseconds for r in results]),
    }


def as_row(result: Result) -> dict[str, Any]:
    """Return one stroke's figures as JSON values."""
    trial = result.trial
    place = {"sound": result.name, "kind": result.kind, "shape": trial.shape}
    box = {"seconds": trial.box.seconds, "hertz": trial.box.hertz, "seed": trial.seed}
    cost = {"share_changed": result.share_changed, "milliseconds": result.milliseconds}
    return {**place, **box, **asdict(result.kept), **cost}


def _quantiles(values: Sequence[float | None]) -> dict[str, float | int] | None:
    """Return tenth, median, mean and nine tenths of what is not None; None for nothing."""
    numbers = [value for value in values if value is not None]
    if not numbers:
        return None
    found = {name: float(np.percentile(numbers, q)) for name, q in QUANTILES.items()}
    return {**found, "mean": float(np.mean(numbers)), "n": len(numbers)}
