"""Paint one stroke: draw new codes in its zone, decode them, and put them into the sound."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from timbrush import cancelling
from timbrush.codec.contract import frames_per_patch
from timbrush.codemaps import CodeShape
from timbrush.effect.actions.acting import act
from timbrush.effect.actions.redrawing import blur
from timbrush.effect.canvas import Canvas, Painted
from timbrush.effect.change import Change, pieces, shares_changed
from timbrush.effect.composite.composite import Place, compose
from timbrush.effect.composite.keeping import Keep
from timbrush.effect.stored import Sum
from timbrush.effect.stroke import LEFT, RHYTHM, RIGHT, Stroke
from timbrush.effect.zone.cells import CellWeights, pixels_of
from timbrush.effect.zone.checks import check_positive
from timbrush.effect.zone.surprise import surprise
from timbrush.effect.zone.zone import Zone, find_zone
from timbrush.errors import StrokeError
from timbrush.inpainting.contract import Inpainter
from timbrush.tensors import Codemaps, Spectrogram

CONTEXT_COLUMNS = 2
"""Patch columns around a change that the decoder sees at most. With the bundled codec, more
change what it answers by less than 0.1 dB."""
PIECE_COLUMNS = 64
"""Patch columns that are decoded and put into the sound at a time: bounds the memory."""
N_RECENT = 2
"""Pieces before a piece that reach into what it reads; those before them end long before."""


@dataclass(frozen=True, eq=False)
class Painter:
    """Paints strokes with the inpainters of a model.

    Args:
        inpainters: What redraws, by name.
    """

    inpainters: Mapping[str, Inpainter]

    def paint(self, canvas: Canvas, stroke: Stroke) -> Painted:
        """Return what a stroke changes.

        Raises:
            RegionError: If the zone lies outside the sound or outside the model's band.
            StrokeError: If the stroke asks for what the model does not have.
        """
        if stroke.action:
            return self._act(canvas, stroke)
        inpainter = self._inpainter(stroke.inpainter)
        zone = self.zone(canvas, stroke)
        low, high = canvas.around(zone.first, zone.last, inpainter.context_columns)
        window = canvas.codes(low, high)
        redrawn = blur(window, zone.cells, stroke, inpainter, first_column=zone.first - low)
        redrawn = _only(stroke.channels, redrawn, window)
        before, after = (
            canvas.source.codec.shape.cut(codes, zone.first - low, zone.last - low)
            for codes in (window, redrawn)
        )
        share, shares = shares_changed(before, after, _painted(zone))
        change = _change(canvas, stroke, zone, before, after) if share else None
        return Painted(
            change=change and change.only(stroke.channels),
            share_changed=share,
            shares_changed=shares,
            hertz=zone.extent.hertz,
        )

    def _act(self, canvas: Canvas, stroke: Stroke) -> Painted:
        """Return what a stroke changes that does not redraw."""
        assert stroke.action
        zone = self.zone(canvas, stroke)
        change = act(canvas, stroke.action, zone).only(stroke.channels)
        before = canvas.codes(zone.first, zone.last)
        share, shares = shares_changed(before, change.codemaps, _painted(zone))
        return Painted(
            change=change, share_changed=share, shares_changed=shares, hertz=zone.extent.hertz
        )

    def zone(self, canvas: Canvas, stroke: Stroke) -> Zone:
        """Return where a stroke lies on a canvas."""

        def judge(name: str, radius: float, first: int, last: int) -> tuple[CellWeights, ...]:
            return self.surprise(canvas, name, radius, first, last)

        return find_zone(canvas, stroke, judge)

    def columns(self, canvas: Canvas, stroke: Stroke) -> tuple[int, int]:
        """Return the patch columns that a stroke touches."""
        zone = self.zone(canvas, stroke)
        return zone.first, zone.last

    def cells(self, canvas: Canvas, stroke: Stroke) -> tuple[CellWeights, ...]:
        """Return how much of a stroke each cell of the sound gets, 0 to 1.

        Raises:
            RegionError: If the zone lies outside the sound or outside the model's band.
            StrokeError: If a shape asks for an inpainter that the model does not have.
        """
        zone = self.zone(canvas, stroke)
        shape = canvas.source.codec.shape
        return shape.place(zone.cells, zone.first, canvas.source.n_columns)

    def surprise(
        self, canvas: Canvas, inpainter: str, radius: float, first: int, last: int
    ) -> tuple[Float[Tensor, "_row _column"], ...]:
        """Return bits of surprise of some patch columns, the mean over channels."""
        check_positive("radius", radius)
        judge = self._inpainter(inpainter)
        low, high = canvas.around(first, last, judge.context_columns)
        bits = surprise(canvas.codes(low, high), judge, radius=radius)
        means = tuple(level.mean(0) for level in bits)
        return canvas.source.codec.shape.cut(means, first - low, last - low)

    def _inpainter(self, name: str) -> Inpainter:
        if name not in self.inpainters:
            known = ", ".join(self.inpainters)
            raise StrokeError(f"inpainter must be one of {known}; got {name!r}")
        return self.inpainters[name]


def _change(
    canvas: Canvas, stroke: Stroke, zone: Zone, before: Codemaps, after: Codemaps
) -> Change:
    """Put new codes into the sound: decode what they replace, a piece after the other."""
    source = canvas.source
    width, n_channels = frames_per_patch(source.codec), after[0].shape[0]
    keep = Keep(
        level=float(stroke.keep_level),
        # A stroke that redraws the rhythm, and nothing else, is there to change it.
        rhythm=float(stroke.keep_rhythm) if stroke.level != RHYTHM else 0.0,
        # What is drawn for one channel alone is not shared by the other.
        width=float(stroke.keep_width) if stroke.channels not in (LEFT, RIGHT) else 0.0,
        band=float(stroke.keep_band),
    )
    silent = Change(0, np.zeros((n_channels, 0), dtype=np.float32), zone.first, after)
    untouched = canvas.with_change(silent)
    spans = list(pieces(_touched(source.codec.shape, before, after), PIECE_COLUMNS))
    total = Sum(n_channels, *zone.extent.samples(source.sample_rate, source.length))
    recent: list[Change] = []
    for start, stop in spans:
        cancelling.check()
        place = Place(
            first_frame=(zone.first + start) * width,
            spectrogram=_decode(untouched, zone.first + start, zone.first + stop),
            replaced=_replaced(canvas, zone, before, after, (start, stop)),
            extent=zone.extent,
            keep=keep,
        )
        so_far = replace(untouched, changes=(*untouched.changes, *recent))
        first_sample, added = compose(so_far, place, before=untouched)
        change = replace(silent, first_sample=first_sample, added=added)
        if len(spans) == 1:
            return change
        recent = [*recent, change][-N_RECENT:]
        total.add(first_sample, added)
    first_sample, summed = total.done()
    return replace(silent, first_sample=first_sample, added=summed)


def _painted(zone: Zone) -> tuple[Bool[Tensor, "_row _column"], ...]:
    """Return which cells of each level a stroke paints."""
    return tuple(level > 0 for level in zone.cells)


def _only(channels: str, redrawn: Codemaps, before: Codemaps) -> Codemaps:
    """Return new codes for one channel alone, where a stroke paints only that."""
    if channels not in (LEFT, RIGHT) or len(before[0]) != 2:
        return redrawn
    painted = torch.tensor([channels == LEFT, channels == RIGHT])[:, None, None]
    return tuple(
        torch.where(painted, new, old) for new, old in zip(redrawn, before, strict=True)
    )


def _decode(canvas: Canvas, first: int, last: int) -> Spectrogram:
    """Return what the codec makes of some patch columns."""
    codec = canvas.source.codec
    low, high = canvas.around(first, last, min(codec.context_columns, CONTEXT_COLUMNS))
    width = frames_per_patch(codec)
    decoded = codec.decode(canvas.codes(low, high))
    return decoded[:, :, (first - low) * width : (last - low) * width]


def _touched(shape: CodeShape, before: Codemaps, after: Codemaps) -> Bool[Tensor, " column"]:
    """Return the patch columns in which a code became another."""
    touched = torch.zeros(shape.n_columns(before), dtype=torch.bool)
    for old, new, columns in zip(before, after, shape.columns_per_patch, strict=True):
        changed = (old != new).flatten(0, -2).any(0)
        touched |= changed.unflatten(0, (-1, columns)).any(1)
    return touched


def _replaced(
    canvas: Canvas, zone: Zone, before: Codemaps, after: Codemaps, span: tuple[int, int]
) -> Bool[Tensor, "channel bin frame"]:
    """Return the pixels of some patch columns whose cells got another code, on either level."""
    source, channels = canvas.source, []
    painted = zone.pixels(*span) > 0
    before, after = (source.codec.shape.cut(codes, *span) for codes in (before, after))
    for channel in range(before[0].shape[0]):
        changed = [old[channel] != new[channel] for old, new in zip(before, after, strict=True)]
        pixels = pixels_of(changed, source.codec.grids, source.config.n_bins)
        channels.append((pixels & painted).any(0))
    return torch.stack(channels)
