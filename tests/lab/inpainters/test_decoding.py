"""Likelihoods in parallel and one by one against the sum over all that could be drawn."""

import itertools
import math

import pytest
import torch

from timbrush.codemaps import CodeShape
from timbrush.inpainting.networks.transformer import (
    Transformer,
    TransformerConfig,
    TransformerSizes,
)
from timbrush_lab.inpainters.decoding import (
    bits_at_once,
    bits_one_by_one,
    compare_decoding,
)

SHAPE = CodeShape.of(codebook_sizes=(2, 3), n_rows=(2, 4), columns=(1, 2))


def network() -> Transformer:
    torch.manual_seed(0)
    sizes = TransformerSizes(n_features=8, n_code_features=4, n_layers=1, n_heads=2, n_steps=2)
    made = Transformer(TransformerConfig(shape=SHAPE, sizes=sizes)).eval().requires_grad_(False)
    for layer in made.head.codes:
        torch.nn.init.normal_(layer.weight, std=3.0)
    return made


def zone():
    generator = torch.Generator().manual_seed(0)
    codes = (
        torch.randint(2, (1, 2, 3), generator=generator),
        torch.randint(3, (1, 4, 6), generator=generator),
    )
    masks = tuple(torch.zeros_like(level, dtype=torch.bool) for level in codes)
    masks[0][0, 0, 1] = True
    masks[1][0, 0, 2:4] = True
    return codes, masks


@pytest.mark.parametrize("bits", [bits_at_once, bits_one_by_one])
def test_the_chances_of_all_zones_sum_to_one(bits) -> None:
    """Three codes are painted: 2 x 3 x 3 zones, of which one must be drawn."""
    codes, masks = zone()
    total = 0.0
    for first, second, third in itertools.product(range(2), range(3), range(3)):
        filled = tuple(level.clone() for level in codes)
        filled[0][0, 0, 1] = first
        filled[1][0, 0, 2:4] = torch.tensor([second, third])
        total += 2 ** (-3 * bits(network(), filled, masks))
    assert total == pytest.approx(1.0, abs=1e-5)


def test_one_by_one_hears_what_was_drawn_before_and_at_once_does_not() -> None:
    codes, masks = zone()
    made = network()
    at_once, one_by_one = bits_at_once(made, codes, masks), bits_one_by_one(made, codes, masks)
    logits = made.predict(codes, masks, masks)
    expected = sum(
        float(-level.log_softmax(dim=1).gather(1, codes[n][masks[n]][:, None]).sum())
        for n, level in enumerate(logits)
    )
    assert at_once == pytest.approx(expected / 3 / math.log(2), rel=1e-5)
    assert abs(one_by_one - at_once) > 1e-4


def test_both_ways_are_judged_on_what_they_drew() -> None:
    codes, masks = zone()
    seen = []

    def judge(drawn):
        seen.append(drawn)
        return {"zone_lsd": 1.0}

    found = compare_decoding(network(), codes, masks, judge)

    assert [entry["n_steps"] for entry in found.values()] == [2, 0]
    for drawn, entry in zip(seen, found.values(), strict=True):
        assert entry["zone_lsd"] == 1.0 and entry["milliseconds"] > 0
        for level, original, mask in zip(drawn, codes, masks, strict=True):
            assert torch.equal(level[~mask], original[~mask])
