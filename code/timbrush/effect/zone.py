"""Shapes to the pixels of a zone."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy import ndimage
from torch import Tensor

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.effect.region import Extent, Zone
from timbrush.effect.shapes import (
    Brush,
    Harmonics,
    Lasso,
    Rectangle,
    Shape,
    Surprise,
    Threshold,
)
from timbrush.effect.stroke import Stroke

Pixels = Bool[np.ndarray, "bin frame"]
LevelPixels = Bool[np.ndarray, "level bin frame"]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The part of a spectrogram that a zone is drawn on, and what the sound has there.

    Args:
        config: The spectrogram.
        first_frame: The sheet's first frame in the sound.
        n_frames: Frames of the sheet.
        n_levels: Levels of codes.
        ends: Whether the sheet's first and last frame are the sound's.
        decibels: Returns the level of each pixel, relative to the sound's spectral peak.
        least_likely: Returns the pixels of the least likely cells of each level.
    """

    config: SpectrogramConfig
    first_frame: int
    n_frames: int
    n_levels: int
    ends: tuple[bool, bool]
    decibels: Callable[[], Float[Tensor, "bin frame"]]
    least_likely: Callable[[Surprise], Bool[Tensor, "level bin frame"]]

    @property
    def seconds(self) -> Float[np.ndarray, " frame"]:
        """Middle of each frame."""
        frames = self.first_frame + np.arange(self.n_frames)
        return frames * self.config.frame_seconds

    @property
    def hertz(self) -> Float[np.ndarray, " bin"]:
        """Middle of each bin."""
        return np.arange(self.config.n_bins) * self.config.bin_hertz


def draw(stroke: Stroke, extent: Extent, sheet: Sheet) -> Zone:
    """Return how much of the stroke each pixel gets, before its strength.

    Shapes join in turn; then the stroke's extent bounds them, and its softness lowers what lies
    near an edge.
    """
    bounds = _box(sheet, extent.seconds, extent.hertz)
    start_full = not stroke.zone or stroke.zone[0].mode != "add"
    zone = np.full((sheet.n_levels, *bounds.shape), start_full)
    for shape in stroke.zone:
        pixels = _pixels(shape, sheet)
        if shape.mode == "add":
            zone = zone | pixels
        elif shape.mode == "subtract":
            zone = zone & ~pixels
        else:
            zone = zone & pixels
    zone = zone & bounds
    weights = zone.astype(np.float32)
    if stroke.softness > 0:
        weights = np.stack([_soften(z, float(stroke.softness), sheet.ends) for z in zone])
    if stroke.level == "coarse":
        weights[1:] = 0.0
    elif stroke.level == "fine":
        weights[: sheet.n_levels - 1] = 0.0
    return torch.from_numpy(weights)


def _pixels(shape: Shape, sheet: Sheet) -> Pixels | LevelPixels:
    if isinstance(shape, Rectangle):
        return _box(sheet, shape.seconds, shape.hertz)
    if isinstance(shape, Harmonics):
        return _harmonics(shape, sheet)
    if isinstance(shape, Brush):
        return _brush(shape, sheet)
    if isinstance(shape, Lasso):
        return _lasso(shape, sheet)
    if isinstance(shape, Threshold):
        return _threshold(shape, sheet)
    return sheet.least_likely(shape).numpy()


def _box(sheet: Sheet, seconds: object, hertz: object) -> Pixels:
    """Pixels that overlap the box, however little: a zone thinner than a pixel is one pixel."""
    frames = _overlaps(sheet.seconds, seconds, sheet.config.frame_seconds / 2)
    bins = _overlaps(sheet.hertz, hertz, sheet.config.bin_hertz / 2)
    return bins[:, None] & frames[None, :]


def _overlaps(
    middles: Float[np.ndarray, " pixel"], span: object, half: float
) -> Bool[np.ndarray, " pixel"]:
    if span is None:
        return np.ones(len(middles), dtype=bool)
    assert isinstance(span, tuple), "a span is a pair"
    return (middles + half > span[0]) & (middles - half < span[1])


def _harmonics(shape: Harmonics, sheet: Sheet) -> Pixels:
    partial = np.maximum(np.round(sheet.hertz / shape.pitch_hertz), 1)
    near = np.abs(sheet.hertz - partial * shape.pitch_hertz) <= max(
        shape.width_hertz / 2, sheet.config.bin_hertz / 2
    )
    if shape.n_partials:
        near &= partial <= shape.n_partials
    return near[:, None] & _box(sheet, shape.seconds, None)


def _threshold(shape: Threshold, sheet: Sheet) -> Pixels:
    decibels = sheet.decibels().numpy()
    chosen = np.ones(decibels.shape, dtype=bool)
    if shape.above_decibels is not None:
        chosen &= decibels > shape.above_decibels
    if shape.below_decibels is not None:
        chosen &= decibels < shape.below_decibels
    return chosen


def _octaves(hertz: Float[np.ndarray, " any"], sheet: Sheet) -> Float[np.ndarray, " any"]:
    return np.log2(np.maximum(hertz, sheet.config.bin_hertz / 2))


def _brush(shape: Brush, sheet: Sheet) -> Pixels:
    """Pixels within the brush of the path; distances in units of the brush's half-size."""
    half_seconds, half_octaves = shape.size_seconds / 2, shape.size_octaves / 2
    points = np.asarray(shape.points, dtype=float)
    path = np.stack(
        [points[:, 0] / half_seconds, _octaves(points[:, 1], sheet) / half_octaves], 1
    )
    x, y = sheet.seconds / half_seconds, _octaves(sheet.hertz, sheet) / half_octaves
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
    return painted | _under(points, sheet)


def _lasso(shape: Lasso, sheet: Sheet) -> Pixels:
    """Even-odd rule by scan lines: each frame counts the edges that it crosses below a bin."""
    points = np.asarray(shape.points, dtype=float)
    seconds, octaves = points[:, 0], _octaves(points[:, 1], sheet)
    bins = _octaves(sheet.hertz, sheet)
    crossings = np.zeros((len(bins) + 1, sheet.n_frames), dtype=np.int32)
    for index in range(len(points)):
        (t0, y0), (t1, y1) = (
            (seconds[i], octaves[i]) for i in (index, (index + 1) % len(points))
        )
        frames = np.flatnonzero((sheet.seconds >= min(t0, t1)) & (sheet.seconds < max(t0, t1)))
        heights = y0 + (y1 - y0) * (sheet.seconds[frames] - t0) / ((t1 - t0) or 1.0)
        crossings[np.searchsorted(bins, heights), frames] += 1
    inside = np.cumsum(crossings, axis=0)[:-1] % 2 == 1
    return inside | _under(points, sheet)


def _under(points: Float[np.ndarray, "point axis"], sheet: Sheet) -> Pixels:
    """The pixels that a path's own points lie on, so that the smallest stroke paints one."""
    frames = np.round(points[:, 0] / sheet.config.frame_seconds).astype(int) - sheet.first_frame
    bins = np.round(points[:, 1] / sheet.config.bin_hertz).astype(int)
    on_sheet = (frames >= 0) & (frames < sheet.n_frames) & (bins < sheet.config.n_bins)
    pixels = np.zeros((sheet.config.n_bins, sheet.n_frames), dtype=bool)
    pixels[bins[on_sheet], frames[on_sheet]] = True
    return pixels


def _soften(zone: Pixels, softness: float, ends: tuple[bool, bool]) -> Float[np.ndarray, "b f"]:
    """Lower weights towards the edges; the ends of the sound and of the band are none."""
    if not zone.any():
        return zone.astype(np.float32)
    bins, frames = (np.flatnonzero(zone.any(axis)) for axis in (1, 0))
    height, width = bins[-1] - bins[0] + 1, frames[-1] - frames[0] + 1
    padded = np.pad(zone, ((0, 0), (0 if ends[0] else 1, 0 if ends[1] else 1)))
    if padded.all():
        return zone.astype(np.float32)
    # Distances in half-widths of the zone, so that both directions fall alike.
    distances = ndimage.distance_transform_edt(padded, sampling=(2 / height, 2 / width))
    distances = distances[:, 0 if ends[0] else 1 :][:, : zone.shape[1]]
    return np.minimum(distances / softness, 1.0).astype(np.float32)
