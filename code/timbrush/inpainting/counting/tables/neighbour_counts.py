"""Count which codes lie in which rows, and which codes lie beside which."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from timbrush.codemaps import CodeShape
from timbrush.errors import DatasetError
from timbrush.inpainting.counting.neighbourhood import OFFSETS, others
from timbrush.inpainting.counting.tables.counts import PackedTables, TableConfig, count_pairs

Batches = Iterable[tuple[Int[Tensor, "_batch _row _column"], ...]]
"""Codemaps; batches may differ in size and length."""

AddUp = Callable[[Tensor], None]
"""Makes a tensor of counts the sum over all processes that count, in place."""

FeatureCounts = Float[Tensor, "_category codeword"]


@dataclass(frozen=True, kw_only=True)
class CountsConfig:
    """Sizes of the tables.

    Args:
        shape: The codemaps.
        pairs: How much of the table of pairs of a level is kept; one a level.
        families: The same of the tables of cells that overlap; one a pair of levels.
    """

    shape: CodeShape
    pairs: tuple[TableConfig, ...]
    families: tuple[TableConfig, ...]


class NeighbourCounts(nn.Module):
    """All that the inpainters that count have learned.

    ``rows_0``, …: how often each code was seen in each row; ``pairs``: for each of ``OFFSETS``,
    how often ``first`` had ``second`` there; ``families``: for each pair of levels, how often a
    code ``first`` of the first level overlapped a code ``second`` of the second one. There is
    a table for each place of the second among those that the first overlaps, and then one for
    each place of the first among those that the second overlaps. Where that is a single place,
    its table would be the sum of the others and is left out.

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
            (sum(_n_places(config.shape, *two)), sizes[two[0]], sizes[two[1]])
            for two in _pairs(config.shape)
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
        for other in others(self.config.shape, level):
            found += self._overlapping(level, other)
        return [table.double() for table in found]

    def _overlapping(self, level: int, other: int) -> list[Int[Tensor, "category codeword"]]:
        """Return a table for each cell of ``other`` that one of ``level`` overlaps."""
        first, second = sorted((level, other))
        tables = self.families.unpack(_pairs(self.config.shape).index((first, second)))
        n_second, n_first = _n_places(self.config.shape, first, second)
        if level == first:
            return [table.T for table in tables[:n_second]]
        return list(tables[n_second:]) if n_first else [tables.sum(dim=0)]


def count(
    batches: Batches, shape: CodeShape, *, add_up: AddUp = lambda counts: None
) -> NeighbourCounts:
    """Count in one pass over codemaps, which may differ in length from batch to batch.

    Args:
        batches: Codemaps; of several processes, each has its own.
        shape: Theirs.
        add_up: Called with each table when all is counted.

    Raises:
        DatasetError: If there are none.
    """
    sizes = shape.codebook_sizes
    rows = [
        torch.zeros(n, k, dtype=torch.long) for n, k in zip(shape.n_rows, sizes, strict=True)
    ]
    pairs = [torch.zeros(len(OFFSETS), k, k, dtype=torch.long) for k in sizes]
    families = [
        torch.zeros(sum(_n_places(shape, a, b)), sizes[a], sizes[b], dtype=torch.long)
        for a, b in _pairs(shape)
    ]
    for codemaps in batches:
        for level, codemap in enumerate(codemaps):
            row = torch.arange(codemap.shape[1])[:, None]
            count_pairs(rows[level], row, codemap)
            for table, (down, right) in zip(pairs[level], OFFSETS, strict=True):
                count_pairs(table, *_apart(codemap, down, right))
        for tables, (a, b) in zip(families, _pairs(shape), strict=True):
            n_second, _ = _n_places(shape, a, b)
            for place, table in enumerate(tables[:n_second]):
                count_pairs(table, codemaps[a], _overlapped(codemaps[b], shape, a, b, place))
            for place, table in enumerate(tables[n_second:]):
                count_pairs(table, _overlapped(codemaps[a], shape, b, a, place), codemaps[b])
    for table in (*rows, *pairs, *families):
        add_up(table)
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


def _overlapped(
    codemap: Tensor, shape: CodeShape, level: int, other: int, place: int
) -> Tensor:
    """Return for each cell of ``level`` the code of ``other`` that it overlaps in one place."""
    height, width = shape.overlap(level, other)
    up, across = shape.overlap(other, level)
    there = codemap[:, place // width :: height, place % width :: width]
    return there.repeat_interleave(up, dim=1).repeat_interleave(across, dim=2)


def _pairs(shape: CodeShape) -> list[tuple[int, int]]:
    return list(combinations(range(shape.n_levels), 2))


def _n_places(shape: CodeShape, first: int, second: int) -> tuple[int, int]:
    """Return how many tables a pair of levels has: by the second's place, by the first's."""
    n_second = math.prod(shape.overlap(first, second))
    n_first = math.prod(shape.overlap(second, first))
    return n_second, n_first if n_first > 1 else 0
