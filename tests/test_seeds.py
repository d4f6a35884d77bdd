"""Generators by the numbers that name them."""

import numpy as np
import torch

from timbrush import seeds


def first(*words: int) -> int:
    return int(torch.randint(2**62, (), generator=seeds.generator(*words)))


def test_the_same_numbers_name_the_same_draw() -> None:
    assert first(3, 1, 4) == first(3, 1, 4)


def test_every_number_and_their_order_count() -> None:
    words = ((0, 1, 0), (0, 2, 0), (1, 0, 0), (0, 0, 1), (1, 2, 0))
    assert len({first(*some) for some in words}) == len(words)


def test_saved_edits_keep_their_draws() -> None:
    # Strokes are saved with their seeds: another rule would redraw every edit that exists.
    state = int(np.random.SeedSequence((7, 0, 1)).generate_state(1, np.uint64)[0]) >> 1
    expected = torch.rand(4, generator=torch.Generator().manual_seed(state))
    assert torch.equal(torch.rand(4, generator=seeds.generator(7, 0, 1)), expected)
