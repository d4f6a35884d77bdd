"""Layers that the codecs are built from. Grids travel as ``batch row column channel``."""

from itertools import accumulate, groupby

import torch
from torch import Tensor, nn
from torch.nn import functional

from timbrush.tensors import Cells, CoarseCells, Spectrogram

GATES = ("narrow.weight", "narrow.bias", "scale")
"""Weights of a ``Block`` and a ``RowMixer`` by which all that they add is multiplied."""


class BandSplit(nn.Module):
    """Cuts a spectrogram into cells and projects each; every row has weights of its own.

    Rows may differ in height, so that low bands, where partials are loud and dense, get finer
    cells than high ones.

    Args:
        row_heights: Bins of each row, low first.
        frames_per_column: Frames of a cell.
        n_channels: Channels of a projected cell.

    Source: after the band split of Luo and Yu 2023 (Band-Split RNN), with frames in the cells.
    """

    def __init__(
        self, row_heights: tuple[int, ...], frames_per_column: int, n_channels: int
    ) -> None:
        super().__init__()
        self.bands = equal_bands(row_heights)
        self.frames_per_column = frames_per_column
        self.weights = nn.ParameterList(
            torch.randn(n_rows, height * frames_per_column, n_channels)
            / (height * frames_per_column) ** 0.5
            for n_rows, height in self.bands
        )
        self.bias = nn.Parameter(torch.zeros(len(row_heights), 1, n_channels))

    def forward(self, spectrogram: Spectrogram) -> Cells:
        """Return one vector a cell; bins above the last row are not seen."""
        parts, start = [], 0
        for (n_rows, height), weight in zip(self.bands, self.weights, strict=True):
            band = spectrogram[:, start : start + n_rows * height]
            cells = band.unflatten(1, (n_rows, height)).unflatten(
                3, (-1, self.frames_per_column)
            )
            cells = cells.permute(1, 0, 3, 2, 4)  # row batch column height frame
            parts.append(torch.bmm(cells.flatten(3).flatten(1, 2), weight))
            start += n_rows * height
        projected = torch.cat(parts) + self.bias  # row batch·column channel
        grid = projected.unflatten(1, (spectrogram.shape[0], -1))
        return grid.permute(1, 0, 2, 3).contiguous()


class BandJoin(nn.Module):
    """Inverse of ``BandSplit`` in shape: projects cells to patches, laid side by side."""

    def __init__(
        self, row_heights: tuple[int, ...], frames_per_column: int, n_channels: int
    ) -> None:
        super().__init__()
        self.bands = equal_bands(row_heights)
        self.frames_per_column = frames_per_column
        self.weights = nn.ParameterList(
            0.1 * torch.randn(n_rows, n_channels, height * frames_per_column) / n_channels**0.5
            for n_rows, height in self.bands
        )
        self.bias = nn.Parameter(torch.full((sum(row_heights), 1), 0.3))

    def forward(self, cells: Cells) -> Spectrogram:
        """Return ``sum(row_heights)`` bins and ``frames_per_column`` frames a column."""
        n_columns = cells.shape[2]
        rows = cells.permute(1, 0, 2, 3).flatten(1, 2)  # row batch·column channel
        parts, start = [], 0
        for (n_rows, height), weight in zip(self.bands, self.weights, strict=True):
            patches = torch.bmm(rows[start : start + n_rows], weight)
            patches = patches.unflatten(2, (height, self.frames_per_column))
            patches = patches.unflatten(1, (-1, n_columns))  # row batch column height frame
            parts.append(patches.permute(1, 0, 3, 2, 4).flatten(3).flatten(1, 2))
            start += n_rows
        return torch.cat(parts, dim=1) + self.bias


class Block(nn.Module):
    """A depthwise convolution, then two pointwise layers, added to what came in.

    Args:
        n_channels: Channels in and out.
        kernel: Rows and columns that the convolution sees; odd. Outside the grid is zero.
        expansion: Hidden channels as a multiple of ``n_channels``.

    Source: Liu et al. 2022 (ConvNeXt), section 2.
    """

    def __init__(self, n_channels: int, kernel: tuple[int, int], expansion: int) -> None:
        super().__init__()
        self.spread = nn.Conv2d(
            n_channels,
            n_channels,
            kernel,
            padding=(kernel[0] // 2, kernel[1] // 2),
            groups=n_channels,
        )
        self.norm = nn.LayerNorm(n_channels)
        self.widen = nn.Linear(n_channels, expansion * n_channels)
        self.narrow = nn.Linear(expansion * n_channels, n_channels)
        nn.init.normal_(self.narrow.weight, std=1e-2)
        nn.init.zeros_(self.narrow.bias)

    def forward(self, cells: Cells) -> Cells:
        """Return cells of the same shape."""
        # Channels lie innermost, which is the fast layout for a depthwise convolution.
        spread = self.spread(cells.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        update: Tensor = self.narrow(functional.gelu(self.widen(self.norm(spread))))
        return cells + update


class RowMixer(nn.Module):
    """Lets every row see every other in its column: pitch ties far-apart bands together."""

    def __init__(self, n_rows: int, n_channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(n_channels)
        self.mix = nn.Linear(n_rows, n_rows)
        self.scale = nn.Parameter(torch.full((n_channels,), 0.1))

    def forward(self, cells: Cells) -> Cells:
        """Return cells of the same shape."""
        # Rows times all else at once: a linear layer over transposed cells copies each line.
        columns = self.norm(cells).flatten(2)  # batch row column·channel
        weights = self.mix.weight.expand(len(cells), -1, -1)
        mixed = torch.baddbmm(self.mix.bias[:, None], weights, columns)
        updated: Cells = torch.addcmul(cells, self.scale, mixed.view_as(cells))
        return updated


class Merge(nn.Module):
    """Joins 2 × 2 cells into one."""

    def __init__(self, n_channels: int) -> None:
        super().__init__()
        self.project = nn.Linear(4 * n_channels, n_channels)

    def forward(self, cells: Cells) -> CoarseCells:
        """Return half the rows and half the columns."""
        pairs = cells.unflatten(1, (-1, 2)).unflatten(3, (-1, 2))  # B r 2 c 2 channel
        merged: CoarseCells = self.project(pairs.permute(0, 1, 3, 2, 4, 5).flatten(3))
        return merged


class Divide(nn.Module):
    """Inverse of ``Merge`` in shape: makes 2 × 2 cells of one."""

    def __init__(self, n_channels: int) -> None:
        super().__init__()
        self.project = nn.Linear(n_channels, 4 * n_channels)

    def forward(self, cells: CoarseCells) -> Cells:
        """Return twice the rows and twice the columns."""
        parts = self.project(cells).unflatten(3, (2, 2, -1))  # B r c 2 2 channel
        return parts.permute(0, 1, 3, 2, 4, 5).flatten(1, 2).flatten(2, 3)


def equal_bands(row_heights: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return runs of rows of one height as (number of rows, height).

    Example:
        >>> equal_bands((8, 8, 8, 16))
        [(3, 8), (1, 16)]
    """
    return [(len(list(run)), height) for height, run in groupby(row_heights)]


def edges(row_heights: tuple[int, ...]) -> tuple[int, ...]:
    """Return the bins at which rows begin, and the one at which the last ends.

    Example:
        >>> edges((8, 8, 16))
        (0, 8, 16, 32)
    """
    return (0, *accumulate(row_heights))
