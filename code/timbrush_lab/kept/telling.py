"""Teach a classifier to tell redrawn spans from untouched ones: the harder, the better."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from jaxtyping import Bool, Float, Int

from timbrush.audio.mel import mel_filters
from timbrush.effect.model import Effect
from timbrush.effect.stroke import Stroke
from timbrush_lab.clips import Clip
from timbrush_lab.hearing.signal import Samples, magnitudes
from timbrush_lab.kept.stand_ins import FILLS, fill_span

SPAN_SECONDS = 1.0
WINDOW, HOP, N_BANDS = 2048, 512, 80
FLOOR_DECIBELS = 80.0
N_PARTS = 5
"""Parts of the sounds; each is judged by a classifier that learned from the others."""
PULL = 0.01
"""Inverse strength of the pull towards small weights."""

Spans = Sequence[tuple[int, tuple[float, float]]]
"""Index of a clip, and seconds in it."""
Features = Float[np.ndarray, "example feature"]
Redraw = Callable[[Clip, tuple[float, float], int], Samples]
"""Takes a sound, a span of it and a seed; returns the sound, mono, with that span redrawn."""


def draw_spans(clips: Sequence[Clip], n_spans: int, *, seed: int = 0) -> Spans:
    """Return spans of a second, or of half a shorter sound, over all sounds in turn."""
    spans = []
    for index in range(n_spans):
        clip = clips[index % len(clips)]
        length = min(SPAN_SECONDS, clip.seconds / 2)
        start = np.random.default_rng([seed, index]).uniform(0, clip.seconds - length)
        spans.append((index % len(clips), (float(start), float(start + length))))
    return spans


def by_strokes(effect: Effect, stroke: Stroke) -> Redraw:
    """Return what redraws a span as a stroke does, over the model's whole band."""

    def redraw(clip: Clip, seconds: tuple[float, float], seed: int) -> Samples:
        canvas = effect.open(clip.mono, sample_rate=clip.sample_rate)
        place = {**stroke.to_dict(), "seconds": seconds, "seed": seed}
        return np.asarray(canvas.paint(Stroke.from_dict(place)).samples)

    return redraw


def by_stand_in(name: str) -> Redraw:
    """Return what fills a span without a model; names are those of ``FILLS``."""
    fill = FILLS[name]
    return lambda clip, seconds, _: fill_span(clip.mono, clip.sample_rate, seconds, fill)


def auc(
    clips: Sequence[Clip],
    spans: Spans,
    redraw: Redraw,
    *,
    top_hertz: float,
    track: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> float:
    """Return how well redrawn spans are told from the same ones untouched.

    Args:
        clips: The sounds.
        spans: Where they are redrawn.
        redraw: Redraws them.
        top_hertz: What is above is not listened to.
        track: Of the spans' numbers.

    Returns:
        The area under the receiver's curve: 0.5 cannot be told, 1 always is. No sound is both
        learned from and judged.
    """
    examples = list(_examples(clips, spans, redraw, top_hertz, track))
    return _cross_validated(
        np.stack([features for _, _, features in examples]),
        np.array([redrawn for _, redrawn, _ in examples]),
        np.array([clip for clip, _, _ in examples]),
    )


def describe(
    samples: Samples, sample_rate: int, seconds: tuple[float, float], top_hertz: float
) -> Float[np.ndarray, " feature"]:
    """Return mean and spread of the levels of mel bands in a span, and of their steps."""
    filters, middles = mel_filters(sample_rate, WINDOW, N_BANDS)
    first, last = (round(edge * sample_rate / HOP) for edge in seconds)
    bands = (magnitudes(samples, WINDOW, HOP) @ filters)[:, middles < top_hertz]
    floor = max(float(bands.max()), 1e-9) * 10 ** (-FLOOR_DECIBELS / 20)
    levels = 20 * np.log10(np.maximum(bands[first : max(last, first + 2)], floor))
    steps = np.diff(levels, axis=0)
    # The mean of each band tells sounds apart, not spans: only its shape over bands is kept.
    shape = np.diff(levels.mean(axis=0))
    return np.concatenate(
        [shape, levels.std(axis=0), np.abs(steps).mean(axis=0), steps.std(axis=0)]
    )


def _examples(
    clips: Sequence[Clip],
    spans: Spans,
    redraw: Redraw,
    top_hertz: float,
    track: Callable[[Iterable[int]], Iterable[int]],
) -> Iterator[tuple[int, bool, Float[np.ndarray, " feature"]]]:
    """Yield each span untouched and redrawn: its clip, which it is, and its features."""
    for number in track(range(len(spans))):
        index, seconds = spans[number]
        clip = clips[index]
        redrawn = redraw(clip, seconds, number)
        for is_redrawn, samples in ((False, clip.mono), (True, redrawn)):
            features = describe(samples, clip.sample_rate, seconds, top_hertz)
            yield index, is_redrawn, features


def _cross_validated(
    features: Features,
    redrawn: Bool[np.ndarray, " example"],
    groups: Int[np.ndarray, " example"],
) -> float:
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=PULL, max_iter=2000))
    parts = GroupKFold(min(N_PARTS, len(set(groups.tolist()))))
    scores = cross_val_predict(
        classifier, features, redrawn, groups=groups, cv=parts, method="decision_function"
    )
    return float(roc_auc_score(redrawn, scores))
