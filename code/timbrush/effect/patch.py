"""What one stroke changed: samples to add, and codes to put."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool
from torch import Tensor

from timbrush.effect.original import Samples
from timbrush.tensors import Codemaps


@dataclass(frozen=True, eq=False)
class Patch:
    """A stroke's change of a sound.

    Args:
        first_sample: Where the change begins, at the sound's own rate.
        change: What to add there, full scale ±1.
        first_column: Coarse column where the codes begin.
        codemaps: Codes that stand there from now on, coarse first.
    """

    first_sample: int
    change: Samples
    first_column: int
    codemaps: Codemaps

    @property
    def last_sample(self) -> int:
        """The sample after the last that may differ."""
        return self.first_sample + int(self.change.shape[1])

    def between(self, first: int, last: int) -> tuple[int, Samples]:
        """Return the part of the change between two samples, and where it begins after them."""
        start, stop = max(first, self.first_sample), min(last, self.last_sample)
        if start >= stop:
            return 0, self.change[:, :0]
        inside = slice(start - self.first_sample, stop - self.first_sample)
        return start - first, self.change[:, inside]


def pieces(
    replaced: Bool[Tensor, "channel bin frame"], frames_per_column: int, size: int
) -> Iterator[tuple[int, int]]:
    """Return spans of coarse columns that hold all that is replaced, and no more than needed.

    Each begins a column before the last one ends, so that it redoes what was fitted to a sound
    that it is about to replace.

    Args:
        replaced: Pixels that are replaced; one at least.
        frames_per_column: Frames of a column.
        size: New columns of a span.
    """
    touched = replaced.any(0).any(0).unflatten(0, (-1, frames_per_column)).any(1).nonzero()
    stop, end = int(touched[0]), int(touched[-1]) + 1
    while stop < end:
        first, start, stop = stop, max(stop - 1, int(touched[0])), min(stop + size, end)
        inside = touched[(touched >= start) & (touched < stop)]
        if len(inside) and inside[-1] >= first:
            yield int(inside[0]), int(inside[-1]) + 1


def join(patches: Sequence[Patch]) -> Patch:
    """Return one patch with what several change, one after the other; their codes are alike."""
    if len(patches) == 1:
        return patches[0]
    first = min(patch.first_sample for patch in patches)
    last = max(patch.last_sample for patch in patches)
    change = np.zeros((patches[0].change.shape[0], last - first), dtype=np.float32)
    for patch in patches:
        change[:, patch.first_sample - first : patch.last_sample - first] += patch.change
    return replace(patches[-1], first_sample=first, change=change)


def put(codemaps: Codemaps, at: int, other: Codemaps, other_at: int) -> Codemaps:
    """Put codes into a window of codemaps, where the two overlap.

    Args:
        codemaps: The window, coarse first; not written to.
        at: Coarse column where it begins.
        other: The codes to put.
        other_at: Coarse column where they begin.
    """
    n_columns = codemaps[0].shape[2]
    start, stop = max(at, other_at), min(at + n_columns, other_at + other[0].shape[2])
    if start >= stop:
        return codemaps
    out = []
    for codes, mine in zip(codemaps, other, strict=True):
        scale = codes.shape[2] // n_columns
        joined = codes.clone()
        here, there = start - at, start - other_at
        joined[:, :, here * scale : (stop - at) * scale] = mine[
            :, :, there * scale : (stop - other_at) * scale
        ]
        out.append(joined)
    return tuple(out)


def shares_changed(
    before: Codemaps, after: Codemaps, painted: tuple[torch.Tensor, ...]
) -> tuple[float, tuple[float, ...]]:
    """Return the share of painted cells that differ: over all levels, and for each.

    Args:
        before: Codes of the painted columns, coarse first.
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
