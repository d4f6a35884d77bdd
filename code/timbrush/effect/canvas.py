"""A sound being edited: what the strokes so far left of it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float
from scipy import fft

from timbrush import cancelling
from timbrush.audio.resampling import Samples
from timbrush.effect import showing
from timbrush.effect.actions import commands
from timbrush.effect.actions.actions import Process
from timbrush.effect.change import Change
from timbrush.effect.source.source import Source, to_inner
from timbrush.effect.stroke import Stroke
from timbrush.energy import Meter
from timbrush.tensors import Codemaps, Spectrogram, Waveform
from timbrush.torch_defaults import as_always

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SURPRISE_COLUMNS = 32
"""Patch columns that are judged at a time."""
PEAK_SAMPLES = 1 << 20
"""Samples of a channel that are looked at together when peaks are sought."""
FULL = 1 + 1e-6
"""Full scale, and what float32 may add to it."""
SILENCE = 1e-9
"""Energy below which a zone was silent: its level then changes by no number of decibels."""

WHOLE = Stroke()
"""A stroke over all of a sound."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a stroke did.

    Args:
        milliseconds: Time that ``paint`` took.
        share_changed: Share of the painted cells whose code is another than before.
        shares_changed: The same for each level; 0 where none was painted.
        first_sample: First sample that may differ, at the sound's own rate.
        last_sample: The one after the last that may differ; ``first_sample`` if none does.
        seconds: The same span in seconds.
        peak_change: The loudest sample of what was added; full scale is 1.
        peak_before: The loudest sample of that span before.
        n_over: Samples over all channels that left full scale; integers cut them off.
        level_decibels: By how much the zone became louder, in its span and its band.
        joules: Energy that ``paint`` took; on most machines an estimate (see ``Meter``).
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
    level_decibels: float = 0.0
    joules: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Painted:
    """What came of a stroke.

    Args:
        change: What it changed; None if no code became another.
        share_changed: Share of the painted cells whose code is another than before.
        shares_changed: The same for each level; 0 where none was painted.
        hertz: The band of the zone; of no width if nothing was painted.
    """

    change: Change | None
    share_changed: float
    shares_changed: tuple[float, ...]
    hertz: tuple[float, float] = (0.0, 0.0)


@runtime_checkable
class Paints(Protocol):
    """What paints strokes on a canvas; see ``painter.Painter``."""

    def paint(self, canvas: "Canvas", stroke: Stroke) -> Painted:
        """Return what a stroke changes."""
        ...

    def cells(
        self, canvas: "Canvas", stroke: Stroke
    ) -> tuple[Float[torch.Tensor, "_row _column"], ...]:
        """Return how much of a stroke each cell of the sound gets."""
        ...

    def columns(self, canvas: "Canvas", stroke: Stroke) -> tuple[int, int]:
        """Return the patch columns that a stroke touches."""
        ...

    def surprise(
        self, canvas: "Canvas", inpainter: str, radius: float, first: int, last: int
    ) -> tuple[Float[torch.Tensor, "_row _column"], ...]:
        """Return bits of surprise of some patch columns."""
        ...


@dataclass(frozen=True, eq=False)
class Canvas:
    """A sound being edited. Painting returns a new canvas; undo is keeping the old one.

    ``effect.open`` makes one. All canvases of a sound share its samples and its codes, and each
    stroke keeps only what it changed, so it costs the same in a short sound and in a long one.

    Args:
        source: The sound as it was opened.
        painter: What paints on it.
        changes: What the strokes changed, first stroke first.
        strokes: The edit so far.
        reports: What each stroke did.
    """

    source: Source
    painter: Paints
    changes: tuple[Change, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    reports: tuple[Report, ...] = ()

    def __repr__(self) -> str:
        n_channels, n_strokes = len(self.source.recording.array), len(self.strokes)
        return (
            f"Canvas({self.length / self.sample_rate:.2f} s at {self.sample_rate} Hz, "
            f"{n_channels} channel{'s' * (n_channels != 1)}, "
            f"{n_strokes} stroke{'s' * (n_strokes != 1)})"
        )

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the picture, before and after to listen to."""
        return showing.to_html(self)

    def plot(self, seconds: tuple[float, float] | None = None) -> "Figure":
        """Return a matplotlib figure of the spectrogram with the boxes of the strokes.

        Args:
            seconds: Span of time; None for all of it.

        Raises:
            TimbrushError: If matplotlib is not installed (``timbrush[picture]``).
        """
        return showing.plot(self, seconds)

    @property
    def sample_rate(self) -> int:
        """Rate of the sound."""
        return self.source.sample_rate

    @property
    def length(self) -> int:
        """Samples of a channel."""
        return self.source.length

    @property
    def samples(self) -> Any:
        """The edited sound, in the kind, type and shape of what was opened; a fresh copy."""
        return self.read(0, self.length)

    def read(self, first: int, last: int) -> Any:
        """Return ``samples[..., first:last]`` without copying the rest."""
        recording = self.source.recording
        first, last = (min(max(edge, 0), self.length) for edge in (first, last))
        out = recording.array[:, first:last].copy()
        for change in self.changes:
            start, added = change.between(first, last)
            span = slice(start, start + added.shape[1])
            out[:, span] = recording.add(out[:, span], added)
        return recording.like(out)

    def floats(self, first: int, last: int) -> Samples:
        """Return float32 samples at the sound's own rate; silence surrounds the sound."""
        piece = self.source.recording.read(first, last)
        for change in self.changes:
            start, added = change.between(first, last)
            piece[:, start : start + added.shape[1]] += added
        return piece

    def waveform(self, first: int, last: int) -> Waveform:
        """Return samples at the model's rate; silence surrounds the sound."""
        return to_inner(self.floats, self.source.rates, first, last)

    @property
    @as_always
    def codemaps(self) -> Codemaps:
        """All codes, one a level; the batch axis is the sound's channels."""
        return self.codes(0, self.source.n_columns)

    def codes(self, first: int, last: int) -> Codemaps:
        """Return the codes of some patch columns; the batch axis is the sound's channels."""
        shape, codemaps = self.source.codec.shape, self.source.codes.columns(first, last)
        for change in self.changes:
            codemaps = shape.put(codemaps, first, change.codemaps, change.first_column)
        return codemaps

    def around(self, first: int, last: int, reach: int) -> tuple[int, int]:
        """Return a window of columns with its context, as far as the sound goes."""
        return max(first - reach, 0), min(last + reach, self.source.n_columns)

    @as_always
    def spectrogram(
        self, seconds: tuple[float, float] | None = None
    ) -> Float[np.ndarray, "channel bin frame"]:
        """Return log-magnitudes at the model's rate, from 0 (the floor) to 1 (the peak).

        Args:
            seconds: Span of time; None for all of it. Frame ``t`` of the sound is centred on
                ``t`` hops.
        """
        first, last = seconds or (0.0, self.length / self.sample_rate)
        width = self.source.config.frame_seconds
        start = max(round(first / width), 0)
        return self.frames(start, max(round(last / width), start) + 1).numpy()

    def frames(self, first: int, last: int) -> Spectrogram:
        """Return log-magnitudes of some frames, from 0 (the floor) to 1 (the peak)."""
        return self.source.spectrogram(self.waveform, first, last)

    @as_always
    def paint(self, stroke: Stroke, wanted: cancelling.Wanted | None = None) -> "Canvas":
        """Return a canvas with one more stroke.

        Args:
            stroke: The stroke.
            wanted: Asked between the steps; once it returns False, painting stops. What it
                raises comes out of here.

        Raises:
            CancelledError: If painting stopped.
            RegionError: If the zone lies outside the sound or outside the model's band.
            StrokeError: If the stroke asks for what the model does not have.
        """
        with Meter() as meter, cancelling.asking(wanted):
            painted = self._painted(stroke)
        change = painted.change and painted.change.scaled(float(stroke.amount))
        span = (change.first_sample, change.last_sample) if change else (0, 0)
        report = Report(
            milliseconds=1000 * meter.reading.seconds,
            joules=meter.reading.joules,
            share_changed=painted.share_changed,
            shares_changed=painted.shares_changed,
            first_sample=span[0],
            last_sample=span[1],
            seconds=(span[0] / self.sample_rate, span[1] / self.sample_rate),
            **_compare(self, painted),
        )
        return replace(
            self.with_change(change),
            strokes=(*self.strokes, stroke),
            reports=(*self.reports, report),
        )

    def process(
        self, function: commands.Function, stroke: Stroke = WHOLE, name: str = ""
    ) -> "Canvas":
        """Return a canvas whose zone went through a Python function, as a stroke.

        Args:
            function: Takes float32 samples ``(channel, time)`` and their rate; returns as many.
            stroke: Says where; it may have no ``action`` of its own.
            name: What the list of strokes calls the function; its own name if empty. A saved
                edit does not hold the function and cannot be replayed.

        Raises:
            StrokeError: If the function returns other than so many finite samples.
            RegionError: If the zone lies outside the sound or outside the model's band.
        """
        called = name or getattr(function, "__name__", type(function).__name__)
        with commands.commands_allowed(function):
            return self.paint(replace(stroke, action=Process(command=commands.PYTHON + called)))

    def _painted(self, stroke: Stroke) -> Painted:
        if stroke.enabled:
            return self.painter.paint(self, stroke)
        none = (0.0,) * len(self.source.codec.grids)
        return Painted(change=None, share_changed=0.0, shares_changed=none)

    def with_change(self, change: Change | None) -> "Canvas":
        """Return the canvas with one more change and no more strokes; None changes nothing."""
        return self if change is None else replace(self, changes=(*self.changes, change))

    def replay(self, strokes: Iterable[Stroke]) -> "Canvas":
        """Return a canvas with these strokes painted in turn."""
        canvas = self
        for stroke in strokes:
            canvas = canvas.paint(stroke)
        return canvas

    def variations(self, stroke: Stroke, seeds: Sequence[int]) -> list["Canvas"]:
        """Return one canvas a seed: the same stroke, drawn differently. Nothing is encoded."""
        return [self.paint(replace(stroke, seed=seed)) for seed in seeds]

    @as_always
    def cells(self, stroke: Stroke) -> tuple[Float[np.ndarray, "_row _column"], ...]:
        """Return how much of a stroke each code would get, 0 to 1, a level after the other.

        Raises:
            RegionError: If the zone lies outside the sound or outside the model's band.
            StrokeError: If a shape asks for what the model does not have.
        """
        return tuple(level.numpy() for level in self.painter.cells(self, stroke))

    @as_always
    def surprise(
        self,
        *,
        inpainter: str = "naive-bayes",
        radius: float = 1.0,
        seconds: tuple[float, float] | None = None,
    ) -> tuple[Float[np.ndarray, "_row _column"], ...]:
        """Return how unlikely each code is among its neighbours, in bits, one array a level.

        Args:
            inpainter: The inpainter that judges.
            radius: How far it looks, in cells.
            seconds: Span of time, in whole columns; None for all of it.

        Returns:
            The mean over channels.

        Raises:
            RegionError: If the span lies outside the sound.
            StrokeError: If the model has no such inpainter, or the radius is not above 0.
        """
        first, last = self.painter.columns(self, Stroke(seconds=seconds))
        pieces = [
            self.painter.surprise(
                self, inpainter, radius, start, min(start + SURPRISE_COLUMNS, last)
            )
            for start in range(first, last, SURPRISE_COLUMNS)
        ]
        return tuple(torch.cat(level, dim=1).numpy() for level in zip(*pieces, strict=True))


def _compare(canvas: Canvas, painted: Painted) -> dict[str, Any]:
    """Return what a report says of the samples: the loudest, and how the level changed."""
    change, loudest, energies, n_over = painted.change, [0.0, 0.0], [0.0, 0.0], 0
    first, last = (change.first_sample, change.last_sample) if change else (0, 0)
    for start in range(first, last, PEAK_SAMPLES):
        assert change is not None
        stop = min(start + PEAK_SAMPLES, last)
        before, (_, added) = canvas.floats(start, stop), change.between(start, stop)
        after = before + added
        for index, samples in enumerate((added, before)):
            loudest[index] = max(loudest[index], float(np.abs(samples).max(initial=0)))
        n_over += int(((np.abs(after) > FULL) & (np.abs(before) <= FULL)).sum())
        for index, samples in enumerate((before, after)):
            energies[index] += _band_energy(samples, canvas.sample_rate, painted.hertz)
    level = 10 * np.log10((energies[1] + SILENCE) / (energies[0] + SILENCE))
    return {
        "peak_change": loudest[0],
        "peak_before": loudest[1],
        "n_over": n_over,
        "level_decibels": float(level),
    }


def _band_energy(samples: Samples, sample_rate: int, hertz: tuple[float, float]) -> float:
    """Return the energy of a piece in a band."""
    size = fft.next_fast_len(samples.shape[1], real=True)
    spectrum = fft.rfft(samples, n=size)
    low, high = (math.floor(edge * size / sample_rate) for edge in hertz)
    inside = spectrum[:, low : high + 1]
    return 2 / size * float(np.square(inside.real).sum() + np.square(inside.imag).sum())
