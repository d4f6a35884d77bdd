"""What every codec promises: a spectrogram to codemaps and back."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from timbrush.audio.levels import Levels, LevelsConfig
from timbrush.codemaps import CodeShape
from timbrush.tensors import CellMask, Codemaps, Spectrogram


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Where the cells of one codemap lie in the spectrogram.

    Args:
        row_edges: Bins, low first; row ``r`` covers bins ``row_edges[r]`` to
            ``row_edges[r + 1] - 1``. The last edge may lie below the spectrogram's top bin.
        frames_per_column: Width of a cell in frames.

    Example:
        >>> Grid(row_edges=(0, 8, 24), frames_per_column=4).n_rows
        2
    """

    row_edges: tuple[int, ...]
    frames_per_column: int

    @property
    def n_rows(self) -> int:
        """Rows of the codemap."""
        return len(self.row_edges) - 1

    def zone(self, mask: CellMask, n_bins: int) -> Bool[Tensor, "batch bin frame"]:
        """Return the bins, of ``n_bins``, and the frames that the masked cells cover."""
        # Frames first: then there are few rows yet, and whole lines are what is repeated last.
        frames = mask.repeat_interleave(self.frames_per_column, dim=2)
        bins = frames.repeat_interleave(torch.tensor(self.row_edges).diff(), dim=1)
        low, high = self.row_edges[0], n_bins - self.row_edges[-1]
        return torch.nn.functional.pad(bins, (0, 0, low, high))


class Reconstruction(NamedTuple):
    """What a training pass returns: unclamped, with the quantizers' loss."""

    spectrogram: Spectrogram
    codemaps: Codemaps
    loss: Float[Tensor, ""]


@runtime_checkable
class Codec(Protocol):
    """A trained spectrogram codec: fully convolutional in time, deterministic in evaluation.

    ``encode`` takes any number of frames that is a multiple of ``frames_per_patch``; ``decode``
    returns that many. A decoded frame depends on no code that lies more than
    ``context_columns`` patch columns away from it. Both return tensors on the device of what
    they are given, wherever the codec runs.
    """

    @property
    def shape(self) -> CodeShape:
        """The shape of the codemaps."""
        ...

    @property
    def grids(self) -> tuple[Grid, ...]:
        """Where the cells of each level lie."""
        ...

    @property
    def context_columns(self) -> int:
        """Reach of ``decode`` in time, in patch columns."""
        ...

    @property
    def encode_context_columns(self) -> int:
        """Reach of ``encode`` in time, in patch columns."""
        ...

    @property
    def levels(self) -> LevelsConfig | None:
        """How the band levels are measured that it codes; None if it codes no levels."""
        ...

    def encode(self, spectrogram: Spectrogram, levels: Levels | None = None) -> Codemaps:
        """Return one codemap a level of codes.

        Args:
            spectrogram: What the sound looks like through a long window.
            levels: How loud its bands are; needed where ``self.levels`` is not None.
        """
        ...

    def decode(self, codemaps: Codemaps) -> Spectrogram:
        """Return the spectrogram, clamped to 0..1."""
        ...

    def decode_levels(self, codemaps: Codemaps) -> Levels | None:
        """Return the levels that a decoded sound is to have; None if it codes no levels."""
        ...


class WithoutLevels:
    """A codec whose codes say nothing of band levels by themselves."""

    @property
    def levels(self) -> None:
        """None: ``encode`` needs no levels."""
        return None

    def decode_levels(self, codemaps: Codemaps) -> None:
        """Return None: a decoded sound is as loud as its spectrogram says."""
        return None


def frames_per_patch(codec: Codec) -> int:
    """Return the width of a patch in frames."""
    return codec.grids[0].frames_per_column * codec.shape.columns_per_patch[0]
