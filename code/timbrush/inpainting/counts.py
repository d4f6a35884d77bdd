"""Tables of counts to as few bytes as they need, exactly."""

import torch
from jaxtyping import Int, UInt8
from torch import Tensor, nn

from timbrush.errors import CheckpointError

MOST = 255


class PackedCounts(nn.Module):
    """Whole numbers, nearly all of them small, in one byte each.

    Counts of pairs of codes are mostly below 256; what is above is kept in a short list.

    Args:
        size: Shape of the table.
        n_large: Length of that list.

    Example:
        >>> packed = PackedCounts.pack(torch.tensor([[3, 700], [0, 255]]))
        >>> packed.unpack()
        tensor([[  3, 700],
                [  0, 255]])
    """

    small: UInt8[Tensor, "..."]
    large_index: Int[Tensor, " large"]
    large_excess: Int[Tensor, " large"]

    def __init__(self, size: tuple[int, ...], n_large: int) -> None:
        super().__init__()
        self.register_buffer("small", torch.zeros(size, dtype=torch.uint8))
        self.register_buffer("large_index", torch.zeros(n_large, dtype=torch.int32))
        self.register_buffer("large_excess", torch.zeros(n_large, dtype=torch.int32))

    @classmethod
    def pack(cls, counts: Int[Tensor, "..."]) -> "PackedCounts":
        """Pack counts from 0 to 2**31 - 1."""
        large = (counts.flatten() > MOST).nonzero()[:, 0]
        packed = cls(tuple(counts.shape), len(large))
        packed.small = counts.clamp(max=MOST).to(torch.uint8)
        packed.large_index = large.to(torch.int32)
        packed.large_excess = (counts.flatten()[large] - MOST).to(torch.int32)
        return packed

    @property
    def n_large(self) -> int:
        """Numbers above 255."""
        return len(self.large_index)

    def unpack(self) -> Int[Tensor, "..."]:
        """Answer the counts as they were.

        Raises:
            CheckpointError: If a damaged file points outside the table.
        """
        counts = self.small.long().flatten()
        index = self.large_index.long()
        if bool(((index < 0) | (index >= len(counts))).any()) or bool(self._negative()):
            raise CheckpointError("a table of counts points outside itself; fit it again")
        counts[index] += self.large_excess.long()
        return counts.view(self.small.shape)

    def _negative(self) -> Tensor:
        return (self.large_excess < 0).any()
