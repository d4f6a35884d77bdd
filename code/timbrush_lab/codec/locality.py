"""Measure how local the cells of a codec are: where a spectrogram changes when a code does."""

from dataclasses import dataclass
from itertools import product

import torch
from jaxtyping import Float
from torch import Tensor

from timbrush.codec.contract import Codec
from timbrush.tensors import CellMask, Spectrogram

Energies = Float[Tensor, "change 2"]


@dataclass(frozen=True, kw_only=True)
class Locality:
    """Share of the energy of a change that lies where the change was asked for.

    Args:
        one_cell: One share a level: mean over single cells redrawn. None where no redrawn code
            was another one, as in a model that knows one code only.
        one_cell_pooled: The same of the energy of all these changes together, in which a
            change that can hardly be heard counts as little as it is.
        quarter: As ``one_cell``, with half of the rows by half of the columns redrawn.
    """

    one_cell: tuple[float | None, ...]
    one_cell_pooled: tuple[float | None, ...]
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
    one_cell, pooled, quarter = [], [], []
    for level in range(len(codec.grids)):
        masks = [_one_cell(codemaps[level], generator) for _ in range(n_cells)]
        changes = _changes(codec, codemaps, before, level, masks)
        one_cell.append(_mean_share(changes))
        pooled.append(_pooled_share(changes))
        masks = [_quarter(codemaps[level], *corner) for corner in product((0, 1), repeat=2)]
        quarter.append(_mean_share(_changes(codec, codemaps, before, level, masks)))
    return Locality(
        one_cell=tuple(one_cell), one_cell_pooled=tuple(pooled), quarter=tuple(quarter)
    )


def _changes(
    codec: Codec,
    codemaps: tuple[Tensor, ...],
    before: Spectrogram,
    level: int,
    masks: list[CellMask],
) -> Energies:
    """Return one row a change: its energy inside its zone, and all of it."""
    energies = []
    for mask in masks:
        others = codemaps[level].roll(1, dims=0)
        redrawn = torch.where(mask, others, codemaps[level])
        after = codec.decode((*codemaps[:level], redrawn, *codemaps[level + 1 :]))
        zone = codec.grids[level].zone(mask, before.shape[1])
        energy = (after - before).square()
        inside = (energy * zone).sum(dim=(1, 2))
        energies.append(torch.stack((inside, energy.sum(dim=(1, 2))), dim=1))
    return torch.cat(energies)


def _mean_share(changes: Energies) -> float | None:
    inside, whole = changes[changes[:, 1] > 0].T  # the others had the same code in both sounds
    return float((inside / whole).mean()) if len(whole) else None


def _pooled_share(changes: Energies) -> float | None:
    inside, whole = changes.sum(dim=0)
    return float(inside / whole) if whole > 0 else None


def _one_cell(codemap: Tensor, generator: torch.Generator) -> CellMask:
    _, n_rows, n_columns = codemap.shape
    mask = torch.zeros(codemap.shape, dtype=torch.bool)
    row = int(torch.randint(n_rows, (), generator=generator))
    column = int(torch.randint(n_columns, (), generator=generator))
    mask[:, row, column] = True
    return mask


def _quarter(codemap: Tensor, upper: int, later: int) -> CellMask:
    _, n_rows, n_columns = codemap.shape
    mask = torch.zeros(codemap.shape, dtype=torch.bool)
    rows = slice(upper * (n_rows // 2), upper * (n_rows // 2) + n_rows // 2)
    columns = slice(later * (n_columns // 2), later * (n_columns // 2) + n_columns // 2)
    mask[:, rows, columns] = True
    return mask
