from itertools import pairwise

import pytest
import torch

from timbrush.codemaps import CodeShape
from timbrush.effect.actions.redrawing import blur, choose
from timbrush.effect.stroke import Stroke
from timbrush.errors import StrokeError
from timbrush.inpainting.contract import Condition
from timbrush.inpainting.counting.floors import Uniform
from timbrush.inpainting.registry import without_file

SHAPE = CodeShape.of(codebook_sizes=(64, 64), n_rows=(4, 8), columns=(1, 2))
UNIFORM = without_file(SHAPE)["uniform"]


def codemaps(n_channels=1, n_columns=50):
    generator = torch.Generator().manual_seed(0)
    return tuple(
        torch.randint(64, (n_channels, rows, n_columns * scale), generator=generator)
        for rows, scale in ((4, 1), (8, 2))
    )


def ones(n_columns=50):
    return torch.ones(4, n_columns), torch.ones(8, 2 * n_columns)


def share_changed(strength, seed=0):
    before = codemaps()
    after = blur(before, ones(), Stroke(strength=strength, seed=seed), UNIFORM)
    both = list(zip(before, after, strict=True))
    return sum(int((a != b).sum()) for a, b in both) / sum(a.numel() for a, _ in both)


def test_the_share_that_changes_grows_evenly_with_strength():
    for strength in (0.2, 0.4, 0.6, 0.8, 1.0):
        shares = [share_changed(strength, seed) for seed in range(8)]
        assert sum(shares) / 8 == pytest.approx(strength * 63 / 64, abs=0.03)
    assert share_changed(0.0) == 0.0


@pytest.mark.parametrize("seed", range(5))
def test_cells_of_a_weaker_stroke_are_among_those_of_a_stronger_one(seed):
    masks = [choose(ones(), Stroke(strength=s / 10, seed=seed), UNIFORM) for s in range(11)]

    for weaker, stronger in pairwise(masks):
        for less, more in zip(weaker, stronger, strict=True):
            assert not (less & ~more).any()
    assert not any(mask.any() for mask in masks[0])
    assert all(mask.all() for mask in masks[-1])


def test_only_painted_cells_change_wherever_they_lie_in_the_window():
    before = codemaps()
    weights = tuple(torch.ones(rows, columns) for rows, columns in ((4, 3), (8, 6)))
    weights[0][0] = 0

    after = blur(before, weights, Stroke(), UNIFORM, first_column=20)

    changed = [old != new for old, new in zip(before, after, strict=True)]
    assert changed[0][0, 1:, 20:23].float().mean() > 0.5
    for mask, span in zip(changed, (slice(20, 23), slice(40, 46)), strict=True):
        mask[:, :, span] = False
        assert not mask.any()
    assert torch.equal(after[0][0, 0], before[0][0, 0])


def test_what_is_painted_does_not_depend_on_what_comes_after_it():
    weights = tuple(torch.ones(rows, columns) for rows, columns in ((4, 3), (8, 6)))
    short = blur(codemaps(n_columns=9), weights, Stroke(seed=4), UNIFORM, first_column=3)
    long = blur(codemaps(n_columns=40), weights, Stroke(seed=4), UNIFORM, first_column=3)

    assert torch.equal(short[0][:, :, 3:6], long[0][:, :, 3:6])
    assert torch.equal(short[1][:, :, 6:12], long[1][:, :, 6:12])


def test_a_soft_weight_is_a_lower_chance():
    weights = tuple(level * 0.3 for level in ones())

    masks = choose(weights, Stroke(), UNIFORM)

    share = sum(int(mask.sum()) for mask in masks) / sum(mask.numel() for mask in masks)
    assert share == pytest.approx(0.3, abs=0.05)


def test_repeating_redraws_again():
    once = blur(codemaps(), ones(), Stroke(strength=0.5), UNIFORM)
    often = blur(codemaps(), ones(), Stroke(strength=0.5, repeat=4), UNIFORM)

    before = codemaps()[1]
    assert (often[1] != before).float().mean() > 1.5 * (once[1] != before).float().mean()


def test_channels_get_the_same_cells_and_the_same_luck():
    two = codemaps(n_channels=2)

    after = blur(two, ones(), Stroke(), UNIFORM)

    assert torch.equal(after[0][0], after[0][1])


def test_the_codes_that_came_in_are_not_written_to():
    before = codemaps()

    blur(before, ones(), Stroke(), UNIFORM)

    assert all(torch.equal(a, b) for a, b in zip(before, codemaps(), strict=True))


def test_the_rung_is_told_what_the_stroke_wishes():
    heard = []

    class Listener(Uniform):
        def condition_scores(self, level, condition):
            heard.append(condition)

    stroke = Stroke(family="flute", pitch=60, guidance=4)
    blur(codemaps(), ones(), stroke, Listener(UNIFORM.shape))
    assert set(heard) == {Condition(family="flute", pitch=60, guidance=4.0)}


def test_a_family_that_nobody_plays_is_one_plain_line():
    with pytest.raises(StrokeError, match="family must be one of bass"):
        blur(codemaps(), ones(), Stroke(family="kazoo"), UNIFORM)
