"""The box of a stroke: the seconds and the hertz that its bounds and its shapes can reach."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.effect.stroke import Stroke
from timbrush.effect.zone.checks import Span
from timbrush.effect.zone.shapes import Shape
from timbrush.errors import OutsideError, RegionError


@dataclass(frozen=True, kw_only=True)
class Extent:
    """The box that a stroke's zone lies in, cut to the sound and to the model's band.

    Args:
        seconds: Nothing outside changes by a single bit.
        hertz: Outside, the change is at least 40 dB softer than inside, if the box lasts 0.2 s
            and is 200 Hz wide; what is shorter or narrower cannot be kept in as well.
    """

    seconds: tuple[float, float]
    hertz: tuple[float, float]

    def columns(
        self, frames_per_patch: int, config: SpectrogramConfig, n_columns: int
    ) -> tuple[int, int]:
        """Return the first patch column that the box touches, and the one after its last."""
        # Frame t is centred on t hops, so it stands for half a hop on both sides.
        frames = [second / config.frame_seconds + 0.5 for second in self.seconds]
        first = math.floor(frames[0] / frames_per_patch)
        last = math.ceil(frames[1] / frames_per_patch)
        return min(max(first, 0), n_columns - 1), min(max(last, first + 1), n_columns)

    def samples(self, sample_rate: int, length: int) -> tuple[int, int]:
        """Return the first sample inside the box and the one after its last."""
        first, last = (second * sample_rate for second in self.seconds)
        return min(math.ceil(first - 1e-6), length), min(math.ceil(last - 1e-6), length)


def find_extent(stroke: Stroke, *, end: float, top: float) -> Extent:
    """Return the box of a stroke: what its ``seconds``, ``hertz`` and shapes can reach.

    Args:
        stroke: The stroke.
        end: Seconds of the sound.
        top: Upper end of the model's band in hertz.

    Raises:
        RegionError: If the box is empty.
        OutsideError: If it lies outside the sound or outside the band.
    """
    times = _intersect(stroke.seconds, _reach(stroke.zone, 0)) or (0.0, end)
    band = _intersect(stroke.hertz, _reach(stroke.zone, 1)) or (0.0, top)
    if not (times[0] < times[1] and band[0] < band[1]):
        raise RegionError("the stroke's bounds and its shapes do not meet; move or widen one")
    if not (times[0] < end and times[1] > 0):
        raise OutsideError(
            f"the sound lasts {end:.6g} s, got a zone from {times[0]:.6g} to {times[1]:.6g} s; "
            "paint inside the sound"
        )
    if not band[0] < top:
        raise OutsideError(
            f"the band ends at {top:g} Hz, got a zone from {band[0]:g} to {band[1]:g} Hz; "
            "paint inside the band"
        )
    return Extent(
        seconds=(max(float(times[0]), 0.0), min(float(times[1]), end)),
        hertz=(max(float(band[0]), 0.0), min(float(band[1]), top)),
    )


def _reach(zone: Iterable[Shape], axis: int) -> Span | None:
    """Return the span that a zone can reach in time (axis 0) or frequency; None for all."""
    span: Span | None = None
    for index, shape in enumerate(zone):
        reach = shape.reach[axis]
        if shape.mode == "intersect":
            span = _intersect(span, reach)
        elif shape.mode == "add" and index == 0:
            span = reach
        elif shape.mode == "add" and span is not None:
            span = None if reach is None else (min(span[0], reach[0]), max(span[1], reach[1]))
    return span


def _intersect(one: Span | None, other: Span | None) -> Span | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one[0], other[0]), min(one[1], other[1])
