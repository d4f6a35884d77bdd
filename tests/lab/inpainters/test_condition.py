"""Inpainters that follow conditions and that do not, judges, and harmonics."""

import pytest
import torch

from timbrush.codemaps import CodeShape
from timbrush.families import FAMILIES
from timbrush.inpainting.counting.floors import Uniform
from timbrush_lab.inpainters.condition import (
    ZONES,
    measure_family,
    measure_pitch,
    prominence,
    zone_masks,
)
from timbrush_lab.inpainters.family_judge import fit_judge

SHAPE = CodeShape.of(codebook_sizes=(12,), n_rows=(2,), columns=(1,))
BIN_HERTZ = 8.0
ALL = torch.ones(64, 4, dtype=torch.bool)


class Obedient(Uniform):
    """Draws code f to family f and code p % 12 to pitch p, as sure as ``trust`` says."""

    def __init__(self, trust: float) -> None:
        super().__init__(SHAPE)
        self.trust = trust

    def condition_scores(self, level, condition):
        found = torch.zeros(2, 12)
        if condition.family is not None:
            found[:, FAMILIES.index(condition.family)] += self.trust
        if condition.pitch is not None:
            found[:, condition.pitch % 12] += self.trust
        return found


def humps(families):
    """Spectrograms whose loudest band says of which family they are."""
    sounds = 0.05 * torch.rand(len(families), 64, 4, generator=torch.Generator().manual_seed(0))
    for sound, family in zip(sounds, families.tolist(), strict=True):
        sound[4 + 9 * family : 9 + 9 * family] += 0.8
    return sounds


def decode(codemaps):
    """Codes of families to what such a family sounds like."""
    return humps(codemaps[0].flatten(1).mode(dim=1).values.clamp(max=5))


def test_a_judge_tells_what_it_was_told_of() -> None:
    families = torch.tensor([0, 2, 5, -1]).repeat(12)
    judge = fit_judge(humps(families.clamp(min=0)), ALL, families)
    assert judge.families == (0, 2, 5)
    assert judge.of_notes == 1.0
    strangers = torch.tensor([5, 0, 0, 2])
    assert torch.equal(judge.name(humps(strangers)), strangers)


@pytest.mark.parametrize(("trust", "follows"), [(20.0, True), (0.0, False)])
def test_who_follows_a_wish_is_taken_for_what_was_asked(trust: float, follows: bool) -> None:
    known = torch.tensor([0, 2, 5]).repeat(12)
    judges = {"whole": fit_judge(humps(known), ALL, known)}
    families = torch.tensor([0, 2, 5, 0, 2, 5, -1])
    codes = (families.clamp(min=0)[:, None, None].expand(7, 2, 4).clone(),)
    found = measure_family(Obedient(trust), codes, families, decode, judges)["whole"]
    assert (found["taken"] == 1.0) == follows
    assert (found["own"] == 0.0) == follows
    assert found["unasked"] < 1.0


def test_zones_are_spans_of_time_on_each_level() -> None:
    codes = (torch.zeros(1, 2, 8).long(), torch.zeros(1, 4, 16).long())
    coarse, fine = zone_masks(codes, ZONES["middle half"])
    assert coarse[0].all(dim=0).nonzero()[:, 0].tolist() == [2, 3, 4, 5]
    assert fine[0].all(dim=0).nonzero()[:, 0].tolist() == list(range(4, 12))
    assert coarse.sum() == 8 and fine.sum() == 32


def comb(pitches):
    """Spectrograms of which every harmonic of a pitch stands 40 dB above the rest."""
    sounds = torch.full((len(pitches), 1025, 4), 0.25)
    for sound, pitch in zip(sounds, pitches.tolist(), strict=True):
        first = 440 * 2 ** ((pitch - 69) / 12) / BIN_HERTZ
        sound[(first * torch.arange(1, 11)).round().long().clamp(max=1024)] = 0.75
    return sounds


def test_harmonics_stand_out_by_their_level() -> None:
    pitches = torch.tensor([48, 69])
    right = prominence(comb(pitches), pitches, BIN_HERTZ)
    wrong = prominence(comb(pitches), pitches + 6, BIN_HERTZ)
    torch.testing.assert_close(right, torch.tensor([40.0, 40.0]))
    assert (wrong < 20).all()


@pytest.mark.parametrize(("trust", "follows"), [(20.0, True), (0.0, False)])
def test_a_wished_pitch_stands_out_where_it_is_followed(trust: float, follows: bool) -> None:
    def decode_comb(codemaps):
        classes = codemaps[0].flatten(1).mode(dim=1).values
        return comb(60 + classes)

    codes = (torch.zeros(6, 2, 3, dtype=torch.long),)
    pitches = torch.tensor([64, 65, 66, 64, 65, -1])
    found = measure_pitch(Obedient(trust), codes, pitches, decode_comb, BIN_HERTZ)
    assert found is not None and found["n_sounds"] == 5
    gained = found["wished_decibels"] - found["unwished_decibels"]
    assert (gained > 5) == follows
    assert found["nearer"] == 0.0 if not follows else found["nearer"] > 0.5
