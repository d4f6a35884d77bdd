"""Cells drawn to swap, and the zone that they cover."""

import torch

from timbrush.codec.contract import Grid
from timbrush.training.swaps import SHARE, draw_swaps

COARSE = Grid(row_edges=(0, 4, 12), frames_per_column=4, codebook_size=8)
FINE = Grid(row_edges=(0, 2, 4, 8, 12), frames_per_column=2, codebook_size=8)


def draw(seed: int, n_columns: int = 200):
    generator = torch.Generator().manual_seed(seed)
    return draw_swaps((COARSE, FINE), n_columns, 14, generator)


def test_the_first_sound_swaps_coarse_cells_and_the_second_fine_ones() -> None:
    (coarse, fine), _ = draw(0)
    assert coarse.shape == (2, 2, 200)
    assert fine.shape == (2, 4, 400)
    assert coarse[0].any() and fine[1].any()
    assert not coarse[1].any() and not fine[0].any()


def test_as_many_cells_as_stated_are_swapped() -> None:
    shares = [draw(seed)[0][1][1].float().mean() for seed in range(10)]
    assert abs(torch.stack(shares).mean() - SHARE) < SHARE / 4


def test_the_zone_is_what_the_cells_of_each_sound_cover() -> None:
    (coarse, fine), zone = draw(1)
    assert zone.shape == (2, 14, 800)
    assert torch.equal(zone[0], COARSE.zone(coarse[:1], 14)[0])
    assert torch.equal(zone[1], FINE.zone(fine[1:], 14)[0])


def test_one_seed_draws_the_same_cells_and_another_draws_others() -> None:
    assert torch.equal(draw(3)[1], draw(3)[1])
    assert not torch.equal(draw(3)[1], draw(4)[1])
