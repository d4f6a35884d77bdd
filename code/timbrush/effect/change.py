"""What one stroke changed: samples to add, and codes to put."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool
from torch import Tensor

from timbrush.audio.resampling import Piece, Samples
from timbrush.effect import stored
from timbrush.effect.stored import Added
from timbrush.effect.stroke import ALL, CHANNELS, LEFT, MID, RIGHT, SIDE
from timbrush.errors import StrokeError
from timbrush.tensors import Codemaps

PARTS = {
    LEFT: ((1, 0), (0, 0)),
    RIGHT: ((0, 0), (0, 1)),
    MID: ((0.5, 0.5), (0.5, 0.5)),
    SIDE: ((0.5, -0.5), (-0.5, 0.5)),
}
"""What each of two channels gets of both."""


@dataclass(frozen=True, eq=False)
class Change:
    """What a stroke adds to a sound, and the codes it leaves.

    Args:
        first_sample: Where the change begins, at the sound's own rate.
        added: What to add to the samples there, full scale ±1.
        first_column: Patch column where the codes begin.
        codemaps: Codes that stand there from now on, one codemap a level.
    """

    first_sample: int
    added: Added
    first_column: int
    codemaps: Codemaps

    @property
    def last_sample(self) -> int:
        """The sample after the last that may differ."""
        return self.first_sample + int(self.added.shape[1])

    @property
    def nbytes(self) -> int:
        """Bytes of memory that it holds."""
        return self.added.nbytes + sum(codes.nbytes for codes in self.codemaps)

    def scaled(self, amount: float) -> "Change":
        """Return the change with so much of its sound; 1 leaves every bit as it is."""
        if amount == 1:
            return self
        return replace(self, added=stored.mapped(self.added, lambda a: a * np.float32(amount)))

    def only(self, channels: str) -> "Change":
        """Return the part of the change in some channels; those of the others stay, bit by bit.

        Args:
            channels: See ``Stroke``.

        Raises:
            StrokeError: If the sound has no such channels.
        """
        if channels == ALL:
            return self
        n_channels = self.added.shape[0]
        if n_channels != 2:
            raise StrokeError(
                f"channels must be {ALL} for a sound of {n_channels} channels, got {channels}; "
                f"{', '.join(CHANNELS[1:])} are for sounds of two"
            )
        weights = np.array(PARTS[channels], np.float32)

        def mixed(added: Samples) -> Samples:
            return np.stack([row[0] * added[0] + row[1] * added[1] for row in weights])

        return replace(self, added=stored.mapped(self.added, mixed))

    def between(self, first: int, last: int) -> tuple[int, Piece]:
        """Return the part of the change between two samples, and where it begins after them."""
        start, stop = max(first, self.first_sample), min(last, self.last_sample)
        if start >= stop:
            return 0, stored.part(self.added, 0, 0)
        inside = start - self.first_sample, stop - self.first_sample
        return start - first, stored.part(self.added, *inside)


def pieces(touched: Bool[Tensor, " column"], size: int) -> Iterator[tuple[int, int]]:
    """Return spans of patch columns that hold all that is replaced, and no more than needed.

    Each begins a column before the last one ends, so that it redoes what was fitted to a sound
    that it is about to replace.

    Args:
        touched: Patch columns in which something is replaced; one at least.
        size: New columns of a span.
    """
    columns = touched.nonzero()[:, 0]
    stop, end = int(columns[0]), int(columns[-1]) + 1
    while stop < end:
        first, start, stop = stop, max(stop - 1, int(columns[0])), min(stop + size, end)
        inside = columns[(columns >= start) & (columns < stop)]
        if len(inside) and inside[-1] >= first:
            yield int(inside[0]), int(inside[-1]) + 1


def shares_changed(
    before: Codemaps, after: Codemaps, painted: tuple[torch.Tensor, ...]
) -> tuple[float, tuple[float, ...]]:
    """Return the share of painted cells that differ: over all levels, and for each.

    Args:
        before: Codes of the painted columns.
        after: The same columns, redrawn.
        painted: True where a cell was painted, ``[row, column]`` a level.
    """
    n_channels = before[0].shape[0]
    changed = [
        int(((old != new) & mask).sum())
        for old, new, mask in zip(before, after, painted, strict=True)
    ]
    cells = [int(mask.sum()) * n_channels for mask in painted]
    shares = tuple(n / max(of, 1) for n, of in zip(changed, cells, strict=True))
    return sum(changed) / max(sum(cells), 1), shares
