"""Nothing but a random seed to the cells whose codes a training step swaps."""

import torch
from jaxtyping import Bool
from torch import Tensor

from timbrush.codec.contract import Grid
from timbrush.tensors import Masks

SHARE = 1 / 64
"""Cells swapped: so few that most lie apart, as when a single cell is painted."""

Swaps = tuple[Masks, Bool[Tensor, "batch bin frame"]]


def draw_swaps(
    grids: tuple[Grid, Grid], n_columns: int, n_bins: int, generator: torch.Generator
) -> Swaps:
    """Draw cells to swap in two sounds: of the first coarse ones, of the second fine ones.

    Args:
        grids: The coarse grid and the fine one, with twice as many rows and columns.
        n_columns: Coarse columns of the sounds.
        n_bins: Bins of the spectrogram.
        generator: Draws the cells.

    Returns:
        The masks, coarse and fine, each for both sounds; and the bins and frames they cover.
    """
    masks = []
    for level, grid in enumerate(grids):
        mask = torch.zeros(len(grids), grid.n_rows, n_columns << level, dtype=torch.bool)
        mask[level] = torch.rand(mask[level].shape, generator=generator) < SHARE
        masks.append(mask)
    zones = [grid.zone(mask, n_bins) for grid, mask in zip(grids, masks, strict=True)]
    return tuple(masks), zones[0] | zones[1]
