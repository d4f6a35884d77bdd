"""Cells drawn to swap, and the zone that they cover."""

from collections.abc import Callable

import torch

from timbrush.codec.contract import Grid
from timbrush.codec.quantizer import QuantizerConfig
from timbrush.codec.vqvae2 import VQVAE2, VQVAE2Config
from timbrush.training.losses import change_outside
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


def test_a_decoder_learns_to_keep_changes_in_the_swapped_cells(
    spread: Callable[[torch.nn.Module], None],
) -> None:
    torch.manual_seed(0)
    module = VQVAE2(
        VQVAE2Config(
            row_heights=(2, 2, 4, 4),
            frames_per_column=2,
            n_bins=14,
            n_channels=8,
            n_encoder_blocks=1,
            n_decoder_blocks=2,
            quantizer=QuantizerConfig(codebook_size=8, n_features=4),
        )
    )
    spread(module)
    spectrogram = torch.rand(2, 14, 128 * 4)
    module(spectrogram)  # starts the codebooks
    module.eval()  # and they stay
    optimizer = torch.optim.Adam(module.parameters(), 1e-2)

    def outside(seed: int) -> torch.Tensor:
        generator = torch.Generator().manual_seed(seed)
        masks, zone = draw_swaps(module.grids, 128, 14, generator)
        plain, changed = module(spectrogram, masks).spectrogram.split(2)
        return change_outside(changed, plain, zone, 80.0)

    before = outside(99).item()
    for seed in range(40):
        optimizer.zero_grad()
        outside(seed).backward()
        optimizer.step()
    assert 0.05 < before
    assert outside(99).item() < 0.5 * before
