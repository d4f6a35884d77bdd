import gc
import math
import weakref
from itertools import pairwise

import numpy as np
import pytest
import torch

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.contract import Grid
from timbrush.effect.stroke import Stroke
from timbrush.effect.zone import softness
from timbrush.effect.zone.mask import Mask
from timbrush.effect.zone.shapes import (
    Brush,
    Harmonics,
    Lasso,
    Part,
    Rectangle,
    Surprise,
    Threshold,
)
from timbrush.effect.zone.sheet import Sheet
from timbrush.effect.zone.zone import Drawing

CONFIG = SpectrogramConfig(sample_rate=8000, n_fft=256, hop_length=64)
LEVELS = torch.linspace(-80, 0, 129)[:, None].expand(129, 64)
COARSE_BITS = torch.rand(2, 8, generator=torch.Generator().manual_seed(0))
GRIDS = (
    Grid(row_edges=(0, 64, 128), frames_per_column=8),
    Grid(row_edges=(0, 32, 64, 96, 128), frames_per_column=4),
)


def drawn(*zone, first_frame=16, ends=(False, False), tile_frames=64, levels=LEVELS, **options):
    sheet = Sheet(
        config=CONFIG,
        first_frame=first_frame,
        n_frames=64,
        grids=GRIDS,
        level_names=("coarse", "fine"),
        seconds_bounds=options.pop("bounds", (0.0, 99.0)),
        hertz_bounds=(0.0, 4000.0),
        ends=ends,
        decibels=lambda first, last: levels[:, first - first_frame : last - first_frame],
        surprise=lambda inpainter, radius: (COARSE_BITS, bits(inpainter, radius)),
    )
    drawing = Drawing(Stroke(zone=zone, **options), sheet, tile_frames)
    tiles = [drawing(index) for index in range(drawing.n_tiles)]
    return torch.cat(tiles, dim=2).numpy()


def bits(inpainter, radius):
    """Bits of the fine level: the least likely cell is row 1, column 6, for one judge alone."""
    bits = torch.zeros(4, 16)
    bits[1, 6] = radius if inpainter == "uniform" else 0.0
    return bits


def pixels():
    """Seconds and hertz of each pixel's middle."""
    seconds = (16 + np.arange(64)) * 64 / 8000
    hertz = np.arange(129) * 8000 / 256
    return np.meshgrid(hertz, seconds, indexing="ij")


def test_no_shape_is_all_of_it():
    assert (drawn() == 1).all()


def test_a_rectangle_takes_the_pixels_that_it_overlaps():
    hertz, seconds = pixels()
    expected = ((hertz + 15.625 > 500) & (hertz - 15.625 < 900) & (seconds + 0.004 > 0.3)) & (
        seconds - 0.004 < 0.4
    )

    zone = drawn(Rectangle(seconds=(0.3, 0.4), hertz=(500, 900)))

    assert np.array_equal(zone, np.stack([expected] * 2))


@pytest.mark.parametrize("mode", ["add", "subtract", "intersect"])
def test_shapes_join_as_sets_do(mode):
    one, other = Rectangle(hertz=(500, 900)), Rectangle(seconds=(0.3, 0.4))
    join = {"add": np.logical_or, "intersect": np.logical_and}.get(mode, lambda a, b: a & ~b)

    zone = drawn(one, Rectangle(seconds=(0.3, 0.4), mode=mode))

    assert np.array_equal(zone > 0, join(drawn(one) > 0, drawn(other) > 0))


def test_subtracting_first_starts_from_all_of_it():
    assert np.array_equal(
        drawn(Rectangle(hertz=(500, 900), mode="subtract")),
        1 - drawn(Rectangle(hertz=(500, 900))),
    )


def test_a_brush_takes_what_lies_within_half_its_size_of_the_path():
    hertz, seconds = pixels()
    path = ((0.2, 300.0), (0.5, 1200.0), (0.55, 200.0))
    fine = [
        (t0 + (t1 - t0) * s, f0 * (f1 / f0) ** s)
        for (t0, f0), (t1, f1) in pairwise(path)
        for s in np.linspace(0, 1, 400)
    ]
    octaves = np.log2(np.maximum(hertz, 15.625))
    expected = np.zeros(hertz.shape, dtype=bool)
    for time, frequency in fine:
        far = ((seconds - time) / 0.05) ** 2 + ((octaves - math.log2(frequency)) / 0.2) ** 2
        expected |= far <= 1

    zone = drawn(Brush(points=path, size_seconds=0.1, size_octaves=0.4))[0] > 0

    assert expected.sum() > 100
    assert (zone != expected).sum() <= 0.02 * expected.sum()


def test_the_smallest_brush_paints_a_pixel():
    zone = drawn(Brush(points=((0.3, 1000.0),), size_seconds=1e-4, size_octaves=1e-4))

    assert zone[0].sum() == 1
    assert zone[0][32, round(0.3 * 8000 / 64) - 16] == 1


def test_a_lasso_fills_by_the_even_odd_rule():
    hertz, seconds = pixels()
    octaves = np.log2(np.maximum(hertz, 15.625))
    corners = [(0.2, 200.0), (0.6, 300.0), (0.25, 3000.0), (0.5, 120.0), (0.55, 2500.0)]
    # An even-odd fill is what an odd number of crossings to the right is: count them per edge.
    inside = np.zeros(hertz.shape, dtype=int)
    for (t0, f0), (t1, f1) in zip(corners, corners[1:] + corners[:1], strict=True):
        y0, y1 = math.log2(f0), math.log2(f1)
        between = (octaves >= min(y0, y1)) & (octaves < max(y0, y1))
        at = t0 + (t1 - t0) * (octaves - y0) / (y1 - y0)
        inside += between & (seconds < at)
    expected = inside % 2 == 1

    zone = drawn(Lasso(points=tuple(corners)))[0] > 0

    assert expected.sum() > 200
    assert (zone != expected).sum() <= len(corners)  # and the corners' own pixels


def test_harmonics_take_each_partial():
    zone = drawn(Harmonics(pitch_hertz=500, width_hertz=70, n_partials=3))[0]

    rows = np.flatnonzero(zone.any(1)) * 31.25
    assert sorted({round(row / 500) for row in rows}) == [1, 2, 3]
    assert all(abs(row - 500 * round(row / 500)) <= 35 for row in rows)


def test_a_threshold_takes_what_is_louder_or_softer():
    louder = drawn(Threshold(above_decibels=-50))[0]
    between = drawn(Threshold(above_decibels=-50, below_decibels=-20))[0]

    assert np.array_equal(louder > 0, LEVELS.numpy() > -50)
    assert np.array_equal(between > 0, (LEVELS.numpy() > -50) & (LEVELS.numpy() < -20))


def test_surprise_takes_the_least_likely_cells_of_each_level():
    zone = drawn(Surprise(share=1 / 64, inpainter="uniform", radius=2.0))

    assert zone[0].sum() == 64 * 8  # one cell of sixteen, rounded up
    expected = np.zeros((129, 64))
    expected[32:64, 24:28] = 1
    assert np.array_equal(zone[1], expected)


@pytest.mark.parametrize(("level", "kept"), [("coarse", 0), ("fine", 1)])
def test_a_level_takes_the_other_out(level, kept):
    zone = drawn(level=level)

    assert (zone[kept] == 1).all() and (zone[1 - kept] == 0).all()


def test_a_soft_zone_falls_off_towards_its_edges():
    box = Rectangle(seconds=(0.2, 0.5), hertz=(1000, 3000))

    zone = drawn(box, softness=1.0)[0]

    hard = drawn(box)[0]
    assert np.array_equal(zone > 0, hard > 0)
    bins = np.flatnonzero(hard.any(1))
    frames = np.flatnonzero(hard.any(0))
    middle = zone[bins[len(bins) // 2], frames[len(frames) // 2]]
    assert middle == zone.max() > 0.9
    along = zone[bins[len(bins) // 2], frames]
    assert (np.diff(along[: len(along) // 2]) > 0).all()
    assert np.allclose(along, along[::-1], atol=0.05)
    assert drawn(box, softness=0.2)[0].mean() > zone.mean()


def test_the_ends_of_the_sound_are_no_edges():
    soft = drawn(softness=1.0, ends=(True, True))
    cut = drawn(softness=1.0, ends=(True, False))

    assert (soft == 1).all()
    assert (cut[:, :, 0] == 1).all() and (cut[:, :, -1] < 0.1).all()


EACH_SHAPE = [
    Rectangle(seconds=(0.2, 0.5), hertz=(1000, 3000)),
    Brush(points=((0.2, 500), (0.4, 2500), (0.6, 900)), size_seconds=0.1),
    Lasso(points=((0.15, 200), (0.6, 700), (0.3, 3500))),
    Harmonics(pitch_hertz=440, seconds=(0.2, 0.5)),
    Threshold(above_decibels=-40),
    Part(part="tonal", mode="add"),
    Surprise(share=0.2, inpainter="uniform", radius=2.0),
    Mask.of_array(np.eye(7), seconds=(0.2, 0.6), hertz=(100.0, 3000.0)),
]


@pytest.mark.parametrize("shape", EACH_SHAPE, ids=lambda shape: type(shape).__name__)
@pytest.mark.parametrize("tile_frames", [8, 24])
@pytest.mark.parametrize("soft", [0.0, 0.7])
def test_a_zone_drawn_in_tiles_is_the_zone_drawn_at_once(shape, tile_frames, soft):
    levels = -80 * torch.rand(129, 64, generator=torch.Generator().manual_seed(1))
    how = {"levels": levels, "softness": soft, "bounds": (0.17, 0.6)}

    whole = drawn(shape, **how)

    assert 0 < whole.mean() < 1
    assert np.array_equal(drawn(shape, tile_frames=tile_frames, **how), whole)


@pytest.mark.parametrize("ends", [(False, False), (True, False), (True, True)])
@pytest.mark.parametrize("span", [(0.2, 0.5), (0.0, 0.4), (0.0, 9.0)])
def test_a_long_soft_box_is_as_soft_as_a_short_one(monkeypatch, ends, span):
    box = Rectangle(seconds=span, hertz=(1000, 3000))
    whole = drawn(box, softness=0.6, ends=ends)

    monkeypatch.setattr(softness, "MOST_FRAMES", 8)

    assert np.array_equal(drawn(box, softness=0.6, ends=ends, tile_frames=24), whole)


def test_a_long_soft_zone_is_about_as_soft_as_a_short_one(monkeypatch):
    lasso = Lasso(points=((0.15, 200), (0.6, 700), (0.3, 3500)))
    whole = drawn(lasso, softness=0.6)

    monkeypatch.setattr(softness, "MOST_FRAMES", 22)  # every third frame is looked at
    rough = drawn(lasso, softness=0.6, tile_frames=8)

    assert np.array_equal(rough[whole == 0], whole[whole == 0])
    assert 0 < np.abs(rough - whole).max() < 0.25
    assert np.abs(rough - whole).mean() < 0.01


def test_a_zone_is_freed_with_its_last_reference(effect, a_sound):
    canvas = effect.open(a_sound(), sample_rate=8000)
    stroke = Stroke(seconds=(0.2, 0.6), inpainter="uniform")
    gc.disable()
    try:
        zone = canvas.painter.zone(canvas, stroke)
        seen = weakref.ref(zone.tile)
        del zone
        assert seen() is None  # a cycle would keep the canvas until the collector runs
    finally:
        gc.enable()
