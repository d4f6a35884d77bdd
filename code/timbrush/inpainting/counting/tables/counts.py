"""Keep tables of counts in few bytes, exactly."""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int, UInt8
from torch import Tensor, nn

from timbrush.errors import CheckpointError, ConfigError

MOST = 255

STRATEGY = zlib.Z_RLE
"""Of deflating: what repeats in counts is runs of zeros. To look for nothing else makes an
eighth fewer bytes than zlib's default, in a seventh of the time."""


@dataclass(frozen=True, kw_only=True)
class TableConfig:
    """Sizes of a packed table.

    Args:
        n_bytes: Of the counts up to 255, deflated.
        n_large: Counts above 255.

    Raises:
        ConfigError: For sizes below zero.
    """

    n_bytes: int = 0
    n_large: int = 0

    def __post_init__(self) -> None:
        if self.n_bytes < 0 or self.n_large < 0:
            raise ConfigError("sizes of a table of counts must not be negative")


class PackedCounts(nn.Module):
    """Whole numbers, most of them 0 and nearly all small: a byte each, deflated.

    What is above 255 is kept in a short list.

    Args:
        size: Shape of the table.
        config: Sizes of what is kept.

    Example:
        >>> packed = PackedCounts.pack(torch.tensor([[3, 700], [0, 255]]))
        >>> packed.unpack()
        tensor([[  3, 700],
                [  0, 255]])
    """

    small: UInt8[Tensor, " byte"]
    large_index: Int[Tensor, " large"]
    large_excess: Int[Tensor, " large"]

    def __init__(self, size: tuple[int, ...], config: TableConfig) -> None:
        super().__init__()
        self.size, self.config = size, config
        self.register_buffer("small", torch.zeros(config.n_bytes, dtype=torch.uint8))
        self.register_buffer("large_index", torch.zeros(config.n_large, dtype=torch.int32))
        self.register_buffer("large_excess", torch.zeros(config.n_large, dtype=torch.int32))

    @classmethod
    def pack(cls, counts: Int[Tensor, "..."]) -> "PackedCounts":
        """Pack counts from 0 to 2**31 - 1."""
        flat = counts.flatten().cpu()
        deflater = zlib.compressobj(strategy=STRATEGY)
        small = deflater.compress(flat.clamp(max=MOST).to(torch.uint8).numpy().tobytes())
        small += deflater.flush()
        large = (flat > MOST).nonzero()[:, 0]
        config = TableConfig(n_bytes=len(small), n_large=len(large))
        packed = cls(tuple(counts.shape), config)
        packed.small = torch.from_numpy(np.frombuffer(small, np.uint8).copy())
        packed.large_index = large.to(torch.int32)
        packed.large_excess = (flat[large] - MOST).to(torch.int32)
        return packed

    def unpack(self) -> Int[Tensor, "..."]:
        """Return the counts as they were.

        Raises:
            CheckpointError: If the file is damaged.
        """
        counts = torch.from_numpy(self._inflated()).long()
        index = self.large_index.long().cpu()
        outside = (index < 0) | (index >= len(counts))
        if bool(outside.any()) or bool((self.large_excess < 0).any()):
            raise CheckpointError("a table of counts points outside itself; fit it again")
        counts[index] += self.large_excess.long().cpu()
        return counts.view(self.size).to(self.small.device)

    def _inflated(self) -> UInt8[np.ndarray, " count"]:
        size = math.prod(self.size)
        try:
            inflater = zlib.decompressobj()
            data = inflater.decompress(self.small.cpu().numpy().tobytes(), size)
        except zlib.error as error:
            raise CheckpointError(f"a table of counts is damaged: {error}") from error
        if len(data) != size or inflater.unconsumed_tail:
            raise CheckpointError(
                f"a table of counts holds {len(data)} of {size} counts; fit it again"
            )
        return np.frombuffer(data, np.uint8).copy()


class PackedTables(nn.ModuleList):
    """Packed tables of one sort, one a level.

    Args:
        sizes: Shapes of the tables.
        configs: Sizes of what is kept of each.

    Raises:
        ConfigError: If there are not as many of the one as of the other.
    """

    def __init__(
        self, sizes: Sequence[tuple[int, ...]], configs: Sequence[TableConfig]
    ) -> None:
        if len(sizes) != len(configs):
            raise ConfigError(f"expected {len(sizes)} tables of counts, got {len(configs)}")
        super().__init__(map(PackedCounts, sizes, configs))

    @classmethod
    def pack(cls, tables: Sequence[Int[Tensor, "..."]]) -> "PackedTables":
        """Pack the counts of each level."""
        packed = [PackedCounts.pack(table) for table in tables]
        found = cls([table.size for table in packed], [table.config for table in packed])
        for level, table in enumerate(packed):
            found[level] = table
        return found

    @property
    def configs(self) -> tuple[TableConfig, ...]:
        """Sizes of what is kept of each table."""
        return tuple(self._table(level).config for level in range(len(self)))

    def unpack(self, level: int) -> Int[Tensor, "..."]:
        """Return the counts of a level."""
        return self._table(level).unpack()

    def _table(self, level: int) -> PackedCounts:
        table = self[level]
        assert isinstance(table, PackedCounts), "only these are put in"
        return table


def count_pairs(
    table: Int[Tensor, "first second"], first: Int[Tensor, "..."], second: Int[Tensor, "..."]
) -> None:
    """Add to a table how often each second stands beside each first, which may be broadcast."""
    index = (first * table.shape[1] + second).flatten()
    table.view(-1).index_add_(0, index, torch.ones_like(index))
