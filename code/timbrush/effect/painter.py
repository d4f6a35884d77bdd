"""One stroke on a sound: zone, new codes, and the patch that puts them there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from timbrush.codec.contract import Codec, Grid
from timbrush.effect.blur import blur
from timbrush.effect.composite import Place, compose
from timbrush.effect.edited import Edited, crop
from timbrush.effect.patch import Patch, join, pieces, shares_changed
from timbrush.effect.region import (
    CellWeights,
    Extent,
    Zone,
    cell_weights,
    find_extent,
)
from timbrush.effect.shapes import Surprise, check_positive
from timbrush.effect.stroke import Stroke
from timbrush.effect.surprise import least_likely, surprise
from timbrush.effect.zone import Sheet, draw
from timbrush.errors import StrokeError
from timbrush.inpainting.contract import Inpainter
from timbrush.tensors import Codemaps, Spectrogram

CONTEXT_COLUMNS = 2
"""Coarse columns around a change that the decoder sees at most. With the bundled codec, more
change what it answers by less than 0.1 dB."""
PIECE_COLUMNS = 64
"""Coarse columns that are decoded and put into the sound at a time: bounds the memory."""


@dataclass(frozen=True, kw_only=True)
class Painted:
    """What came of a stroke.

    Args:
        patch: What it changed; None if no code became another.
        share_changed: Share of the painted cells whose code is another than before.
        shares_changed: The same for each level, coarse first; 0 where none was painted.
    """

    patch: Patch | None
    share_changed: float
    shares_changed: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Painter:
    """Paints strokes with a codec and its rungs.

    Args:
        codec: What decodes.
        inpainters: What redraws, by name.
    """

    codec: Codec
    inpainters: Mapping[str, Inpainter]

    def paint(self, edited: Edited, stroke: Stroke) -> Painted:
        """Apply one stroke.

        Raises:
            RegionError: If the zone lies outside the sound or outside the model's band.
            StrokeError: If the stroke asks for what the model does not have.
        """
        inpainter = self.inpainter(stroke.inpainter)
        extent = self.extent(edited, stroke)
        first, last = self.columns(edited, extent)
        zone = self._draw(edited, stroke, extent, first, last)
        weights = self._cells(zone)
        low, high = edited.around(first, last, inpainter.context_columns)
        window = edited.codes(low, high)
        redrawn = blur(window, weights, stroke, inpainter, first_column=first - low)
        before, after = (crop(codes, first - low, last - low) for codes in (window, redrawn))
        share, shares = shares_changed(before, after, tuple(level > 0 for level in weights))
        if not share:
            return Painted(patch=None, share_changed=share, shares_changed=shares)
        replaced = self._replaced(zone, before, after)
        patch = self._patch(edited, extent, replaced, after, first)
        return Painted(patch=patch, share_changed=share, shares_changed=shares)

    def inpainter(self, name: str) -> Inpainter:
        """Return a rung.

        Raises:
            StrokeError: If there is none of that name.
        """
        if name not in self.inpainters:
            known = ", ".join(self.inpainters)
            raise StrokeError(f"inpainter must be one of {known}; got {name!r}")
        return self.inpainters[name]

    def extent(self, edited: Edited, stroke: Stroke) -> Extent:
        """Return the box of a stroke on a sound."""
        return find_extent(
            stroke,
            sample_rate=edited.original.sample_rate,
            length=edited.original.length,
            grid=self._coarse,
            config=edited.config,
        )

    def columns(self, edited: Edited, extent: Extent) -> tuple[int, int]:
        """Return the coarse columns that a box touches."""
        return extent.columns(self._coarse, edited.config, edited.n_columns)

    def cells(self, edited: Edited, stroke: Stroke) -> tuple[CellWeights, ...]:
        """Return how much of a stroke each cell of the sound gets, 0 to 1, coarse level first.

        Raises:
            RegionError: If the zone lies outside the sound or outside the model's band.
            StrokeError: If a shape asks for a rung that the model does not have.
        """
        extent = self.extent(edited, stroke)
        first, last = self.columns(edited, extent)
        cells = []
        for part in self._cells(self._draw(edited, stroke, extent, first, last)):
            scale = part.shape[1] // (last - first)
            whole = torch.zeros(part.shape[0], edited.n_columns * scale)
            whole[:, first * scale : last * scale] = part
            cells.append(whole)
        return tuple(cells)

    def surprise(
        self, edited: Edited, inpainter: str, radius: float, first: int, last: int
    ) -> tuple[Float[Tensor, "_row _column"], ...]:
        """Return bits of surprise of some coarse columns, the mean over channels."""
        check_positive("radius", radius)
        rung = self.inpainter(inpainter)
        low, high = edited.around(first, last, rung.context_columns)
        bits = surprise(edited.codes(low, high), rung, radius=radius)
        scales = [level.shape[2] // (high - low) for level in bits]
        return tuple(
            level.mean(0)[:, (first - low) * scale : (last - low) * scale]
            for level, scale in zip(bits, scales, strict=True)
        )

    @property
    def _coarse(self) -> Grid:
        return self.codec.grids[0]

    def _cells(self, zone: Zone) -> tuple[CellWeights, ...]:
        return tuple(
            cell_weights(z, grid) for z, grid in zip(zone, self.codec.grids, strict=True)
        )

    def _draw(
        self, edited: Edited, stroke: Stroke, extent: Extent, first: int, last: int
    ) -> Zone:
        width = self._coarse.frames_per_column

        def decibels() -> Float[Tensor, "bin frame"]:
            relative = edited.spectrogram(first * width, last * width).amax(0)
            return (1 - relative) * edited.config.floor_decibels

        def unlikely(shape: Surprise) -> Bool[Tensor, "level bin frame"]:
            return self._unlikely(edited, shape, extent, first, last)

        sheet = Sheet(
            config=edited.config,
            first_frame=first * width,
            n_frames=(last - first) * width,
            n_levels=len(self.codec.grids),
            ends=(first == 0, last == edited.n_columns),
            decibels=decibels,
            least_likely=unlikely,
        )
        return draw(stroke, extent, sheet)

    def _unlikely(
        self, edited: Edited, shape: Surprise, extent: Extent, first: int, last: int
    ) -> Bool[Tensor, "level bin frame"]:
        bits = self.surprise(edited, shape.inpainter, float(shape.radius), first, last)
        box = self._cells(self._draw(edited, Stroke(), extent, first, last))
        cells = [
            least_likely(level, float(shape.share), inside > 0)
            for level, inside in zip(bits, box, strict=True)
        ]
        return self._pixels(cells, edited.config.n_bins)

    def _pixels(self, cells: Sequence[Tensor], n_bins: int) -> Bool[Tensor, "level bin frame"]:
        levels = zip(cells, self.codec.grids, strict=True)
        return torch.cat([grid.zone(level[None], n_bins) for level, grid in levels])

    def _patch(
        self,
        edited: Edited,
        extent: Extent,
        replaced: Bool[Tensor, "channel bin frame"],
        codemaps: Codemaps,
        first: int,
    ) -> Patch:
        """Put new codes into the sound: decode what they replace, a piece after the other."""
        width, n_channels = self._coarse.frames_per_column, codemaps[0].shape[0]
        silent = Patch(0, np.zeros((n_channels, 0), dtype=np.float32), first, codemaps)
        before = edited = edited.with_patch(silent)
        patches: list[Patch] = []
        for start, stop in pieces(replaced, width, PIECE_COLUMNS):
            place = Place(
                first_frame=(first + start) * width,
                spectrogram=self._decode(edited, first + start, first + stop),
                replaced=replaced[:, :, start * width : stop * width],
                extent=extent,
            )
            first_sample, change = compose(edited, place, before=before)
            patches.append(replace(silent, first_sample=first_sample, change=change))
            edited = edited.with_patch(patches[-1])
        return join(patches)

    def _decode(self, edited: Edited, first: int, last: int) -> Spectrogram:
        """Return what the codec makes of some coarse columns."""
        low, high = edited.around(first, last, min(self.codec.context_columns, CONTEXT_COLUMNS))
        width = self._coarse.frames_per_column
        decoded = self.codec.decode(edited.codes(low, high))
        return decoded[:, :, (first - low) * width : (last - low) * width]

    def _replaced(
        self, zone: Zone, before: Codemaps, after: Codemaps
    ) -> Bool[Tensor, "channel bin frame"]:
        """Return the pixels of the zone whose cells got another code, on either level."""
        channels = []
        for channel in range(before[0].shape[0]):
            changed = [
                old[channel] != new[channel] for old, new in zip(before, after, strict=True)
            ]
            pixels = self._pixels(changed, zone.shape[1])
            channels.append((pixels & (zone > 0)).any(0))
        return torch.stack(channels)
