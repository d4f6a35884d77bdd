"""The shapes that a zone is summed from, as small frozen values and as JSON.

Each shape has a ``mode``: ``add`` it to the zone, ``subtract`` it, or ``intersect`` with it. A
zone whose first shape adds starts empty; one whose first shape subtracts or intersects starts
full.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, get_args

from timbrush import config
from timbrush.errors import ConfigError, StrokeError

Number = float | int
Span = tuple[Number, Number]
"""Two ends, low first: seconds or hertz."""
Point = tuple[Number, Number]
"""Seconds and hertz."""
MODES = ("add", "subtract", "intersect")
MAX_POINTS = 10_000
MAX_PARTIALS = 1_000
MAX_OCTAVES = 100.0
SMALLEST, LARGEST = 1e-6, 1e9
"""Of seconds, hertz, octaves, cells: beyond, nothing is meant and arithmetic runs over."""


@dataclass(frozen=True, kw_only=True)
class Rectangle:
    """A span of time and of frequency; either may be left out, which means all of it."""

    seconds: Span | None = None
    hertz: Span | None = None
    mode: str = "add"

    def __post_init__(self) -> None:
        check_types(self)
        check_mode(self.mode)
        check_span("seconds", self.seconds)
        check_span("hertz", self.hertz)


@dataclass(frozen=True, kw_only=True)
class Brush:
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


@dataclass(frozen=True, kw_only=True)
class Lasso:
    """A closed polygon on a logarithmic frequency axis, filled by the even-odd rule."""

    points: tuple[Point, ...]
    mode: str = "add"

    def __post_init__(self) -> None:
        check_types(self)
        check_mode(self.mode)
        check_points(self.points, at_least=3)


@dataclass(frozen=True, kw_only=True)
class Harmonics:
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


@dataclass(frozen=True, kw_only=True)
class Threshold:
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


@dataclass(frozen=True, kw_only=True)
class Surprise:
    """The least likely share of the cells, by an inpainter's own judgement.

    Args:
        share: Share of the cells within the stroke's ``seconds`` and ``hertz``, 0 to 1.
        inpainter: Name of the rung that judges.
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


Shape = Rectangle | Brush | Lasso | Harmonics | Threshold | Surprise

SHAPES: Mapping[str, type[Shape]] = {shape.__name__.lower(): shape for shape in get_args(Shape)}


def to_dict(shape: Shape) -> dict[str, Any]:
    """Return the shape as JSON values, with its name under ``shape``."""
    return {"shape": type(shape).__name__.lower(), **asdict(shape)}


def from_dict(values: object, *, where: str = "shape") -> Shape:
    """Read what ``to_dict`` wrote; fields with a default may be left out.

    Raises:
        StrokeError: For an unknown shape or field, or a value that cannot be.
    """
    if not isinstance(values, Mapping):
        raise StrokeError(f"{where} must be an object, got {values!r}")
    kind = SHAPES.get(str(values.get("shape")))
    if kind is None:
        known = ", ".join(SHAPES)
        raise StrokeError(f"{where}: shape must be one of {known}; got {values.get('shape')!r}")
    fields = {key: value for key, value in values.items() if key != "shape"}
    try:
        return config.from_dict(kind, fields, where=where)
    except ConfigError as error:
        raise StrokeError(str(error)) from None


def check_types(value: object) -> None:
    """Turn NumPy's numbers in a shape or a stroke into Python's; refuse what is no number."""
    try:
        config.conform(value)
    except ConfigError as error:
        raise StrokeError(str(error)) from None


def check_mode(mode: str) -> None:
    """Refuse what is no way to join a zone."""
    if mode not in MODES:
        raise StrokeError(f"mode must be one of {', '.join(MODES)}; got {mode!r}")


def check_span(name: str, span: Span | None) -> None:
    """Refuse a span that is not finite, starts below zero, or holds nothing."""
    if span is None:
        return
    if len(span) != 2 or not all(-LARGEST <= end <= LARGEST for end in span):
        raise StrokeError(f"{name} must be two finite numbers, got {span}")
    if not 0 <= span[0] < span[1]:
        raise StrokeError(f"{name} must satisfy 0 <= first < last, got {span[0]} and {span[1]}")


def check_points(points: tuple[Point, ...], *, at_least: int) -> None:
    """Refuse too few or too many points, and points that are not finite or lie below zero."""
    if not at_least <= len(points) <= MAX_POINTS:
        raise StrokeError(f"points must be {at_least} to {MAX_POINTS}, got {len(points)}")
    if not all(0 <= value <= LARGEST for point in points for value in point):
        raise StrokeError("points must be pairs of seconds and hertz, finite and not below 0")


def check_positive(name: str, value: Number, *, largest: float = LARGEST) -> None:
    """Refuse what is not finite and above zero, or so near to either that it might as well."""
    if not SMALLEST <= value <= largest:
        raise StrokeError(
            f"{name} must be a finite number above 0 ({SMALLEST:g} to {largest:g}), got {value}"
        )
