"""Find the neighbours of a cell: around it on its level, and those of others it overlaps."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

from timbrush.codemaps import CodeShape

OFFSETS = ((0, 1), (1, 0), (1, 1), (1, -1), (0, 2), (2, 0))
"""(rows, columns) to the neighbours on the same level, one of each opposite pair."""

REACH = 2
"""Columns that the farthest neighbour is away."""

N_COLOURS = 5
"""Cells of one colour are no neighbours of each other: see ``colours``."""

PerCell = Int[Tensor, " cell"]
"""A row, a column or a colour of each of some cells."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Codemaps of one length, laid out as one row of slots a sound.

    The slots of a level follow each other row by row, level after level. Behind all of them
    lies one slot a level that stands for all that is outside.

    Args:
        shape: The codemaps.
        n_columns: Patch columns.
    """

    shape: CodeShape
    n_columns: int

    def columns(self, level: int) -> int:
        """Columns of a level."""
        return self.n_columns * self.shape.columns_per_patch[level]

    def start(self, level: int) -> int:
        """First slot of a level; of the slots outside for the level behind the last."""
        return sum(self.shape.n_rows[i] * self.columns(i) for i in range(level))

    @property
    def stride(self) -> int:
        """Slots of one sound."""
        return self.start(self.shape.n_levels) + self.shape.n_levels

    def slots(
        self, level: int, rows: Int[Tensor, "*cells"], columns: Int[Tensor, "*cells"]
    ) -> Int[Tensor, "*cells"]:
        """Return the slot of each cell; of a cell beyond the edge, the one outside."""
        outside = self.start(self.shape.n_levels) + level
        n_rows, n_columns = self.shape.n_rows[level], self.columns(level)
        within = (rows >= 0) & (rows < n_rows) & (columns >= 0) & (columns < n_columns)
        return torch.where(within, self.start(level) + rows * n_columns + columns, outside)

    def neighbours(
        self, level: int, rows: PerCell, columns: PerCell
    ) -> Int[Tensor, "cell neighbour"]:
        """Return the slots of each cell's neighbours, in the order of ``distances``.

        There, back for each of ``OFFSETS``; then, for one other level after the other, the
        cells that each cell overlaps, row by row.
        """
        rows, columns = rows[:, None], columns[:, None]
        offsets = rows.new_tensor([(s * d, s * r) for d, r in OFFSETS for s in (1, -1)])
        found = [self.slots(level, rows + offsets[:, 0], columns + offsets[:, 1])]
        for other in others(self.shape, level):
            height, width = self.shape.overlap(level, other)
            up, across = self.shape.overlap(other, level)
            places = torch.arange(height * width, device=rows.device)
            down, right = places // width, places % width
            first_row, first_column = rows * height // up, columns * width // across
            found.append(self.slots(other, first_row + down, first_column + right))
        return torch.cat(found, dim=1)


def distances(shape: CodeShape, level: int) -> tuple[float, ...]:
    """Return how far each neighbour is, centre to centre, in cells of ``level``.

    Where a cell of another level is longer or taller than one of ``level``, several lie in it
    and their distances differ: it is taken as half a cell farther away for each of them.
    """
    found = [math.hypot(*offset) for offset in OFFSETS for _ in (1, -1)]
    for other in others(shape, level):
        height, width = shape.overlap(level, other)
        aside = 0.5 if max(shape.overlap(other, level)) > 1 else 0.0
        found += [
            math.hypot((down + 0.5) / height - 0.5, (right + 0.5) / width - 0.5, aside)
            for down in range(height)
            for right in range(width)
        ]
    return tuple(found)


def others(shape: CodeShape, level: int) -> list[int]:
    """Return all levels but one, in their order."""
    return [other for other in range(shape.n_levels) if other != level]


def colours(rows: PerCell, columns: PerCell) -> PerCell:
    """Return a colour for each cell of a level, so that neighbours differ.

    ``row + 2 column`` modulo 5 is no multiple of 5 for any of ``OFFSETS``; hence cells of one
    colour can be drawn at once, as on the two colours of a checkerboard.
    """
    return (rows + 2 * columns) % N_COLOURS
