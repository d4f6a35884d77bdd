"""What one stroke changed: samples to add, and codes to put."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool
from torch import Tensor

from timbrush.audio.resampling import Samples
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
    added: Samples
    first_column: int
    codemaps: Codemaps

    @property
    def last_sample(self) -> int:
        """The sample after the last that may differ."""
        return self.first_sample + int(self.added.shape[1])

    @property
    def nbytes(self) -> int:
        """Bytes that it holds."""
        return self.added.nbytes + sum(codes.nbytes for codes in self.codemaps)

    def scaled(self, amount: float) -> "Change":
        """Return the change with so much of its sound; 1 leaves every bit as it is."""
        return self if amount == 1 else replace(self, added=self.added * np.float32(amount))

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
        added = np.stack([row[0] * self.added[0] + row[1] * self.added[1] for row in weights])
        return replace(self, added=added)

    def between(self, first: int, last: int) -> tuple[int, Samples]:
        """Return the part of the change between two samples, and where it begins after them."""
        start, stop = max(first, self.first_sample), min(last, self.last_sample)
        if start >= stop:
            return 0, self.added[:, :0]
        inside = slice(start - self.first_sample, stop - self.first_sample)
        return start - first, self.added[:, inside]


def pieces(
    replaced: Bool[Tensor, "channel bin frame"], frames_per_patch: int, size: int
) -> Iterator[tuple[int, int]]:
    """Return spans of patch columns that hold all that is replaced, and no more than needed.

    Each begins a column before the last one ends, so that it redoes what was fitted to a sound
    that it is about to replace.

    Args:
        replaced: Pixels that are replaced; one at least.
        frames_per_patch: Frames of a patch column.
        size: New columns of a span.
    """
    touched = replaced.any(0).any(0).unflatten(0, (-1, frames_per_patch)).any(1).nonzero()
    stop, end = int(touched[0]), int(touched[-1]) + 1
    while stop < end:
        first, start, stop = stop, max(stop - 1, int(touched[0])), min(stop + size, end)
        inside = touched[(touched >= start) & (touched < stop)]
        if len(inside) and inside[-1] >= first:
            yield int(inside[0]), int(inside[-1]) + 1


def join(changes: Sequence[Change]) -> Change:
    """Return one change with what several, whose codes are alike, add one after the other."""
    if len(changes) == 1:
        return changes[0]
    first = min(change.first_sample for change in changes)
    last = max(change.last_sample for change in changes)
    added = np.zeros((changes[0].added.shape[0], last - first), dtype=np.float32)
    for change in changes:
        added[:, change.first_sample - first : change.last_sample - first] += change.added
    return replace(changes[-1], first_sample=first, added=added)


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
