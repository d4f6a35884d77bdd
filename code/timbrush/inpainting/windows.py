"""Long codemaps to windows around what is painted, so that cost follows the stroke."""

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from timbrush.codemaps import CodeShape
from timbrush.tensors import Masks


@dataclass(frozen=True)
class Window:
    """A stretch of coarsest columns, and what is seen around it.

    Args:
        left: First column that is seen.
        first: First column of the stretch.
        last: Column behind the stretch.
        right: Column behind what is seen.
    """

    left: int
    first: int
    last: int
    right: int

    def seen(self, tensors: tuple[Tensor, ...], shape: CodeShape) -> tuple[Tensor, ...]:
        """Return views of what is seen of each level."""
        return _columns(tensors, shape, self.left, self.right)

    def stretch(self, tensors: tuple[Tensor, ...], shape: CodeShape) -> tuple[Tensor, ...]:
        """Return views of the stretch of each level."""
        return _columns(tensors, shape, self.first, self.last)

    def stretch_of_seen(
        self, tensors: tuple[Tensor, ...], shape: CodeShape
    ) -> tuple[Tensor, ...]:
        """Return views of the stretch in tensors as wide as what is seen."""
        return _columns(tensors, shape, self.first - self.left, self.last - self.left)


def windows(
    first: int, last: int, n_columns: int, *, stretch_columns: int, context_columns: int
) -> Iterator[Window]:
    """Return windows whose stretches cover columns ``first`` to ``last - 1``, left to right.

    Example:
        >>> [w.right - w.left for w in windows(0, 9, 12, stretch_columns=5, context_columns=1)]
        [6, 6]
    """
    for start in range(first, last, stretch_columns):
        end = min(start + stretch_columns, last)
        left, right = max(0, start - context_columns), min(n_columns, end + context_columns)
        yield Window(left, start, end, right)


def painted_span(masks: Masks, shape: CodeShape) -> tuple[int, int]:
    """Return the first coarsest column with painted cells, and the one behind the last.

    Both are 0 if nothing is painted.
    """
    columns: list[int] = []
    for mask, ratio in zip(masks, shape.columns_per_patch, strict=True):
        columns += (mask.any(dim=0).any(dim=0).nonzero()[:, 0] // ratio).tolist()
    return (min(columns), max(columns) + 1) if columns else (0, 0)


def _columns(
    tensors: tuple[Tensor, ...], shape: CodeShape, first: int, last: int
) -> tuple[Tensor, ...]:
    return tuple(
        tensor[:, :, first * ratio : last * ratio]
        for tensor, ratio in zip(tensors, shape.columns_per_patch, strict=True)
    )
