"""Pixels of a zone to the cells of codes under them, and back."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from timbrush.codec.contract import Grid

CellWeights = Float[Tensor, "_row _column"]
"""How much of a stroke each cell gets, 0 to 1."""


def cell_weights(zone: Float[Tensor, "bin frame"], grid: Grid) -> CellWeights:
    """Return the largest weight of each cell's pixels: a cell that is touched is painted.

    Args:
        zone: Whole columns of the grid.
        grid: Where the cells lie.
    """
    columns = zone.unfold(1, grid.frames_per_column, grid.frames_per_column).amax(-1)
    inside = columns[: grid.row_edges[-1]].numpy()
    return torch.from_numpy(np.maximum.reduceat(inside, grid.row_edges[:-1], axis=0))


def pixels_of(
    cells: Sequence[Bool[Tensor, "_row _column"]], grids: tuple[Grid, ...], n_bins: int
) -> Bool[Tensor, "level bin frame"]:
    """Return the pixels that some cells of each level cover."""
    levels = zip(cells, grids, strict=True)
    return torch.cat([grid.zone(level[None], n_bins) for level, grid in levels])
