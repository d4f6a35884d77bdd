"""Codec to how local its cells are: where a decoded spectrogram changes when codes do."""

from dataclasses import dataclass
from itertools import product

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from timbrush.codec.contract import Codec
from timbrush.tensors import Mask, Spectrogram

Zone = Bool[Tensor, "bin frame"]


@dataclass(frozen=True, kw_only=True)
class Locality:
    """Share of the energy of a change that lies where the change was asked for.

    Args:
        one_cell: One share a level: mean over single cells redrawn. None where no redrawn code
            was another one, as in a model that knows one code only.
        quarter: The same with half of the rows by half of the columns redrawn.
    """

    one_cell: tuple[float | None, ...]
    quarter: tuple[float | None, ...]


def measure_locality(
    codec: Codec, spectrogram: Spectrogram, *, generator: torch.Generator, n_cells: int = 24
) -> Locality:
    """Redraw cells with the codes that another sound has there, and decode without a mask.

    The energy of a change is the sum of its squares in decibels, over the whole picture.

    Args:
        codec: What to measure.
        spectrogram: At least two sounds; each is redrawn with codes of the one before it.
        generator: Draws the cells.
        n_cells: Single cells to redraw at each level.
    """
    codemaps = codec.encode(spectrogram)
    before = codec.decode(codemaps)
    one_cell, quarter = [], []
    for level in range(len(codec.grids)):
        masks = [_one_cell(codemaps[level], generator) for _ in range(n_cells)]
        one_cell.append(_mean_share(codec, codemaps, before, level, masks))
        masks = [_quarter(codemaps[level], *corner) for corner in product((0, 1), repeat=2)]
        quarter.append(_mean_share(codec, codemaps, before, level, masks))
    return Locality(one_cell=tuple(one_cell), quarter=tuple(quarter))


def share_inside(
    change: Spectrogram, zone: Bool[Tensor, "batch bin frame"]
) -> Float[Tensor, " batch"]:
    """Answer the share of each change's energy that lies in its zone; NaN without any."""
    energy = change.square()
    return (energy * zone).sum(dim=(1, 2)) / energy.sum(dim=(1, 2))


def _mean_share(
    codec: Codec,
    codemaps: tuple[Tensor, ...],
    before: Spectrogram,
    level: int,
    masks: list[Tensor],
) -> float | None:
    shares = []
    for mask in masks:
        others = codemaps[level].roll(1, dims=0)
        redrawn = torch.where(mask, others, codemaps[level])
        after = codec.decode((*codemaps[:level], redrawn, *codemaps[level + 1 :]))
        zone = codec.grids[level].zone(mask, before.shape[1])
        shares.append(share_inside(after - before, zone))
    known = torch.cat(shares)
    known = known[known.isfinite()]  # the others had the same code in both sounds
    return float(known.mean()) if len(known) else None


def _one_cell(codemap: Tensor, generator: torch.Generator) -> Mask:
    _, n_rows, n_columns = codemap.shape
    mask = torch.zeros(codemap.shape, dtype=torch.bool)
    row = int(torch.randint(n_rows, (), generator=generator))
    column = int(torch.randint(n_columns, (), generator=generator))
    mask[:, row, column] = True
    return mask


def _quarter(codemap: Tensor, upper: int, later: int) -> Mask:
    _, n_rows, n_columns = codemap.shape
    mask = torch.zeros(codemap.shape, dtype=torch.bool)
    rows = slice(upper * (n_rows // 2), upper * (n_rows // 2) + n_rows // 2)
    columns = slice(later * (n_columns // 2), later * (n_columns // 2) + n_columns // 2)
    mask[:, rows, columns] = True
    return mask
