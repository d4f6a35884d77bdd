import pytest
import torch

from timbrush.audio.levels import Levels
from timbrush.codec.contract import Grid, WithoutLevels
from timbrush.codemaps import CodeShape
from timbrush.tensors import Codemaps, Spectrogram
from timbrush_lab.codec.locality import measure_locality

GRIDS = (
    Grid(row_edges=(0, 2, 6), frames_per_column=4),
    Grid(row_edges=(0, 1, 2, 4, 6), frames_per_column=2),
)


class Tiles(WithoutLevels):
    """Each cell's code is its brightness; a share of it leaks evenly over the whole picture."""

    def __init__(self, leak: float) -> None:
        self.leak = leak
        self.shape = CodeShape.of(codebook_sizes=(50, 50), n_rows=(2, 4), columns=(1, 2))
        self.grids = GRIDS
        self.context_columns = self.encode_context_columns = 1

    def encode(self, spectrogram: Spectrogram, levels: Levels | None = None) -> Codemaps:
        generator = torch.Generator().manual_seed(0)
        n, columns = len(spectrogram), spectrogram.shape[2] // 4
        return (
            torch.randint(50, (n, 2, columns), generator=generator),
            torch.randint(50, (n, 4, 2 * columns), generator=generator),
        )

    def decode(self, codemaps: Codemaps) -> Spectrogram:
        picture = torch.zeros(len(codemaps[0]), 8, 4 * codemaps[0].shape[2])
        for grid, codemap in zip(self.grids, codemaps, strict=True):
            for row in range(grid.n_rows):
                for column in range(codemap.shape[2]):
                    bins = slice(grid.row_edges[row], grid.row_edges[row + 1])
                    start = column * grid.frames_per_column
                    frames = slice(start, start + grid.frames_per_column)
                    picture[:, bins, frames] += codemap[:, row, column, None, None]
        return picture + self.leak * picture.mean(dim=(1, 2), keepdim=True)


def test_a_codec_of_tiles_is_entirely_local() -> None:
    generator = torch.Generator().manual_seed(1)
    locality = measure_locality(Tiles(0.0), torch.zeros(2, 8, 16), generator=generator)
    assert locality.one_cell == pytest.approx((1.0, 1.0))
    assert locality.one_cell_pooled == pytest.approx((1.0, 1.0))
    assert locality.quarter == pytest.approx((1.0, 1.0))


def test_what_leaks_over_the_picture_is_counted_outside() -> None:
    generator = torch.Generator().manual_seed(1)
    codec = Tiles(3.0)
    locality = measure_locality(codec, torch.zeros(2, 8, 16), generator=generator, n_cells=40)
    # A cell of area a in a picture of n pixels that changes by 1 leaks 3 a / n on every pixel.
    n, expected = 8 * 16, []
    for height in (1, 1, 2, 2):
        area = height * 2
        leaked = 3 * area / n
        inside = area * (1 + leaked) ** 2
        expected.append(inside / (inside + (n - area) * leaked**2))
    assert min(expected) < locality.one_cell[1] < max(expected)


def test_a_zone_covers_the_cells_of_its_mask() -> None:
    mask = torch.zeros(1, 4, 3, dtype=torch.bool)
    mask[0, 2, 1] = True
    zone = GRIDS[1].zone(mask, 8)
    assert zone.shape == (1, 8, 6)
    assert zone.nonzero()[:, 1:].tolist() == [[2, 2], [2, 3], [3, 2], [3, 3]]


class Flickering(Tiles):
    """A change of any size makes one more pixel change by 1, or not at all."""

    def decode(self, codemaps: Codemaps) -> Spectrogram:
        picture = super().decode(codemaps)
        picture[:, 7, 0] = sum(codemap.sum(dim=(1, 2)) for codemap in codemaps) % 2
        return picture


def test_pooled_changes_count_as_much_as_they_are() -> None:
    generator = torch.Generator().manual_seed(2)
    codec = Flickering(0.0)
    locality = measure_locality(codec, torch.zeros(2, 8, 16), generator=generator, n_cells=40)
    for mean, pooled in zip(locality.one_cell, locality.one_cell_pooled, strict=True):
        assert mean is not None and pooled is not None
        assert 0.9 < mean < pooled < 1
