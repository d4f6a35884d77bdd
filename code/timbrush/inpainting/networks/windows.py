"""Cut long codemaps into windows around what is painted, so that cost follows the stroke."""

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from timbrush.codemaps import CodeShape


@dataclass(frozen=True)
class Window:
    """A stretch of patch columns, and what is seen around it.

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
        return shape.cut(tensors, self.left, self.right)

    def stretch(self, tensors: tuple[Tensor, ...], shape: CodeShape) -> tuple[Tensor, ...]:
        """Return views of the stretch of each level."""
        return shape.cut(tensors, self.first, self.last)

    def stretch_of_seen(
        self, tensors: tuple[Tensor, ...], shape: CodeShape
    ) -> tuple[Tensor, ...]:
        """Return views of the stretch in tensors as wide as what is seen."""
        return shape.cut(tensors, self.first - self.left, self.last - self.left)


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
