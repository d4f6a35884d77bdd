"""The shape of the codes of a sound, level by level, and what can be done with codes of it.

A *patch* is the smallest block of time and frequency in which every level has whole cells. A
sound is ``n_patch_rows`` patches high and as many patch columns wide as it is long. All columns
that callers count in are patch columns, unless they name a level.

``notes``, 16 patch rows: a coarse cell fills a patch, four fine cells fill the same::

    coarse (1, 1)   +-----------+    fine (2, 2)   +-----+-----+
                    |           |                  |     |     |
                    |           |                  +-----+-----+
                    |           |                  |     |     |
                    +-----------+                  +-----+-----+

Levels need not nest. Tall, short cells beside flat, long ones: here each cell of one level
overlaps all cells of the other in its patch, and neither is the parent of the other::

    rhythm (1, 4)   +--+--+--+--+    timbre (3, 1) +-----------+
                    |  |  |  |  |                  +-----------+
                    |  |  |  |  |                  +-----------+
                    +--+--+--+--+                  +-----------+
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import torch
from torch import Tensor

from timbrush.errors import CheckpointError, ConfigError
from timbrush.tensors import Codemaps

PerLevel = tuple[Tensor, ...]
"""One tensor a level, its last two axes row and column: codes, masks or weights of cells."""

NAMES = ("coarse", "fine")
"""What levels are called where nothing else was said."""


@dataclass(frozen=True, kw_only=True)
class LevelShape:
    """One level of codes.

    Args:
        name: What the level is called, such as ``coarse`` or ``rhythm``.
        rows: Cells of a patch above each other.
        columns: Cells of a patch after each other.
        codebook_size: Codes lie in 0 to ``codebook_size - 1``.

    Raises:
        ConfigError: For sizes below 1.
    """

    name: str
    rows: int
    columns: int
    codebook_size: int

    def __post_init__(self) -> None:
        if min(self.rows, self.columns, self.codebook_size) < 1:
            raise ConfigError(
                "a level needs rows, columns and a codebook_size of at least 1, "
                f"got {self.rows}, {self.columns} and {self.codebook_size}"
            )

    @property
    def bits_per_code(self) -> int:
        """Bits that a packed code takes."""
        return max(1, (self.codebook_size - 1).bit_length())


@dataclass(frozen=True, kw_only=True)
class NestedShape:
    """A shape as model files held it before levels could lie in each other any other way.

    Args:
        codebook_sizes: Codewords of each level, coarse first.
        n_rows: Rows of each level.
        columns_per_coarse: Columns of each level that one coarsest column covers.
    """

    codebook_sizes: tuple[int, ...]
    n_rows: tuple[int, ...]
    columns_per_coarse: tuple[int, ...]

    def current(self) -> "CodeShape":
        """Return the same as it is described now."""
        return CodeShape.of(
            codebook_sizes=self.codebook_sizes,
            n_rows=self.n_rows,
            columns=self.columns_per_coarse,
        )


@dataclass(frozen=True, kw_only=True)
class CodeShape:
    """The shape of codemaps of any length.

    On each axis the numbers of cells a patch divide each other, and the smallest is 1: so a
    cell is on each axis as long as a whole number of another level's, or the other way round.

    Args:
        n_patch_rows: Patches above each other.
        levels: One entry a level, in the order of the codemaps.

    Raises:
        ConfigError: If there is no level, two have one name, or the cells do not fit.

    Example:
        >>> shape = CodeShape.of(codebook_sizes=(512, 512), n_rows=(16, 32), columns=(1, 2))
        >>> shape.n_patch_rows, shape.names, shape.columns_per_patch
        (16, ('coarse', 'fine'), (1, 2))
        >>> shape.size(level=1, n_columns=8)
        (32, 16)
    """

    n_patch_rows: int
    levels: tuple[LevelShape, ...]

    FORMER: ClassVar[type[NestedShape]] = NestedShape
    """What ``config.from_dict`` reads where a file is of an earlier version."""

    def __post_init__(self) -> None:
        if self.n_patch_rows < 1 or not self.levels:
            raise ConfigError("a code shape needs at least one patch row and one level")
        if len(set(self.names)) < len(self.levels):
            raise ConfigError(f"levels need different names, got {', '.join(self.names)}")
        for axis in ("rows", "columns"):
            cells = sorted(getattr(level, axis) for level in self.levels)
            if cells[0] != 1 or any(many % few for few, many in pairwise(cells)):
                raise ConfigError(
                    f"of the {axis} that levels have in a patch, the fewest must be 1 and each "
                    f"number must divide the next larger one, got {cells}"
                )

    @classmethod
    def of(
        cls,
        *,
        codebook_sizes: Sequence[int],
        n_rows: Sequence[int],
        columns: Sequence[int],
        names: Sequence[str] | None = None,
    ) -> "CodeShape":
        """Return the shape of codemaps of these sizes.

        Args:
            codebook_sizes: Codewords of each level.
            n_rows: Rows of each level.
            columns: Columns of each level in any one stretch of time.
            names: Of the levels; ``coarse``, ``fine`` and then numbers if left out.

        Raises:
            ConfigError: If these are not equally many, or no such shape exists.
        """
        if names is None:
            numbered = (f"level {n}" for n in range(len(NAMES) + 1, len(n_rows) + 1))
            names = (*NAMES, *numbered)[: len(n_rows)]
        parts = (codebook_sizes, n_rows, columns, names)
        if len({len(part) for part in parts}) != 1 or not n_rows:
            raise ConfigError("a code shape needs the same number of levels, at least one")
        if min(min(n_rows), min(columns)) < 1:
            raise ConfigError("codemaps need rows and columns; give numbers of at least 1")
        patch_rows, patch_columns = math.gcd(*n_rows), math.gcd(*columns)
        return cls(
            n_patch_rows=patch_rows,
            levels=tuple(
                LevelShape(
                    name=name,
                    rows=rows // patch_rows,
                    columns=width // patch_columns,
                    codebook_size=size,
                )
                for name, rows, width, size in zip(
                    names, n_rows, columns, codebook_sizes, strict=True
                )
            ),
        )

    @property
    def n_levels(self) -> int:
        """How many codemaps a sound has."""
        return len(self.levels)

    @property
    def names(self) -> tuple[str, ...]:
        """What the levels are called."""
        return tuple(level.name for level in self.levels)

    @property
    def codebook_sizes(self) -> tuple[int, ...]:
        """Codewords of each level."""
        return tuple(level.codebook_size for level in self.levels)

    @property
    def bits_per_code(self) -> tuple[int, ...]:
        """Bits that a packed code of each level takes."""
        return tuple(level.bits_per_code for level in self.levels)

    @property
    def n_rows(self) -> tuple[int, ...]:
        """Rows of each codemap."""
        return tuple(self.n_patch_rows * level.rows for level in self.levels)

    @property
    def columns_per_patch(self) -> tuple[int, ...]:
        """Columns of each level in one patch column."""
        return tuple(level.columns for level in self.levels)

    def size(self, level: int, n_columns: int) -> tuple[int, int]:
        """Return the rows and columns of a level that is ``n_columns`` patch columns wide."""
        return self.n_rows[level], n_columns * self.columns_per_patch[level]

    def n_columns(self, levels: PerLevel) -> int:
        """Return how many patch columns wide codemaps, masks or weights are."""
        return int(levels[0].shape[-1]) // self.columns_per_patch[0]

    def overlap(self, level: int, other: int) -> tuple[int, int]:
        """Return how many rows and columns of ``other`` each cell of ``level`` overlaps."""
        mine, theirs = self.levels[level], self.levels[other]
        return max(1, theirs.rows // mine.rows), max(1, theirs.columns // mine.columns)

    def cut(self, levels: PerLevel, first: int, last: int) -> PerLevel:
        """Return views of the patch columns ``first`` to ``last - 1`` of each level."""
        return tuple(
            tensor[..., first * columns : last * columns]
            for tensor, columns in zip(levels, self.columns_per_patch, strict=True)
        )

    def put(self, window: PerLevel, at: int, other: PerLevel, other_at: int) -> PerLevel:
        """Return a window in which ``other`` stands wherever the two overlap.

        Args:
            window: What is copied, not written to.
            at: Patch column of the sound where the window begins.
            other: What is put into the copy.
            other_at: Patch column of the sound where that begins.
        """
        start = max(at, other_at)
        stop = min(at + self.n_columns(window), other_at + self.n_columns(other))
        if start >= stop:
            return window
        copies = tuple(tensor.clone() for tensor in window)
        parts = self.cut(other, start - other_at, stop - other_at)
        for target, part in zip(self.cut(copies, start - at, stop - at), parts, strict=True):
            target.copy_(part)
        return copies

    def place(self, levels: PerLevel, first: int, n_columns: int) -> PerLevel:
        """Return wider tensors that hold ``levels`` from patch column ``first`` on.

        All else in their ``n_columns`` patch columns is 0 or False.
        """
        wide = tuple(
            tensor.new_zeros(*tensor.shape[:-1], n_columns * columns)
            for tensor, columns in zip(levels, self.columns_per_patch, strict=True)
        )
        return self.put(wide, 0, levels, first)

    def spread(self, cells: Tensor, level: int, other: int) -> Tensor:
        """Return for each cell of ``other`` the largest value of the cells that it overlaps.

        For a mask that is whether any of them is masked.

        Args:
            cells: Values of the cells of ``level``.
            level: The level that they are of.
            other: The level that they are spread to.
        """
        up, across = self.overlap(other, level)
        blocks = cells.unflatten(-1, (-1, across)).unflatten(-3, (-1, up))
        rows, columns = self.overlap(level, other)
        largest = blocks.amax(dim=(-3, -1))
        return largest.repeat_interleave(rows, dim=-2).repeat_interleave(columns, dim=-1)

    def from_patches(self, patches: Tensor) -> PerLevel:
        """Return, for each level, the value of the patch in which each cell lies."""
        return tuple(
            patches.repeat_interleave(level.rows, dim=-2).repeat_interleave(
                level.columns, dim=-1
            )
            for level in self.levels
        )

    def span(self, masks: PerLevel) -> tuple[int, int]:
        """Return the first patch column with masked cells, and the one behind the last.

        Both are 0 if nothing is masked.
        """
        found: list[int] = []
        for mask, columns in zip(masks, self.columns_per_patch, strict=True):
            masked = mask.flatten(0, -2).any(dim=0).nonzero()[:, 0]
            found += (masked // columns).tolist()
        return (min(found), max(found) + 1) if found else (0, 0)

    def empty(self, n_sounds: int, n_columns: int) -> Codemaps:
        """Return codemaps full of zeros."""
        return tuple(
            torch.zeros(n_sounds, *self.size(level, n_columns), dtype=torch.long)
            for level in range(self.n_levels)
        )

    def check(self, codemaps: PerLevel) -> None:
        """Refuse codemaps of another shape.

        Raises:
            CheckpointError: If levels, rows, columns or codes are not as they must be.
        """
        if len(codemaps) != self.n_levels:
            raise CheckpointError(
                f"expected {self.n_levels} levels of codes ({', '.join(self.names)}), "
                f"got {len(codemaps)}"
            )
        n_columns = self.n_columns(codemaps)
        for index, (level, codes) in enumerate(zip(self.levels, codemaps, strict=True)):
            size, found = self.size(index, n_columns), tuple(codes.shape[-2:])
            if found != size:
                raise CheckpointError(
                    f"expected {level.name} codes of {size[0]} rows and {size[1]} columns, "
                    f"got {found[0]} rows and {found[1]} columns"
                )
            if codes.numel() and not 0 <= codes.min() <= codes.max() < level.codebook_size:
                raise CheckpointError(
                    f"expected {level.name} codes from 0 to {level.codebook_size - 1}, "
                    f"got {int(codes.min())} to {int(codes.max())}"
                )
