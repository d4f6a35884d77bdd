"""Draw random masks like those that users paint, for training and for measuring."""

import math
from typing import NamedTuple

import torch

from timbrush.codemaps import CodeShape
from timbrush.tensors import Masks

PAINTED_SHARE = 0.25
"""Share of a sound that is painted where inpainters are judged."""


class Shares(NamedTuple):
    """Shares of the strokes to train on, by what is painted."""

    rectangle: float = 0.4
    blob: float = 0.25
    scattered: float = 0.25
    whole: float = 0.1


def paint(
    shape: CodeShape, batch_size: int, n_columns: int, generator: torch.Generator
) -> Masks:
    """Return one stroke a sound: a rectangle, a brush's blob, scattered cells or everything.

    Half of all but the scattered cells are partly revealed again, cell by cell, as they are
    between two steps of the parallel decoding; a quarter of the strokes paint one level only.

    Args:
        shape: The codemaps.
        batch_size: Sounds.
        n_columns: Patch columns.
        generator: Source of the randomness.

    Returns:
        Masks with at least one painted cell a sound.
    """
    sounds = [_stroke(shape, n_columns, generator) for _ in range(batch_size)]
    return tuple(torch.cat(level) for level in zip(*sounds, strict=True))


def rectangles(
    shape: CodeShape, batch_size: int, n_columns: int, share: float, generator: torch.Generator
) -> Masks:
    """Return one rectangle a sound that covers a share of it, the same cells on each level.

    Its height is all, half or a quarter of the rows, in turn, and its width what the share
    leaves; its place is drawn.

    Args:
        shape: The codemaps.
        batch_size: Sounds.
        n_columns: Patch columns.
        share: Of the patches; rounded to whole columns.
        generator: Source of the randomness.
    """
    n_rows = shape.n_patch_rows
    patches = torch.zeros(batch_size, n_rows, n_columns, dtype=torch.bool)
    for index, mask in enumerate(patches):
        height = max(1, n_rows // (1, 2, 4)[index % 3])
        width = min(n_columns, max(1, round(share * n_rows * n_columns / height)))
        row = _whole(n_rows - height + 1, generator)
        column = _whole(n_columns - width + 1, generator)
        mask[row : row + height, column : column + width] = True
    return shape.from_patches(patches)


def _stroke(shape: CodeShape, n_columns: int, generator: torch.Generator) -> Masks:
    kind = _choose(Shares(), generator)
    if kind == "scattered":
        masks = _scattered(shape, n_columns, generator)
    else:
        n_rows = shape.n_patch_rows
        makers = {"rectangle": _rectangle, "blob": _blob, "whole": _everything}
        masks = shape.from_patches(makers[kind](n_rows, n_columns, generator)[None])
        if _chance(generator) < 0.5:
            kept = _scattered(shape, n_columns, generator)
            masks = tuple(a & b for a, b in zip(masks, kept, strict=True))
    if len(masks) > 1 and _chance(generator) < 0.25:
        level = _whole(len(masks), generator)
        masks = tuple(m if i == level else m & False for i, m in enumerate(masks))
    return masks if any(bool(m.any()) for m in masks) else _one(shape, n_columns, generator)


def _rectangle(n_rows: int, n_columns: int, generator: torch.Generator) -> torch.Tensor:
    height, width = 1 + _whole(n_rows, generator), 1 + _whole(n_columns, generator)
    row = _whole(n_rows - height + 1, generator)
    column = _whole(n_columns - width + 1, generator)
    mask = torch.zeros(n_rows, n_columns, dtype=torch.bool)
    mask[row : row + height, column : column + width] = True
    return mask


def _blob(n_rows: int, n_columns: int, generator: torch.Generator) -> torch.Tensor:
    """Return the trace of a round brush on a random walk of a few steps."""
    size = 0.5 + 3.0 * _chance(generator)
    point = torch.rand(2, generator=generator) * torch.tensor([n_rows, n_columns])
    rows, columns = torch.arange(n_rows)[:, None] + 0.5, torch.arange(n_columns) + 0.5
    mask = torch.zeros(n_rows, n_columns, dtype=torch.bool)
    for _ in range(1 + _whole(6, generator)):
        mask |= (rows - point[0]).square() + (columns - point[1]).square() <= size**2
        point = point + size * torch.randn(2, generator=generator)
    return mask


def _everything(n_rows: int, n_columns: int, generator: torch.Generator) -> torch.Tensor:
    return torch.ones(n_rows, n_columns, dtype=torch.bool)


def _scattered(shape: CodeShape, n_columns: int, generator: torch.Generator) -> Masks:
    """Return cells painted with one chance for all, drawn as MaskGIT's cosine would."""
    share = math.cos(math.pi / 2 * _chance(generator))
    return tuple(
        torch.rand(1, *shape.size(level, n_columns), generator=generator) < share
        for level in range(shape.n_levels)
    )


def _one(shape: CodeShape, n_columns: int, generator: torch.Generator) -> Masks:
    patches = torch.zeros(shape.n_patch_rows * n_columns, dtype=torch.bool)
    patches[_whole(len(patches), generator)] = True
    return shape.from_patches(patches.view(1, shape.n_patch_rows, n_columns))


def _choose(shares: Shares, generator: torch.Generator) -> str:
    drawn = torch.multinomial(torch.tensor(shares), 1, generator=generator)
    return shares._fields[int(drawn)]


def _whole(limit: int, generator: torch.Generator) -> int:
    return int(torch.randint(limit, (1,), generator=generator))


def _chance(generator: torch.Generator) -> float:
    return float(torch.rand(1, generator=generator))
