"""Long codemaps to windows around what is painted, so that cost follows the stroke."""

from collections.abc import Callable

import torch

from timbrush.inpainting.contract import CodeShape
from timbrush.tensors import Codemaps, Masks

Redraw = Callable[[Codemaps, Masks], Codemaps]


def redraw_in_windows(
    redraw: Redraw,
    codemaps: Codemaps,
    masks: Masks,
    shape: CodeShape,
    *,
    context_columns: int,
    stretch_columns: int,
) -> Codemaps:
    """Redraw stretch after stretch, from left to right, each within a window around it.

    Args:
        redraw: Redraws one window; what is masked outside its stretch comes back ignored.
        codemaps: Codes, coarse first.
        masks: True where redrawn.
        shape: The codemaps.
        context_columns: Coarsest columns that a window shows on each side of its stretch.
        stretch_columns: Coarsest columns of a stretch; all at once if the codemaps are shorter
            than a window.
    """
    result, unknown = tuple(c.clone() for c in codemaps), tuple(m.clone() for m in masks)
    n_columns = codemaps[0].shape[2]
    if n_columns <= stretch_columns + 2 * context_columns:
        return redraw(result, unknown)
    for first in range(0, n_columns, stretch_columns):
        last = min(first + stretch_columns, n_columns)
        if not any(bool(m.any()) for m in _columns(unknown, shape, first, last)):
            continue
        left, right = max(0, first - context_columns), min(n_columns, last + context_columns)
        window = redraw(
            _columns(result, shape, left, right), _columns(unknown, shape, left, right)
        )
        drawn = _columns(window, shape, first - left, last - left)
        for target, codes in zip(_columns(result, shape, first, last), drawn, strict=True):
            target.copy_(codes)
        for mask in _columns(unknown, shape, first, last):
            mask.fill_(False)
    return result


def _columns(
    tensors: tuple[torch.Tensor, ...], shape: CodeShape, first: int, last: int
) -> tuple[torch.Tensor, ...]:
    """Answer views of coarsest columns ``first`` to ``last - 1`` of each level."""
    return tuple(
        tensor[:, :, first * ratio : last * ratio]
        for tensor, ratio in zip(tensors, shape.columns_per_coarse, strict=True)
    )
