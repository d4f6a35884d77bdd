"""Drawn codes against the probabilities they were drawn from."""

import torch

from timbrush.inpainting.contract import Sampling
from timbrush.inpainting.sampling import draw, restrict

LOGITS = torch.tensor([0.0, 1.0, 2.0, -1.0, 1.5])


def frequencies(sampling, logits=LOGITS, n=40_000):
    codes = draw(logits.expand(n, -1), sampling, torch.Generator().manual_seed(0))
    return torch.bincount(codes, minlength=len(logits)) / n


def test_codes_come_as_often_as_their_probability_says():
    torch.testing.assert_close(
        frequencies(Sampling()), LOGITS.softmax(dim=0), atol=0.01, rtol=0
    )


def test_temperature_divides_the_logits():
    expected = (LOGITS / 3.0).softmax(dim=0)
    found = frequencies(Sampling(temperature=3.0))
    torch.testing.assert_close(found, expected, atol=0.01, rtol=0)


def test_temperature_zero_takes_the_likeliest():
    assert frequencies(Sampling(temperature=0.0)).tolist() == [0, 0, 1, 0, 0]


def test_a_tiny_temperature_takes_the_likeliest_without_overflow():
    for temperature in (1e-30, 1e-37, 1e-300):  # float32 ends on the way
        assert frequencies(Sampling(temperature=temperature)).tolist() == [0, 0, 1, 0, 0]


def test_top_k_draws_among_the_k_likeliest():
    expected = LOGITS[[1, 2, 4]].softmax(dim=0)
    found = frequencies(Sampling(top_k=3))
    assert found[[0, 3]].tolist() == [0, 0]
    torch.testing.assert_close(found[[1, 2, 4]], expected, atol=0.01, rtol=0)


def test_top_p_keeps_the_fewest_that_reach_the_share():
    # Shares in falling order: .457, .277, .168, .062, .023; 0.7 needs the first two.
    kept = restrict(LOGITS[None], Sampling(top_p=0.7))[0].isfinite()
    assert kept.tolist() == [False, False, True, False, True]
    assert restrict(LOGITS[None], Sampling(top_p=1e-6))[0].isfinite().sum() == 1


def test_a_tiny_top_p_leaves_the_likeliest():
    for top_p in (1e-30, 1e-46, 1e-300):  # float32 ends on the way
        assert frequencies(Sampling(top_p=top_p)).tolist() == [0, 0, 1, 0, 0]


def test_top_p_acts_on_what_top_k_left():
    # Of the two likeliest the first holds 0.62: enough for 0.6.
    kept = restrict(LOGITS[None], Sampling(top_k=2, top_p=0.6))[0].isfinite()
    assert kept.tolist() == [False, False, True, False, False]


def test_a_code_without_probability_is_never_drawn():
    logits = torch.tensor([-torch.inf, 0.0, -torch.inf, 0.0, -torch.inf])
    assert frequencies(Sampling(), logits)[[0, 2, 4]].sum() == 0


def test_the_generator_moves_on_alike_for_every_setting():
    states = []
    for sampling in (Sampling(), Sampling(temperature=0.0), Sampling(top_k=2, top_p=0.5)):
        generator = torch.Generator().manual_seed(4)
        draw(LOGITS.expand(7, -1), sampling, generator)
        states.append(torch.rand(1, generator=generator).item())
    assert len(set(states)) == 1
