"""The LSTM and the Transformer see what they should, and learn."""

import math

import pytest
import torch
from torch.nn import functional as F

from timbrush.codemaps import CodeShape
from timbrush.errors import ConfigError
from timbrush.inpainting.contract import Sampling
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.inpainting.networks.lstm import LSTM, LSTMConfig, LSTMSizes
from timbrush.inpainting.networks.network import PatchInpainter
from timbrush.inpainting.networks.transformer import (
    Transformer,
    TransformerConfig,
    TransformerSizes,
)

SHAPE = CodeShape.of(codebook_sizes=(5, 6), n_rows=(2, 4), columns=(1, 2))
SMALL = {"n_features": 16, "n_code_features": 8, "dropout": 0.0}


def lstm(**sizes) -> LSTM:
    torch.manual_seed(0)
    return LSTM(LSTMConfig(shape=SHAPE, sizes=LSTMSizes(**SMALL, n_hidden=12, **sizes))).eval()


def transformer(**sizes) -> Transformer:
    torch.manual_seed(0)
    settings = TransformerSizes(**SMALL, n_heads=2, n_layers=2, **sizes)
    network = Transformer(TransformerConfig(shape=SHAPE, sizes=settings))
    for layer in network.layers:
        torch.nn.init.normal_(layer.attention.row_bias)
        torch.nn.init.normal_(layer.attention.column_bias)
    return network.eval()


def codes_and_masks(n_columns=5, seed=0):
    generator = torch.Generator().manual_seed(seed)
    codes = (
        torch.randint(5, (1, 2, n_columns), generator=generator),
        torch.randint(6, (1, 4, 2 * n_columns), generator=generator),
    )
    masks = tuple(torch.zeros_like(level, dtype=torch.bool) for level in codes)
    masks[0][0, 0, 2] = True
    return codes, masks


@pytest.mark.parametrize("make", [lstm, transformer])
@pytest.mark.parametrize(
    ("level", "row", "column"),
    [(0, 0, 0), (0, 0, 4), (0, 1, 2), (0, 1, 4), (1, 0, 4), (1, 3, 0), (1, 3, 9)],
)
def test_codes_before_behind_above_and_below_count(make, level, row, column):
    network: PatchInpainter = make()
    codes, masks = codes_and_masks()
    before = network.predict(codes, masks, masks)[0]
    codes[level][0, row, column] = (codes[level][0, row, column] + 1) % 5
    after = network.predict(codes, masks, masks)[0]
    assert (before - after).abs().max() > 1e-6


def test_columns_are_known_by_their_distance_alone():
    """A zone far from both ends is judged alike wherever it lies."""
    network = transformer(farthest_column=3)
    # One layer of attention hears the ends; so compare two windows of the same content.
    codes, masks = codes_and_masks(4)
    doubled = tuple(torch.cat([c, c], dim=0) for c in codes)
    twice = tuple(torch.cat([m, m], dim=0) for m in masks)
    found = network.predict(doubled, twice, twice)[0]
    torch.testing.assert_close(found[0], found[1])
    bias = network.layers[0].attention._bias(2, 9)
    assert bias.shape == (2, 18, 18)
    bias = bias.view(2, 2, 9, 2, 9)
    for row, other in ((0, 0), (0, 1), (1, 0)):
        for shift in range(-8, 9):
            diagonal = torch.diagonal(bias[:, row, :, other, :], shift, 1, 2)
            assert (diagonal - diagonal[:, :1]).abs().max() == 0
        near, far = bias[:, row, 0, other, 2], bias[:, row, 0, other, 3]
        assert (near != far).all()
        assert torch.equal(far, bias[:, row, 0, other, 8])  # beyond the farthest column


@pytest.mark.parametrize("make", [lstm, transformer])
def test_one_by_one_is_a_mode_of_both(make):
    network = make(n_steps=0)
    codes, masks = codes_and_masks()
    masks[1][0, 1:3, 3:6] = True
    redrawn = network.redraw(
        codes,
        masks,
        radius=1.0,
        sampling=Sampling(),
        generator=torch.Generator().manual_seed(0),
    )
    for old, new, mask in zip(codes, redrawn, masks, strict=True):
        assert torch.equal(old[~mask], new[~mask])


@pytest.mark.parametrize("make", [lstm, transformer])
def test_a_zone_longer_than_a_stretch_is_redrawn_whole(make):
    network = make(stretch_columns=3, context_columns=1, n_steps=1)
    codes, _ = codes_and_masks(7)
    masks = tuple(torch.ones_like(level, dtype=torch.bool) for level in codes)
    drawn = [
        network.redraw(
            codes,
            masks,
            radius=1.0,
            sampling=Sampling(),
            generator=torch.Generator().manual_seed(seed),
        )
        for seed in range(30)
    ]
    for level in range(2):
        assert (torch.stack([d[level] for d in drawn]) != codes[level]).any(dim=0).all()


@pytest.mark.parametrize("make", [lstm, transformer])
def test_it_learns_that_a_sound_has_one_code(make):
    """Each sound repeats one code; a network must find it in what is not masked."""
    network = make().train()
    optimizer = torch.optim.Adam(network.parameters(), 1e-2)
    generator = torch.Generator().manual_seed(0)
    for _ in range(120):
        code = torch.randint(5, (16, 1, 1), generator=generator)
        codes = (code.expand(16, 2, 4), code.expand(16, 4, 8))
        masks = tuple(torch.rand(c.shape, generator=generator) < 0.5 for c in codes)
        logits = network(codes, masks, masks)
        loss = sum(
            F.cross_entropy(found, level[mask])
            for found, level, mask in zip(logits, codes, masks, strict=True)
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 2 * 0.2 * math.log(5)


@pytest.mark.parametrize("make", [LSTM, Transformer])
def test_a_silent_network_answers_what_its_naive_bayes_does(make):
    codes, masks = codes_and_masks(n_columns=6)
    masks[1][0, 1:3, 3:6] = True
    naive_bayes = NaiveBayes.fit([codes], SHAPE, alpha=0.3)
    config, sizes = {
        LSTM: (LSTMConfig, LSTMSizes(**SMALL, n_hidden=12)),
        Transformer: (TransformerConfig, TransformerSizes(**SMALL, n_heads=2)),
    }[make]
    network = make(config(shape=SHAPE, sizes=sizes, naive_bayes=naive_bayes.config)).eval()
    network.naive_bayes = naive_bayes
    for layer in network.head.codes:
        torch.nn.init.zeros_(layer.weight)

    found = network.log_probabilities(codes, masks, radius=1.0)
    expected = naive_bayes.log_probabilities(codes, masks, radius=1.0)
    network.trust.share(0, 1.0, 0.0)
    network.trust.share(1, 1.0, 0.0)
    deaf = network.log_probabilities(codes, masks, radius=1.0)

    for level, mask in enumerate(masks):
        torch.testing.assert_close(found[level][mask], expected[level][mask])
        size = SHAPE.codebook_sizes[level]
        even = torch.full((int(mask.sum()), size), -math.log(size))
        torch.testing.assert_close(deaf[level][mask], even)


@pytest.mark.parametrize("make", [lstm, transformer])
def test_other_steps_are_another_decoding_of_the_same_weights(make):
    network = make(n_steps=3)
    other = network.decoded_in(0)
    assert (network.sizes.n_steps, other.sizes.n_steps) == (3, 0)
    assert other.head.codes[0].weight is network.head.codes[0].weight


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_heads": 5}, "n_heads must divide n_features"),
        ({"n_layers": 0}, "must be at least 1"),
        ({"dropout": 1.0}, "dropout must lie in 0 to 1"),
        ({"stretch_columns": 0}, "a stretch 1"),
    ],
)
def test_sizes_that_cannot_work_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        TransformerSizes(**{"n_features": 16, **settings})
