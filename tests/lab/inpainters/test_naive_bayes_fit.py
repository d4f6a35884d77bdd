"""The comparison with scikit-learn finds equal models equal, and unequal ones not."""

import pytest
import torch

from timbrush.codemaps import CodeShape
from timbrush_lab.inpainters import naive_bayes_fit
from timbrush_lab.inpainters.naive_bayes_fit import compare_fits

SHAPE = CodeShape.of(codebook_sizes=(6, 8), n_rows=(3, 6), columns=(1, 2))


def codes():
    generator = torch.Generator().manual_seed(0)
    coarse = torch.randint(5, (30, 3, 4), generator=generator)  # code 5 never comes
    noise = torch.randint(3, (30, 6, 8), generator=generator)
    return coarse, coarse.repeat_interleave(2, 1).repeat_interleave(2, 2) + noise


def test_both_answer_the_same() -> None:
    values = compare_fits(codes(), SHAPE)
    assert values["n_codes"] == 30 * (12 + 48)
    assert values["largest_difference"] < 1e-5
    assert values["times_as_fast"] == pytest.approx(
        values["scikit_learn_cpu_seconds"] / values["cpu_seconds"]
    )


def test_a_smaller_radius_is_another_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naive_bayes_fit, "even_weights", lambda shape: ())
    assert compare_fits(codes(), SHAPE)["largest_difference"] > 0.1
