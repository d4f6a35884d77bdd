"""Whether wishes are followed: networks that do and that do not, and harmonics."""

import pytest
import torch

from timbrush.evaluation.inpainters_condition import (
    measure_family,
    measure_pitch,
    prominence,
)
from timbrush.inpainting.contract import CodeShape
from timbrush.inpainting.transformer import Transformer, TransformerConfig, TransformerSizes

SHAPE = CodeShape(codebook_sizes=(12,), n_rows=(2,), columns_per_coarse=(1,))
BIN_HERTZ = 8.0


class Obedient(Transformer):
    """Answers code f to family f and code p % 12 to pitch p, as sure as ``trust`` says."""

    def __init__(self, trust: float) -> None:
        sizes = TransformerSizes(n_features=4, n_heads=1, n_layers=1, n_code_features=2)
        super().__init__(TransformerConfig(shape=SHAPE, sizes=sizes))
        self.obedience = trust

    def forward(self, codemaps, masks, asked, pitch, family, evidence=None):
        logits = torch.zeros(int(asked[0].sum()), 12)
        if int(family) >= 0:
            logits[:, int(family)] += self.obedience
        if int(pitch) >= 0:
            logits[:, int(pitch) % 12] += self.obedience
        return (logits,)


def labelled():
    families = torch.tensor([0, 1, 2, 3, -1])
    codes = (families.clamp(min=0)[:, None, None].expand(5, 2, 3).clone(),)
    masks = (torch.ones(5, 2, 3) > 0,)
    return codes, masks, families


def test_true_codes_are_likelier_under_their_own_family() -> None:
    codes, masks, families = labelled()
    found = measure_family(Obedient(3.0), codes, masks, families)
    assert found is not None
    bits = found["bits_per_code"]
    assert bits["true"] < bits["untold"] - 1 < bits["wrong"] - 1
    assert found["first"] == 1.0
    assert found["chance"] == 0.25
    assert found["n_sounds"] == 4


def test_who_does_not_listen_gains_nothing() -> None:
    codes, masks, families = labelled()
    found = measure_family(Obedient(0.0), codes, masks, families)
    assert found is not None
    bits = found["bits_per_code"]
    assert bits["true"] == pytest.approx(bits["untold"]) == pytest.approx(bits["wrong"])


def test_labels_of_one_family_say_nothing() -> None:
    codes, masks, families = labelled()
    assert measure_family(Obedient(1.0), codes, masks, families.clamp(max=-1)) is None


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
    def decode(codemaps):
        classes = codemaps[0].flatten(1).mode(dim=1).values
        return comb(60 + classes)

    codes = (torch.zeros(6, 2, 3, dtype=torch.long),)
    pitches = torch.tensor([64, 65, 66, 64, 65, -1])
    found = measure_pitch(Obedient(trust), codes, pitches, decode, BIN_HERTZ)
    assert found is not None and found["n_sounds"] == 5
    gained = found["wished_decibels"] - found["unwished_decibels"]
    assert (gained > 5) == follows
    assert found["nearer"] == 0.0 if not follows else found["nearer"] > 0.5
