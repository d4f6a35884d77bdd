"""The quantizer against a k-d tree, finite differences, plain Python and a peer library."""

import math

import pytest
import torch
from scipy.spatial import cKDTree
from torch.nn import functional

from timbrush.codec.quantizer import (
    QuantizerConfig,
    VectorQuantizer,
    code_statistics,
    kmeans,
    nearest_codes,
    perplexity,
    straight_through,
)
from timbrush.errors import ConfigError

PLAIN = {
    "ema_decay": 0.0,
    "restart_below": 0.0,
    "kmeans_steps": 0,
    "unit_norm": False,
    "commitment": 0.25,
}


def quantizer(n_channels: int = 4, **settings: object) -> VectorQuantizer:
    torch.manual_seed(0)
    config = QuantizerConfig(**{"codebook_size": 8, "n_features": 4, **PLAIN, **settings})
    layer = VectorQuantizer(config, n_channels=n_channels)
    with torch.no_grad():  # the projections out of the way
        layer.project_in.weight.copy_(torch.eye(4))
        layer.project_in.bias.zero_()
        layer.project_out.weight.copy_(torch.eye(4))
        layer.project_out.bias.zero_()
    return layer


def test_nearest_codes_are_those_of_a_k_d_tree() -> None:
    generator = torch.Generator().manual_seed(1)
    vectors = torch.randn(500, 6, generator=generator, dtype=torch.float64)
    codewords = 2 * torch.randn(40, 6, generator=generator, dtype=torch.float64)
    _, expected = cKDTree(codewords.numpy()).query(vectors.numpy())
    assert nearest_codes(vectors, codewords).tolist() == expected.tolist()


def test_forward_answers_codewords_and_their_indexes_in_the_grid_s_shape() -> None:
    layer = quantizer().eval()
    latents = torch.randn(2, 3, 5, 4)
    latents_out, codes, _ = layer(latents)
    assert codes.shape == (2, 3, 5)
    torch.testing.assert_close(latents_out, layer.codewords[codes])
    assert torch.equal(layer.encode(latents), codes)
    torch.testing.assert_close(layer.decode(codes), layer.codewords[codes])


def test_the_straight_through_gradient_is_the_finite_difference_without_rounding() -> None:
    vectors = torch.randn(3, 2, dtype=torch.float64, requires_grad=True)
    chosen = torch.randn(3, 2, dtype=torch.float64)
    weights = torch.randn(3, 2, dtype=torch.float64)

    def after(rounded: torch.Tensor) -> torch.Tensor:
        return (weights * rounded.sin()).sum()

    after(straight_through(vectors, chosen)).backward()
    # The estimator's promise: the slope of what comes after, taken at the codeword.
    step = 1e-6
    for i in range(3):
        for j in range(2):
            moved = torch.zeros_like(chosen)
            moved[i, j] = step
            slope = (after(chosen + moved) - after(chosen - moved)) / (2 * step)
            assert vectors.grad is not None
            assert vectors.grad[i, j] == pytest.approx(float(slope), abs=1e-7)


def test_codebook_loss_moves_codewords_and_commitment_loss_moves_latents() -> None:
    layer = quantizer().train()
    latents = torch.randn(1, 2, 3, 4, requires_grad=True)
    _, codes, loss = layer(latents)
    loss.backward()
    flat, chosen = latents.detach().reshape(-1, 4), layer.codewords.detach()[codes.flatten()]
    expected = torch.zeros_like(layer.codewords)
    for vector, word, code in zip(flat, chosen, codes.flatten(), strict=True):
        expected[code] += 2 * (word - vector) / flat.numel()
    torch.testing.assert_close(layer.codewords.grad, expected)
    torch.testing.assert_close(
        latents.grad.reshape(-1, 4), 0.25 * 2 * (flat - chosen) / flat.numel()
    )
    assert loss.item() == pytest.approx(1.25 * float((flat - chosen).square().mean()), rel=1e-5)


def test_moving_averages_follow_plain_python() -> None:
    decay = 0.8
    layer = quantizer(ema_decay=decay).train()
    start = layer.codewords.clone()
    counts, sums = [1.0] * 8, [list(map(float, word)) for word in start]
    expected = [list(map(float, word)) for word in start]
    for step in range(4):
        latents = torch.randn(1, 4, 6, 4, generator=torch.Generator().manual_seed(step))
        codes = [
            min(range(8), key=lambda k, v=v: math.dist(v, expected[k]))
            for v in latents.reshape(-1, 4).tolist()
        ]
        for k in range(8):
            mine = [
                v for v, c in zip(latents.reshape(-1, 4).tolist(), codes, strict=True) if c == k
            ]
            counts[k] = decay * counts[k] + (1 - decay) * len(mine)
            for j in range(4):
                total = sum(v[j] for v in mine)
                sums[k][j] = decay * sums[k][j] + (1 - decay) * total
            expected[k] = [s / max(counts[k], 1e-5) for s in sums[k]]
        layer(latents)
        torch.testing.assert_close(
            layer.codewords, torch.tensor(expected), rtol=1e-4, atol=1e-5
        )


def test_averages_agree_with_vector_quantize_pytorch() -> None:
    peer_module = pytest.importorskip("vector_quantize_pytorch")
    layer = quantizer(ema_decay=0.7).train()
    peer = peer_module.VectorQuantize(
        dim=4, codebook_size=8, decay=0.7, commitment_weight=0.25, eps=1e-9
    )
    peer._codebook.embed.data.copy_(layer.codewords[None])
    peer._codebook.embed_avg.data.copy_(layer.codewords[None])
    peer._codebook.cluster_size.data.fill_(1.0)
    peer.train()
    latents = torch.randn(1, 5, 10, 4)
    mine, (_, codes, _) = layer(latents), peer(latents.reshape(1, -1, 4))
    assert torch.equal(mine.codes.flatten(), codes.flatten())
    torch.testing.assert_close(layer.codewords, peer._codebook.embed[0], rtol=1e-3, atol=1e-3)


def test_evaluation_changes_nothing() -> None:
    layer = quantizer(ema_decay=0.9, restart_below=1.0, kmeans_steps=3).eval()
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    layer(torch.randn(1, 4, 4, 4))
    for name, value in layer.state_dict().items():
        assert torch.equal(value, before[name]), name


@pytest.mark.parametrize("kmeans_steps", [0, 3])
def test_one_batch_that_is_not_finite_leaves_the_codebook_as_it_was(kmeans_steps: int) -> None:
    layer = quantizer(ema_decay=0.9, restart_below=1.0, kmeans_steps=kmeans_steps).train()
    latents = torch.randn(1, 4, 4, 4)
    spoiled = latents.clone()
    spoiled[0, 1, 2, 3] = torch.nan
    before = layer.codewords.clone()
    layer(spoiled)
    assert torch.equal(layer.codewords, before)
    layer(latents)
    assert layer.started and not torch.equal(layer.codewords, before)
    assert layer.codewords.isfinite().all() and layer.counts.isfinite().all()


def test_restarts_raise_perplexity_on_a_batch_that_collapses_without() -> None:
    latents = torch.randn(1, 16, 16, 4) + 30.0  # far from every codeword: one code wins all

    def perplexity_after(restart_below: float) -> float:
        layer = quantizer(codebook_size=32, ema_decay=0.5, restart_below=restart_below).train()
        for step in range(20):
            torch.manual_seed(step)
            codes = layer(latents).codes
        return perplexity(codes, 32)

    collapsed, restarted = perplexity_after(0.0), perplexity_after(0.2)
    assert collapsed < 4
    assert restarted > 20


def test_a_codeword_used_less_than_a_share_of_an_even_use_is_restarted() -> None:
    layer = quantizer(ema_decay=0.5, restart_below=0.2).train()
    uses = torch.tensor([1, 3, 10, 10, 10, 10, 10, 26])  # even is 10, its share 2
    words = layer.codewords.clone()
    layer.counts.copy_(uses)
    layer.sums.copy_(uses[:, None] * words)
    layer(words.repeat_interleave(uses, dim=0)[None, None])
    assert layer.counts.tolist() == [10, 3, 10, 10, 10, 10, 10, 26]
    torch.testing.assert_close(layer.codewords[1:], words[1:])
    assert torch.cdist(layer.codewords[:1], words).min() < 1e-5  # one of the batch


def test_a_data_driven_start_uses_more_codes_than_a_random_one() -> None:
    latents = 0.05 * torch.randn(1, 16, 16, 4) + 3.0
    random, driven = quantizer(ema_decay=0.9).train(), quantizer(ema_decay=0.9, kmeans_steps=5)
    assert perplexity(random(latents).codes, 8) < 2
    assert perplexity(driven.train()(latents).codes, 8) > 4


def test_k_means_lowers_the_distance_with_every_step() -> None:
    vectors = torch.randn(400, 3, generator=torch.Generator().manual_seed(5))
    distances = []
    for n_steps in range(5):
        torch.manual_seed(0)
        centres = kmeans(vectors, 12, n_steps)
        nearest = centres[nearest_codes(vectors, centres)]
        distances.append(float((vectors - nearest).square().sum()))
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 0.8 * distances[0]


def test_unit_norm_compares_directions_only() -> None:
    layer = quantizer(unit_norm=True, ema_decay=0.9).train()
    latents = torch.randn(1, 4, 4, 4)
    assert torch.equal(layer.eval().encode(latents), layer.encode(7.5 * latents))
    layer.train()(latents)
    norms = layer.codewords.norm(dim=-1)
    torch.testing.assert_close(norms, torch.ones_like(norms))


def test_directions_are_compared_with_those_that_stand_for_the_codes() -> None:
    layer = quantizer(unit_norm=True, ema_decay=0.0).eval()
    with torch.no_grad():  # as gradients leave them
        layer.codewords *= torch.linspace(0.5, 1.5, len(layer.codewords))[:, None]
    latents = torch.randn(1, 8, 8, 4)
    directions = functional.normalize(layer.project_in(latents), dim=-1)
    codewords = functional.normalize(layer.codewords, dim=-1)
    assert torch.equal(layer.encode(latents), (directions @ codewords.T).argmax(dim=-1))
    assert torch.equal(layer.encode(latents), layer(latents).codes)


def test_code_statistics_count_and_sum() -> None:
    vectors = torch.tensor([[1.0, 2.0], [3.0, 4.0], [10.0, 20.0]])
    counts, sums = code_statistics(vectors, torch.tensor([2, 0, 2]), 3)
    assert counts.tolist() == [1, 0, 2]
    assert sums.tolist() == [[3, 4], [0, 0], [11, 22]]


def test_perplexity_of_an_even_use_is_the_number_of_codes_used() -> None:
    assert perplexity(torch.arange(6).repeat(3), 16) == pytest.approx(6)
    shares = torch.tensor([0.75, 0.25], dtype=torch.float64)
    expected = float(torch.exp(-(shares * shares.log()).sum()))
    assert perplexity(torch.tensor([0, 0, 0, 5]), 16) == pytest.approx(expected)


def test_gradients_reach_the_input_through_the_projections() -> None:
    torch.manual_seed(0)
    layer = VectorQuantizer(
        QuantizerConfig(codebook_size=8, n_features=3), n_channels=5
    ).train()
    latents = torch.randn(1, 2, 2, 5, requires_grad=True)
    functional.mse_loss(layer(latents).latents, torch.zeros(1, 2, 2, 5)).backward()
    assert latents.grad is not None and latents.grad.abs().sum() > 0


@pytest.mark.parametrize(
    "settings",
    [{"codebook_size": 1}, {"n_features": 0}, {"ema_decay": 1.0}, {"commitment": -1.0}],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=r"must"):
        QuantizerConfig(**settings)


def test_the_nearest_codes_are_found_in_full_precision_where_layers_are_not() -> None:
    generator = torch.Generator().manual_seed(0)
    vectors, codewords = (torch.randn(n, 16, generator=generator) for n in (500, 512))
    expected = nearest_codes(vectors, codewords)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(nearest_codes(vectors, codewords), expected)
