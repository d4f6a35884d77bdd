"""A sound being edited, and the strokes so far."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from timbrush.effect.edited import Edited
from timbrush.effect.painter import Painter
from timbrush.effect.patch import Patch
from timbrush.effect.stroke import Stroke
from timbrush.tensors import Codemaps

SURPRISE_COLUMNS = 32
"""Coarse columns that are judged at a time."""
PEAK_SAMPLES = 1 << 20
"""Samples of a channel that are looked at together when peaks are sought."""
FULL = 1 + 1e-6
"""Full scale, and what float32 may add to it."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a stroke did.

    Args:
        milliseconds: Time that ``paint`` took.
        share_changed: Share of the painted cells whose code is another than before.
        shares_changed: The same for each level, coarse first; 0 where none was painted.
        first_sample: First sample that may differ, at the sound's own rate.
        last_sample: The one after the last that may differ; ``first_sample`` if none does.
        seconds: The same span in seconds.
        peak_change: The loudest sample of what was added; full scale is 1.
        peak_before: The loudest sample of that span before.
        n_over: Samples over all channels that left full scale; integers cut them off.
    """

    milliseconds: float
    share_changed: float
    shares_changed: tuple[float, ...]
    first_sample: int
    last_sample: int
    seconds: tuple[float, float]
    peak_change: float = 0.0
    peak_before: float = 0.0
    n_over: int = 0


@dataclass(frozen=True, eq=False)
class Canvas:
    """A sound being edited. Painting answers a new canvas; undo is keeping the old one.

    ``effect.open`` makes one. All canvases of a sound share its samples and its codes, and each
    stroke keeps only what it changed, so it costs the same in a short sound and in a long one.

    Args:
        edited: The sound as the strokes left it.
        painter: What paints on it.
        strokes: The edit so far.
        reports: What each stroke did.
    """

    edited: Edited
    painter: Painter
    strokes: tuple[Stroke, ...] = ()
    reports: tuple[Report, ...] = ()

    @property
    def sample_rate(self) -> int:
        """Rate of the sound."""
        return self.edited.original.sample_rate

    @property
    def length(self) -> int:
        """Samples of a channel."""
        return self.edited.original.length

    @property
    def samples(self) -> Any:
        """The edited sound, in the kind, type and shape of what was opened; a fresh copy."""
        return self.edited.samples(0, self.length)

    def read(self, first: int, last: int) -> Any:
        """Return ``samples[..., first:last]`` without copying the rest."""
        return self.edited.samples(first, last)

    @property
    def codemaps(self) -> Codemaps:
        """All codes, coarse first; the batch axis is the sound's channels."""
        return self.edited.codes(0, self.edited.n_columns)

    def spectrogram(
        self, seconds: tuple[float, float] | None = None
    ) -> Float[np.ndarray, "channel bin frame"]:
        """Return log-magnitudes at the model's rate, from 0 (the floor) to 1 (the peak).

        Args:
            seconds: Span of time; None for all of it. Frame ``t`` of the sound is centred on
                ``t`` hops.
        """
        first, last = seconds or (0.0, self.length / self.sample_rate)
        width = self.edited.config.frame_seconds
        start = max(round(first / width), 0)
        return self.edited.spectrogram(start, max(round(last / width), start) + 1).numpy()

    def paint(self, stroke: Stroke) -> "Canvas":
        """Return a canvas with one more stroke.

        Raises:
            RegionError: If the zone lies outside the sound or outside the model's band.
            StrokeError: If the stroke asks for what the model does not have.
        """
        start = time.perf_counter()
        painted = self.painter.paint(self.edited, stroke)
        edited = self.edited.with_patch(painted.patch)
        patch = painted.patch
        span = (patch.first_sample, patch.last_sample) if patch else (0, 0)
        report = Report(
            milliseconds=1000 * (time.perf_counter() - start),
            share_changed=painted.share_changed,
            shares_changed=painted.shares_changed,
            first_sample=span[0],
            last_sample=span[1],
            seconds=(span[0] / self.sample_rate, span[1] / self.sample_rate),
            **_peaks(self.edited, patch),
        )
        return replace(
            self,
            edited=edited,
            strokes=(*self.strokes, stroke),
            reports=(*self.reports, report),
        )

    def replay(self, strokes: Iterable[Stroke]) -> "Canvas":
        """Return a canvas with these strokes painted in turn."""
        canvas = self
        for stroke in strokes:
            canvas = canvas.paint(stroke)
        return canvas

    def variations(self, stroke: Stroke, seeds: Sequence[int]) -> list["Canvas"]:
        """Return one canvas a seed: the same stroke, drawn differently. Nothing is encoded."""
        return [self.paint(replace(stroke, seed=seed)) for seed in seeds]

    def cells(self, stroke: Stroke) -> tuple[Float[np.ndarray, "_row _column"], ...]:
        """Return how much of a stroke each code would get, 0 to 1, coarse level first.

        Raises:
            RegionError: If the zone lies outside the sound or outside the model's band.
            StrokeError: If a shape asks for what the model does not have.
        """
        return tuple(level.numpy() for level in self.painter.cells(self.edited, stroke))

    def surprise(
        self,
        *,
        inpainter: str = "naive-bayes",
        radius: float = 1.0,
        seconds: tuple[float, float] | None = None,
    ) -> tuple[Float[np.ndarray, "_row _column"], ...]:
        """Return how unlikely each code is among its neighbours, in bits, coarse level first.

        Args:
            inpainter: The rung that judges.
            radius: How far it looks, in cells.
            seconds: Span of time, in whole columns; None for all of it.

        Returns:
            The mean over channels.

        Raises:
            RegionError: If the span lies outside the sound.
            StrokeError: If the model has no such rung, or the radius is not above 0.
        """
        stroke = Stroke(seconds=seconds)
        first, last = self.painter.columns(
            self.edited, self.painter.extent(self.edited, stroke)
        )
        pieces = [
            self.painter.surprise(
                self.edited, inpainter, radius, start, min(start + SURPRISE_COLUMNS, last)
            )
            for start in range(first, last, SURPRISE_COLUMNS)
        ]
        return tuple(torch.cat(level, dim=1).numpy() for level in zip(*pieces, strict=True))


def _peaks(edited: Edited, patch: Patch | None) -> dict[str, Any]:
    """Return what a report says of the loudest samples: of a change, and around it."""
    peak_change = peak_before = 0.0
    n_over = 0
    first, last = (patch.first_sample, patch.last_sample) if patch else (0, 0)
    for start in range(first, last, PEAK_SAMPLES):
        assert patch is not None
        stop = min(start + PEAK_SAMPLES, last)
        before, (_, change) = edited.read(start, stop), patch.between(start, stop)
        loud_before, loud_after = np.abs(before), np.abs(before + change)
        peak_change = max(peak_change, float(np.abs(change).max(initial=0)))
        peak_before = max(peak_before, float(loud_before.max(initial=0)))
        n_over += int(((loud_after > FULL) & (loud_before <= FULL)).sum())
    return {"peak_change": peak_change, "peak_before": peak_before, "n_over": n_over}
