"""Codemaps to counts of which codes lie where, and beside which."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from timbrush.codemaps import CodeShape
from timbrush.errors import DatasetError
from timbrush.inpainting.counts import PackedTables, TableConfig, count_pairs
from timbrush.inpainting.neighbourhood import OFFSETS

Batches = Iterable[tuple[Int[Tensor, "_batch _row _column"], ...]]
"""Codemaps, coarse first; batches may differ in size and length."""

FeatureCounts = Float[Tensor, "_category codeword"]


@dataclass(frozen=True, kw_only=True)
class CountsConfig:
    """Sizes of the tables.

    Args:
        shape: The codemaps.
        pairs: How much of the table of pairs of a level is kept; one a level.
        families: The same for parents with children; one a step between levels.
    """

    shape: CodeShape
    pairs: tuple[TableConfig, ...]
    families: tuple[TableConfig, ...]


class NeighbourCounts(nn.Module):
    """All that the rungs that count have learned.

    ``rows_0``, …: how often each code was seen in each row; ``pairs``: for each of ``OFFSETS``,
    how often ``first`` had ``second`` there; ``families``: for each place of a child, how often
    the parent ``first`` had the child ``second`` in it.

    Args:
        config: Sizes of the tables.

    Raises:
        ConfigError: If there are more or fewer than the levels need.
    """

    def __init__(self, config: CountsConfig) -> None:
        super().__init__()
        self.config = config
        sizes = config.shape.codebook_sizes
        for level, size in enumerate(sizes):
            empty = torch.zeros(config.shape.n_rows[level], size, dtype=torch.int32)
            self.register_buffer(f"rows_{level}", empty)
        between = [
            (_n_children(config.shape, level), *two)
            for level, two in enumerate(pairwise(sizes))
        ]
        self.pairs = PackedTables([(len(OFFSETS), n, n) for n in sizes], config.pairs)
        self.families = PackedTables(between, config.families)

    def rows(self, level: int) -> Int[Tensor, "row codeword"]:
        """Return how often each code was seen in each row."""
        counts: Tensor = getattr(self, f"rows_{level}")
        return counts.long()

    def features(self, level: int) -> list[FeatureCounts]:
        """Return one table a neighbour, in the order of ``neighbourhood.distances``.

        Row ``x`` of a table counts the neighbour's category: its code, or, on the same level,
        one more category for a neighbour beyond the edge.
        """
        total = self.rows(level).sum(dim=0)
        found: list[Tensor] = []
        for there in self.pairs.unpack(level):
            for table in (there.T, there):  # neighbour at +offset, at -offset
                found.append(torch.cat([table, (total - table.sum(dim=0))[None]]))
        if level > 0:
            found.append(self.families.unpack(level - 1).sum(dim=0))
        if level + 1 < self.config.shape.n_levels:
            found += [table.T for table in self.families.unpack(level)]
        return [table.double() for table in found]


def count(batches: Batches, shape: CodeShape) -> NeighbourCounts:
    """Count in one pass over codemaps, which may differ in length from batch to batch.

    Raises:
        DatasetError: If there are none.
    """
    sizes = shape.codebook_sizes
    rows = [
        torch.zeros(n, k, dtype=torch.long) for n, k in zip(shape.n_rows, sizes, strict=True)
    ]
    pairs = [torch.zeros(len(OFFSETS), k, k, dtype=torch.long) for k in sizes]
    families = [
        torch.zeros(_n_children(shape, level), *two, dtype=torch.long)
        for level, two in enumerate(pairwise(sizes))
    ]
    for codemaps in batches:
        for level, codemap in enumerate(codemaps):
            row = torch.arange(codemap.shape[1])[:, None]
            count_pairs(rows[level], row, codemap)
            for table, (down, right) in zip(pairs[level], OFFSETS, strict=True):
                count_pairs(table, *_apart(codemap, down, right))
        for level, (coarse, fine) in enumerate(pairwise(codemaps)):
            height, width = shape.overlap(level, level + 1)
            for place, table in enumerate(families[level]):
                children = fine[:, place // width :: height, place % width :: width]
                count_pairs(table, coarse, children)
    if not int(rows[0].sum()):
        raise DatasetError("there are no codemaps to count; give a folder with sounds in it")
    return _packed(shape, rows, pairs, families)


def _packed(
    shape: CodeShape, rows: list[Tensor], pairs: list[Tensor], families: list[Tensor]
) -> NeighbourCounts:
    packed = PackedTables.pack(pairs), PackedTables.pack(families)
    config = CountsConfig(shape=shape, pairs=packed[0].configs, families=packed[1].configs)
    counts = NeighbourCounts(config)
    for level, table in enumerate(rows):
        counts.register_buffer(f"rows_{level}", table.to(torch.int32))
    counts.pairs, counts.families = packed
    return counts


def _apart(codemap: Tensor, down: int, right: int) -> tuple[Tensor, Tensor]:
    """Return all pairs of cells of which the second lies (down, right) of the first."""
    n_rows, n_columns = codemap.shape[1:]
    left = max(0, -right)
    first = codemap[:, : n_rows - down, left : n_columns - max(0, right)]
    second = codemap[:, down:, left + right : n_columns - max(0, right) + right]
    return first, second


def _n_children(shape: CodeShape, level: int) -> int:
    height, width = shape.overlap(level, level + 1)
    return height * width
