"""Strength that grows evenly."""

import pytest
import torch

from timbrush.codemaps import CodeShape
from timbrush.errors import ConfigError
from timbrush.inpainting.counting.floors import Uniform
from timbrush.inpainting.measuring.strength_curve import measure_strength
from timbrush.inpainting.strength import share_to_redraw

CURVE = (0.0, 0.1, 0.15, 0.3, 0.6)


def expected_change(share):
    return float(
        torch.nn.functional.interpolate(
            torch.tensor([[CURVE]]), size=4001, mode="linear", align_corners=True
        )[0, 0, round(share * 4000)]
    )


def test_the_expected_change_is_the_strength_times_the_most():
    for strength in torch.linspace(0, 1, 23).tolist():
        found = expected_change(share_to_redraw(CURVE, strength))
        assert found == pytest.approx(strength * 0.6, abs=1e-3)


def test_the_ends_are_exact_and_it_never_falls():
    for curve in (CURVE, (0.0, 1.0), (0.0, 0.2, 0.2, 0.1), (0.0, 0.0), (0.0, 0.5, 0.5)):
        shares = [share_to_redraw(curve, s / 100) for s in range(101)]
        assert shares[0] == 0.0
        assert shares[-1] == 1.0
        assert shares == sorted(shares)


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_a_strength_out_of_range_is_refused(strength):
    with pytest.raises(ConfigError, match="strength must lie in 0 to 1"):
        share_to_redraw(CURVE, strength)


def test_a_rung_that_hears_nothing_changes_a_share_in_proportion():
    shape = CodeShape.of(codebook_sizes=(4,), n_rows=(8,), columns=(1,))
    codes = (torch.zeros(50, 8, 10, dtype=torch.long),)
    painted = (torch.zeros(50, 8, 10, dtype=torch.bool),)
    painted[0][:, 2:7] = True
    curve = measure_strength(Uniform(shape), codes, painted, n_shares=4)
    assert curve == pytest.approx((0.0, 0.1875, 0.375, 0.5625, 0.75), abs=0.03)
    assert list(curve) == sorted(curve)
