"""The shapes that a zone is summed from, as small frozen values and as JSON.

Each shape has a ``mode``: ``add`` it to the zone, ``subtract`` it, or ``intersect`` with it. A
zone whose first shape adds starts empty; one whose first shape subtracts or intersects starts
full. A new shape is one class here, and its name in ``Shape``.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, get_args

import numpy as np
from scipy import ndimage

from timbrush import config
from timbrush.effect.zone.base import BaseShape, Reach
from timbrush.effect.zone.cells import pixels_of
from timbrush.effect.zone.checks import (
    LARGEST,
    MAX_OCTAVES,
    Number,
    Point,
    Span,
    check_mode,
    check_points,
    check_positive,
    check_span,
    check_types,
)
from timbrush.effect.zone.mask import Mask
from timbrush.effect.zone.sheet import LevelPixels, Pixels, Sheet
from timbrush.effect.zone.surprise import least_likely
from timbrush.errors import ConfigError, StrokeError

MAX_PARTIALS = 1_000
PARTS = ("tonal", "transient")
NEIGHBOURS = 17
"""Frames, or bins, of which a pixel's neighbourhood is the median."""


@dataclass(frozen=True, kw_only=True)
class Rectangle(BaseShape):
    """A span of time and of frequency; either may be left out, which means all of it."""

    seconds: Span | None = None
    hertz: Span | None = None
    mode: str = "add"

    def __post_init__(self) -> None:
        check_types(self)
        check_mode(self.mode)
        check_span("seconds", self.seconds)
        check_span("hertz", self.hertz)

    @property
    def reach(self) -> Reach:
        """Itself."""
        return self.seconds, self.hertz

    def pixels(self, sheet: Sheet) -> Pixels:
        """Return the pixels that it overlaps."""
        return sheet.box(self.seconds, self.hertz)


@dataclass(frozen=True, kw_only=True)
class Brush(BaseShape):
    """A free-hand path drawn with a round brush on a logarithmic frequency axis.

    Args:
        points: Seconds and hertz, joined by straight lines.
        size_seconds: Diameter of the brush along time.
        size_octaves: Diameter of the brush along frequency.
        mode: How it joins the zone.
    """

    points: tuple[Point, ...]
    size_seconds: Number = 0.2
    size_octaves: Number = 0.5
    mode: str = "add"

    def __post_init__(self) -> None:
        check_types(self)
        check_mode(self.mode)
        check_points(self.points, at_least=1)
        check_positive("size_seconds", self.size_seconds)
        check_positive("size_octaves", self.size_octaves, largest=MAX_OCTAVES)

    @property
    def reach(self) -> Reach:
        """Half its size around its path."""
        return _around(self.points, self.size_seconds / 2, 2 ** (self.size_octaves / 2))

    def pixels(self, sheet: Sheet) -> Pixels:
        """Return the pixels within the brush of the path."""
        # Distances are in units of the brush's half-size.
        half_seconds, half_octaves = self.size_seconds / 2, self.size_octaves / 2
        points = np.asarray(self.points, dtype=float)
        path = np.stack(
            [points[:, 0] / half_seconds, sheet.octaves(points[:, 1]) / half_octaves], 1
        )
        x, y = sheet.seconds / half_seconds, sheet.octaves(sheet.hertz) / half_octaves
        painted = np.zeros((len(y), len(x)), dtype=bool)
        starts, ends = (path[:-1], path[1:]) if len(path) > 1 else (path, path)
        for start, end in zip(starts, ends, strict=True):
            low, high = np.minimum(start, end) - 1, np.maximum(start, end) + 1
            frames = slice(*np.searchsorted(x, (low[0], high[0])))
            bins = slice(*np.searchsorted(y, (low[1], high[1])))
            along_x, along_y = x[None, frames] - start[0], y[bins, None] - start[1]
            step = end - start
            share = (along_x * step[0] + along_y * step[1]) / max(float(step @ step), 1e-12)
            share = np.clip(share, 0, 1)
            distance = (along_x - share * step[0]) ** 2 + (along_y - share * step[1]) ** 2
            painted[bins, frames] |= distance <= 1
        return painted | sheet.under(points)


@dataclass(frozen=True, kw_only=True)
class Lasso(BaseShape):
    """A closed polygon on a logarithmic frequency axis, filled by the even-odd rule."""

    points: tuple[Point, ...]
    mode: str = "add"

    def __post_init__(self) -> None:
        check_types(self)
        check_mode(self.mode)
        check_points(self.points, at_least=3)

    @property
    def reach(self) -> Reach:
        """Its corners; a path without width still has a pixel."""
        return _around(self.points, 1e-3, 1.001)

    def pixels(self, sheet: Sheet) -> Pixels:
        """Return the pixels inside: each frame counts the edges that it crosses below a bin."""
        points = np.asarray(self.points, dtype=float)
        seconds, octaves = points[:, 0], sheet.octaves(points[:, 1])
        bins = sheet.octaves(sheet.hertz)
        crossings = np.zeros((len(bins) + 1, sheet.n_frames), dtype=np.int32)
        for index in range(len(points)):
            (t0, y0), (t1, y1) = (
                (seconds[i], octaves[i]) for i in (index, (index + 1) % len(points))
            )
            crossed = (sheet.seconds >= min(t0, t1)) & (sheet.seconds < max(t0, t1))
            frames = np.flatnonzero(crossed)
            heights = y0 + (y1 - y0) * (sheet.seconds[frames] - t0) / ((t1 - t0) or 1.0)
            crossings[np.searchsorted(bins, heights), frames] += 1
        inside = np.cumsum(crossings, axis=0)[:-1] % 2 == 1
        return inside | sheet.under(points)


@dataclass(frozen=True, kw_only=True)
class Harmonics(BaseShape):
    """The same stroke on each partial of a pitch.

    Args:
        pitch_hertz: Fundamental frequency.
        seconds: Span of time, or None for all of it.
        width_hertz: Height of the stroke on each partial.
        n_partials: How many, the fundamental included; 0 for all up to the top of the band.
        mode: How it joins the zone.
    """

    pitch_hertz: Number
    seconds: Span | None = None
    width_hertz: Number = 40.0
    n_partials: int = 0
    mode: str = "add"

    def __post_init__(self) -> None:
        check_types(self)
        check_mode(self.mode)
        check_positive("pitch_hertz", self.pitch_hertz)
        check_span("seconds", self.seconds)
        check_positive("width_hertz", self.width_hertz)
        if not 0 <= self.n_partials <= MAX_PARTIALS:
            raise StrokeError(
                f"n_partials must lie in 0 to {MAX_PARTIALS}, got {self.n_partials}"
            )

    @property
    def reach(self) -> Reach:
        """From the first partial to the last."""
        low = max(self.pitch_hertz - self.width_hertz / 2, 0.0)
        high = self.pitch_hertz * (self.n_partials or math.inf) + self.width_hertz / 2
        return self.seconds, (low, high)

    def pixels(self, sheet: Sheet) -> Pixels:
        """Return the pixels of each partial."""
        partial = np.maximum(np.round(sheet.hertz / self.pitch_hertz), 1)
        near = np.abs(sheet.hertz - partial * self.pitch_hertz) <= max(
            self.width_hertz / 2, sheet.config.bin_hertz / 2
        )
        if self.n_partials:
            near &= partial <= self.n_partials
        return near[:, None] & sheet.box(self.seconds, None)


@dataclass(frozen=True, kw_only=True)
class Threshold(BaseShape):
    """What is louder, or softer, than a level.

    Args:
        above_decibels: Take what is louder than this, relative to the sound's spectral peak.
        below_decibels: Take what is softer than this.
        mode: How it joins the zone.
    """

    above_decibels: Number | None = None
    below_decibels: Number | None = None
    mode: str = "add"

    def __post_init__(self) -> None:
        check_types(self)
        check_mode(self.mode)
        if self.above_decibels is None and self.below_decibels is None:
            raise StrokeError("a threshold needs above_decibels or below_decibels, got neither")
        for name in ("above_decibels", "below_decibels"):
            value = getattr(self, name)
            if value is not None and not -LARGEST <= value <= LARGEST:
                raise StrokeError(f"{name} must be a finite number, got {value}")

    @property
    def reach(self) -> Reach:
        """Everything."""
        return None, None

    def pixels(self, sheet: Sheet) -> Pixels:
        """Return the pixels between the two levels."""
        decibels = sheet.decibels_around(0)[0].numpy()
        chosen = np.ones(decibels.shape, dtype=bool)
        if self.above_decibels is not None:
            chosen &= decibels > self.above_decibels
        if self.below_decibels is not None:
            chosen &= decibels < self.below_decibels
        return chosen


@dataclass(frozen=True, kw_only=True)
class Part(BaseShape):
    """What lasts, or what strikes: pixels louder along time, or along frequency.

    Source: Fitzgerald 2010, harmonic and percussive separation by medians.

    Args:
        part: ``tonal`` or ``transient``; every pixel is one of both.
        mode: How it joins the zone.
    """

    part: str
    mode: str = "intersect"

    def __post_init__(self) -> None:
        check_types(self)
        check_mode(self.mode)
        if self.part not in PARTS:
            raise StrokeError(f"part must be one of {', '.join(PARTS)}; got {self.part!r}")

    @property
    def reach(self) -> Reach:
        """Everything."""
        return None, None

    def pixels(self, sheet: Sheet) -> Pixels:
        """Return the pixels of that part."""
        near, before = sheet.decibels_around(NEIGHBOURS // 2)
        decibels = near.numpy()
        along_time = ndimage.median_filter(decibels, (1, NEIGHBOURS), mode="nearest")
        along_frequency = ndimage.median_filter(decibels, (NEIGHBOURS, 1), mode="nearest")
        tonal: Pixels = (along_time >= along_frequency)[:, before : before + sheet.n_frames]
        return tonal if self.part == "tonal" else ~tonal


@dataclass(frozen=True, kw_only=True)
class Surprise(BaseShape):
    """The least likely share of the cells, by an inpainter's own judgement.

    Args:
        share: Share of the cells within the stroke's ``seconds`` and ``hertz``, 0 to 1.
        inpainter: Name of the inpainter that judges.
        radius: How far it looks, in cells.
        mode: How it joins the zone.
    """

    share: Number = 0.1
    inpainter: str = "naive-bayes"
    radius: Number = 1.0
    mode: str = "add"

    def __post_init__(self) -> None:
        check_types(self)
        check_mode(self.mode)
        if not 0 < self.share <= 1:
            raise StrokeError(f"share must lie above 0 and at most 1, got {self.share}")
        check_positive("radius", self.radius)

    @property
    def reach(self) -> Reach:
        """Everything."""
        return None, None

    def pixels(self, sheet: Sheet) -> LevelPixels:
        """Return the pixels of the least likely cells of each level."""
        bits = sheet.surprise(self.inpainter, float(self.radius))
        chosen = []
        for level, grid in zip(bits, sheet.grids, strict=True):
            cells = least_likely(level, float(self.share), sheet.cells_within(grid))
            first, last = (
                (edge - sheet.span[0]) // grid.frames_per_column
                for edge in (sheet.first_frame, sheet.first_frame + sheet.n_frames)
            )
            chosen.append(cells[:, first:last])
        return pixels_of(chosen, sheet.grids, sheet.config.n_bins).numpy()

    @property
    def judges(self) -> tuple[str, ...]:
        """The inpainter that judges."""
        return (self.inpainter,)


Shape = Rectangle | Brush | Lasso | Harmonics | Threshold | Surprise | Part | Mask

SHAPES: Mapping[str, type[Shape]] = {shape.__name__.lower(): shape for shape in get_args(Shape)}


def _around(points: tuple[Point, ...], size: float, factor: float) -> Reach:
    """Return the box around a path: ``size`` seconds and a ``factor`` of hertz further."""
    seconds, hertz = zip(*points, strict=True)
    return (min(seconds) - size, max(seconds) + size), (
        min(hertz) / factor,
        max(hertz) * factor + 1e-3,
    )


def to_dict(shape: Shape) -> dict[str, Any]:
    """Return the shape as JSON values, with its name under ``shape``."""
    return {"shape": type(shape).__name__.lower(), **asdict(shape)}


def from_dict(values: object, *, where: str = "shape") -> Shape:
    """Read what ``to_dict`` wrote; fields with a default may be left out.

    Raises:
        StrokeError: For an unknown shape or field, or a value that cannot be.
    """
    try:
        return config.from_named(SHAPES, values, key="shape", where=where)
    except ConfigError as error:
        raise StrokeError(str(error)) from None
