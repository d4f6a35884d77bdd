import math

import pytest
import torch

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.contract import Grid
from timbrush.effect.stroke import Stroke
from timbrush.effect.zone.cells import cell_weights
from timbrush.effect.zone.extent import find_extent
from timbrush.effect.zone.shapes import Brush, Harmonics, Lasso, Rectangle, Threshold
from timbrush.errors import RegionError

CONFIG = SpectrogramConfig(sample_rate=8000, n_fft=256, hop_length=64)
GRID = Grid(row_edges=(0, 8, 24, 64, 128), frames_per_column=8)


def extent_of(stroke, sample_rate=8000, length=16_000):
    return find_extent(stroke, end=length / sample_rate, top=min(4000.0, sample_rate / 2))


@pytest.mark.parametrize(
    ("stroke", "seconds", "hertz"),
    [
        (Stroke(), (0, 2), (0, 4000)),
        (Stroke(seconds=(0.5, 9)), (0.5, 2), (0, 4000)),
        (
            Stroke(zone=(Rectangle(seconds=(0.2, 0.4), hertz=(100, 300)),)),
            (0.2, 0.4),
            (100, 300),
        ),
        (
            Stroke(
                zone=(
                    Rectangle(seconds=(0.2, 0.4)),
                    Rectangle(seconds=(1.0, 1.2), hertz=(50, 60)),
                )
            ),
            (0.2, 1.2),
            (0, 4000),
        ),
        (
            Stroke(seconds=(0, 1), zone=(Rectangle(seconds=(0.5, 1.5), mode="intersect"),)),
            (0.5, 1),
            (0, 4000),
        ),
        (Stroke(zone=(Rectangle(seconds=(0.5, 1), mode="subtract"),)), (0, 2), (0, 4000)),
        (Stroke(zone=(Threshold(above_decibels=-50),)), (0, 2), (0, 4000)),
        (
            Stroke(zone=(Harmonics(pitch_hertz=200, width_hertz=20, n_partials=3),)),
            (0, 2),
            (190, 610),
        ),
    ],
)
def test_the_extent_is_what_bounds_and_shapes_can_reach(stroke, seconds, hertz):
    extent = extent_of(stroke)

    assert extent.seconds == pytest.approx(seconds)
    assert extent.hertz == pytest.approx(hertz)


def test_a_brush_reaches_half_its_size_around_its_path():
    brush = Brush(points=((0.5, 400.0), (0.8, 800.0)), size_seconds=0.2, size_octaves=2.0)

    extent = extent_of(Stroke(zone=(brush,)))

    assert extent.seconds == pytest.approx((0.4, 0.9))
    assert extent.hertz == pytest.approx((200, 1600), abs=0.01)


def test_the_band_ends_at_half_the_rate_of_the_sound():
    assert extent_of(Stroke(), sample_rate=4000, length=4000).hertz == (0, 2000)


@pytest.mark.parametrize(
    "stroke",
    [
        Stroke(seconds=(2, 3)),
        Stroke(hertz=(4000, 5000)),
        Stroke(zone=(Lasso(points=((5, 100), (6, 100), (6, 200))),)),
    ],
)
def test_a_box_without_any_sound_is_refused(stroke):
    with pytest.raises(RegionError, match="paint inside"):
        extent_of(stroke)


@pytest.mark.parametrize(
    "stroke",
    [
        Stroke(seconds=(0, 0.5), zone=(Rectangle(seconds=(1, 1.5)),)),
        Stroke(hertz=(100, 200), zone=(Rectangle(hertz=(1000, 2000)),)),
    ],
)
def test_bounds_and_shapes_that_do_not_meet_are_refused(stroke):
    with pytest.raises(RegionError, match="do not meet; move or widen one"):
        extent_of(stroke)


@pytest.mark.parametrize("first", [0.0, 0.03, 0.031, 0.5, 1.99])
def test_columns_are_those_whose_frames_the_box_touches(first):
    extent = extent_of(Stroke(seconds=(first, 2.0)))
    # By counting: frame t stands for half a hop on both sides of t hops.
    touched = [
        t for t in range(256) if (t + 0.5) * 64 / 8000 > first and (t - 0.5) * 64 / 8000 < 2
    ]

    columns = extent.columns(8, CONFIG, 32)

    assert columns == (touched[0] // 8, math.ceil((touched[-1] + 1) / 8))


def test_a_cell_that_is_touched_has_the_largest_weight_of_its_pixels():
    zone = torch.zeros(129, 24)
    zone[9, 8] = 0.25
    zone[10, 15] = 0.75
    zone[128, 0] = 1.0  # above the last row

    weights = cell_weights(zone, GRID)

    expected = torch.zeros(4, 3)
    expected[1, 1] = 0.75
    assert torch.equal(weights, expected)


def test_cells_spread_over_their_pixels_and_back():
    cells = torch.rand(4, 5, generator=torch.Generator().manual_seed(0)) > 0.5

    pixels = GRID.zone(cells[None], 129)[0]

    assert pixels.shape == (129, 40)
    assert not pixels[128].any()
    assert torch.equal(cell_weights(pixels.float(), GRID) > 0, cells)
    assert pixels[8:24, 16:24].all() == cells[1, 2]
