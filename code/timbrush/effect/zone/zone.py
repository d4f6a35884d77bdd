"""A stroke to the pixels of its zone and the cells under it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from scipy import ndimage
from torch import Tensor

from timbrush.codec.contract import frames_per_patch
from timbrush.effect.canvas import Canvas
from timbrush.effect.stroke import BOTH, Stroke
from timbrush.effect.zone.cells import CellWeights, cell_weights
from timbrush.effect.zone.extent import Extent, find_extent
from timbrush.effect.zone.sheet import Pixels, Sheet
from timbrush.errors import StrokeError

LevelWeights = Float[Tensor, "level bin frame"]
"""How much of a stroke each pixel gets, 0 to 1, for each level of codes."""

Judge = Callable[[str, float, int, int], tuple[Float[Tensor, "_row _column"], ...]]
"""Returns bits of surprise, given an inpainter's name, its radius and two columns."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Zone:
    """Where a stroke lies on a sound.

    Args:
        extent: The box around it.
        first: First patch column that the box touches.
        last: The column after the last.
        pixels: How much of the stroke each pixel of those columns gets, on each level.
        cells: The same for each cell.
    """

    extent: Extent
    first: int
    last: int
    pixels: LevelWeights
    cells: tuple[CellWeights, ...]


def find_zone(canvas: Canvas, stroke: Stroke, judge: Judge) -> Zone:
    """Return where a stroke lies on a canvas.

    Raises:
        RegionError: If the zone lies outside the sound or outside the model's band.
        StrokeError: If a shape asks for what the model does not have.
    """
    source = canvas.source
    names = source.codec.shape.names
    if stroke.level not in (BOTH, *names):
        raise StrokeError(
            f"level must be one of {', '.join((BOTH, *names))} with this model, "
            f"got {stroke.level!r}"
        )
    config, width = source.config, frames_per_patch(source.codec)
    extent = find_extent(stroke, end=source.seconds, top=source.top_hertz)
    first, last = extent.columns(width, config, source.n_columns)

    def decibels() -> Float[Tensor, "bin frame"]:
        relative = canvas.frames(first * width, last * width).amax(0)
        return (1 - relative) * config.floor_decibels

    sheet = Sheet(
        config=config,
        first_frame=first * width,
        n_frames=(last - first) * width,
        grids=source.codec.grids,
        level_names=names,
        seconds_bounds=extent.seconds,
        hertz_bounds=extent.hertz,
        ends=(first == 0, last == source.n_columns),
        decibels=decibels,
        surprise=lambda inpainter, radius: judge(inpainter, radius, first, last),
    )
    pixels = draw(stroke, sheet)
    levels = zip(pixels, source.codec.grids, strict=True)
    cells = tuple(cell_weights(level, grid) for level, grid in levels)
    return Zone(extent=extent, first=first, last=last, pixels=pixels, cells=cells)


def draw(stroke: Stroke, sheet: Sheet) -> LevelWeights:
    """Return how much of the stroke each pixel gets, before its strength.

    Shapes join in turn; then the sheet's bounds cut them, and the stroke's softness lowers what
    lies near an edge.
    """
    bounds = sheet.bounds
    start_full = not stroke.zone or stroke.zone[0].mode != "add"
    zone = np.full((len(sheet.grids), *bounds.shape), start_full)
    for shape in stroke.zone:
        pixels = shape.pixels(sheet)
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
    if stroke.level != BOTH:
        others = [name != stroke.level for name in sheet.level_names]
        weights[others] = 0.0
    return torch.from_numpy(weights)


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
