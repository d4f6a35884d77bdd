"""A stroke to the pixels of its zone and the cells under it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from timbrush.codec.contract import frames_per_patch
from timbrush.effect.canvas import Canvas
from timbrush.effect.stroke import BOTH, Stroke
from timbrush.effect.zone.cells import CellWeights, cell_weights
from timbrush.effect.zone.extent import Extent, find_extent
from timbrush.effect.zone.sheet import LevelPixels, Sheet
from timbrush.effect.zone.softness import Softness
from timbrush.errors import StrokeError

LevelWeights = Float[Tensor, "level bin frame"]
"""How much of a stroke each pixel gets, 0 to 1, for each level of codes."""

TILE_COLUMNS = 256
"""Patch columns whose pixels are drawn at a time: bounds the memory."""

SurpriseOf = Callable[[str, float, int, int], tuple[Float[Tensor, "_row _column"], ...]]
"""Returns bits of surprise, given an inpainter's name, its radius and two columns."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Zone:
    """Where a stroke lies on a sound.

    Args:
        extent: The box around it.
        first: First patch column that the box touches.
        last: The column after the last.
        cells: How much of the stroke each cell of those columns gets, on each level.
        tile: Returns the same for each pixel of a tile, by its number.
        frames_per_patch: Width of a patch column in frames.
    """

    extent: Extent
    first: int
    last: int
    cells: tuple[CellWeights, ...]
    tile: Callable[[int], LevelWeights]
    frames_per_patch: int

    def pixels(self, first: int, last: int) -> LevelWeights:
        """Return how much of the stroke each pixel of some patch columns gets, on each level.

        Args:
            first: The first column, counted from the zone's first.
            last: The one after the last.
        """
        tiles = range(first // TILE_COLUMNS, -(-last // TILE_COLUMNS))
        drawn = [self.tile(index) for index in tiles]
        width, start = self.frames_per_patch, tiles.start * TILE_COLUMNS
        whole = drawn[0] if len(drawn) == 1 else torch.cat(drawn, dim=2)
        return whole[:, :, (first - start) * width : (last - start) * width]


def find_zone(canvas: Canvas, stroke: Stroke, judge: SurpriseOf) -> Zone:
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

    def decibels(first_frame: int, last_frame: int) -> Float[Tensor, "bin frame"]:
        relative = canvas.frames(first_frame, last_frame).amax(0)
        return (1 - relative) * config.floor_decibels

    @cache
    def surprise(inpainter: str, radius: float) -> tuple[CellWeights, ...]:
        tiles = range(first, last, TILE_COLUMNS)
        judged = [
            judge(inpainter, radius, start, min(start + TILE_COLUMNS, last)) for start in tiles
        ]
        return tuple(torch.cat(level, dim=1) for level in zip(*judged, strict=True))

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
        surprise=surprise,
    )
    draw = Drawing(stroke, sheet, TILE_COLUMNS * width)
    parts = [
        [cell_weights(level, grid) for level, grid in zip(draw(n), sheet.grids, strict=True)]
        for n in range(draw.n_tiles)
    ]
    cells = tuple(torch.cat(level, dim=1) for level in zip(*parts, strict=True))
    return Zone(
        extent=extent, first=first, last=last, cells=cells, tile=draw, frames_per_patch=width
    )


class Drawing:
    """How much of a stroke each pixel of a sheet gets, drawn a tile at a time.

    Args:
        stroke: The stroke.
        sheet: All that it may touch.
        tile_frames: Frames of a tile.
    """

    def __init__(self, stroke: Stroke, sheet: Sheet, tile_frames: int) -> None:
        self._stroke, self._sheet, self._tile_frames = stroke, sheet, tile_frames
        self.n_tiles = -(-sheet.n_frames // tile_frames)
        self._softness: Softness | None = None
        # A cache around a method of its own would keep itself, and the canvas, alive.
        self._kept: dict[int, LevelWeights] = {}
        if stroke.softness > 0:
            self._softness = Softness(
                lambda: (self._zone(index) for index in range(self.n_tiles)),
                sheet,
                float(stroke.softness),
            )

    def __call__(self, index: int) -> LevelWeights:
        """Return the weights of one tile; the latest two are kept."""
        if index not in self._kept:
            latest = list(self._kept.items())[-1:]
            self._kept = {**dict(latest), index: self._draw(index)}
        return self._kept[index]

    def _draw(self, index: int) -> LevelWeights:
        zone = self._zone(index)
        weights = zone.astype(np.float32)
        if self._softness is not None:
            weights = self._softness.weights(zone, index * self._tile_frames)
        if self._stroke.level != BOTH:
            others = [name != self._stroke.level for name in self._sheet.level_names]
            weights[others] = 0.0
        return torch.from_numpy(weights)

    def _zone(self, index: int) -> LevelPixels:
        """Return the pixels of one tile: shapes join in turn, then the bounds cut them."""
        sheet = self._sheet.part(index * self._tile_frames, self._tile_frames)
        bounds = sheet.bounds
        start_full = not self._stroke.zone or self._stroke.zone[0].mode != "add"
        zone = np.full((len(sheet.grids), *bounds.shape), start_full)
        for shape in self._stroke.zone:
            pixels = shape.pixels(sheet)
            if shape.mode == "add":
                zone = zone | pixels
            elif shape.mode == "subtract":
                zone = zone & ~pixels
            else:
                zone = zone & pixels
        return zone & bounds
