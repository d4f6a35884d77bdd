"""Refuse numbers that a shape or a stroke cannot have."""

from timbrush import config
from timbrush.errors import ConfigError, StrokeError

Number = float | int
Span = tuple[Number, Number]
"""Two ends, low first: seconds or hertz."""
Point = tuple[Number, Number]
"""Seconds and hertz."""
MODES = ("add", "subtract", "intersect")
MAX_POINTS = 10_000
MAX_OCTAVES = 100.0
SMALLEST, LARGEST = 1e-6, 1e9
"""Of seconds, hertz, octaves, cells: beyond, nothing is meant and arithmetic runs over."""


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


def check_range(name: str, value: Number, low: Number, high: Number) -> None:
    """Refuse a number outside of a range, both ends of which are allowed."""
    if not low <= value <= high:
        raise StrokeError(f"{name} must lie in {low} to {high}, got {value}")
