"""Decoding against predictors whose logits are known."""

import pytest
import torch

from timbrush.inpainting.contract import Sampling
from timbrush.inpainting.networks import decoding
from timbrush.inpainting.networks.decoding import decode

SURE = 50.0


def setting(n_columns=12):
    codes = torch.zeros(1, 1, n_columns, dtype=torch.long)
    codes[0, 0, 0] = 2
    asked = torch.ones(1, 1, n_columns, dtype=torch.bool)
    asked[0, 0, 0] = False
    return (codes,), (asked,)


def run(predict, n_steps, codes, asked, unknown=None):
    return decode(
        predict,
        codes,
        unknown or asked,
        asked,
        n_steps=n_steps,
        sampling=Sampling(),
        generator=torch.Generator().manual_seed(0),
    )[0][0, 0].tolist()


def copy_what_is_known_on_the_left(codemaps, unknown, asked):
    """Sure where the left neighbour is known, else even among three codes."""
    logits = []
    for _, _, column in asked[0].nonzero().tolist():
        known = column > 0 and not unknown[0][0, 0, column - 1]
        row = torch.zeros(3)
        if known:
            row[codemaps[0][0, 0, column - 1]] = SURE
        logits.append(row)
    return (torch.stack(logits) if logits else torch.zeros(0, 3),)


def test_one_by_one_every_code_is_drawn_given_those_before_it():
    assert run(copy_what_is_known_on_the_left, 0, *setting()) == [2] * 12


def test_in_parallel_the_surest_stay_first(monkeypatch):
    # Without noise on the confidence, what is sure is kept and leads on to the next.
    monkeypatch.setattr(decoding, "NOISE", 0.0)
    # A quarter cosine of 2 open cells and 40 steps keeps one cell a step at first.
    codes, asked = setting(3)
    assert run(copy_what_is_known_on_the_left, 40, codes, asked) == [2, 2, 2]


def test_noise_on_the_confidence_fades_until_what_is_sure_comes_first(monkeypatch):
    # 2 nats for the cells that are ln 3 = 1.1 less sure: 1.5 in the first step, then 1, 0.5.
    monkeypatch.setattr(decoding, "_gumbel", lambda confidence, _: 2.0 * (confidence < -1))
    codes, asked = setting(101)
    dull_left = []

    def predict(codemaps, unknown, asked):
        dull = asked[0].nonzero()[:, 2] <= 50
        dull_left.append(int(dull.sum()))
        return (SURE * ~dull[:, None] * torch.tensor([1.0, 0.0, 0.0]),)

    run(predict, 4, codes, asked)
    assert dull_left == [50, 42, 42, 38]  # of 100, 92, 70, 38


def test_each_sound_of_a_batch_keeps_its_own_surest():
    confidence = torch.tensor([0.1, 0.9, 0.5, 0.8, 0.7, 0.95])
    sounds = torch.tensor([0, 0, 2, 2, 0, 2])
    kept = decoding._surest(confidence, sounds, torch.tensor([2, 0, 1]))
    assert kept.tolist() == [False, True, False, False, True, True]


def test_a_sound_is_finished_however_few_cells_it_has():
    codes = (torch.zeros(3, 1, 8, dtype=torch.long),)
    asked = torch.zeros(3, 1, 8, dtype=torch.bool)
    asked[0, 0, :7] = True
    asked[2, 0, 0] = True
    drawn = decode(
        lambda c, u, a: (torch.tensor([-50.0, 50.0]).expand(int(a[0].sum()), 2),),
        codes,
        (asked,),
        (asked,),
        n_steps=4,
        sampling=Sampling(),
        generator=torch.Generator().manual_seed(0),
    )[0]
    assert torch.equal(drawn == 1, asked)


def test_in_one_step_nobody_hears_of_each_other():
    assert run(copy_what_is_known_on_the_left, 1, *setting()) != [2] * 12


def test_steps_follow_a_quarter_cosine_and_end_with_nothing_open():
    left = []

    def predict(codemaps, unknown, asked):
        left.append(int(asked[0].sum()))
        return (torch.zeros(left[-1], 3),)

    codes, asked = setting(101)
    run(predict, 4, codes, asked)
    assert left == [100, 92, 70, 38]  # 100 cos(pi/2 k/4), rounded down


def test_more_steps_than_cells_end_when_all_are_drawn():
    calls = []

    def predict(codemaps, unknown, asked):
        calls.append(int(asked[0].sum()))
        return (torch.zeros(calls[-1], 3),)

    run(predict, 50, *setting(4))
    assert calls == [3, 2, 1]


def test_only_what_is_asked_is_drawn():
    codes, unknown = setting()
    asked = (unknown[0].clone(),)
    asked[0][0, 0, 6:] = False
    for n_steps in (0, 3):
        drawn = run(lambda c, u, a: (torch.ones(int(a[0].sum()), 3),), n_steps, codes, asked)
        assert drawn[6:] == [0] * 6


def test_parallel_steps_draw_as_often_as_the_network_says():
    """Cells that know nothing of each other: no choice of the surest may favour a code."""
    chances = torch.tensor([0.7, 0.3])
    codes = (torch.zeros(40, 5, 10, dtype=torch.long),)
    masks = (torch.ones(40, 5, 10) > 0,)

    def predict(codemaps, unknown, asked):
        return (chances.log().expand(int(asked[0].sum()), 2),)

    drawn = decode(
        predict,
        codes,
        masks,
        masks,
        n_steps=8,
        sampling=Sampling(),
        generator=torch.Generator().manual_seed(0),
    )
    assert float((drawn[0] == 0).double().mean()) == pytest.approx(0.7, abs=0.04)
