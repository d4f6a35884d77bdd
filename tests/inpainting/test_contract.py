"""The same promises, asked of every inpainter."""

import pytest
import torch

from timbrush.errors import ConfigError
from timbrush.inpainting.contract import Condition, Inpainter, Sampling
from timbrush.tensors import Codemaps, Masks


def codemaps(n_columns: int, n_sounds: int = 2, seed: int = 5) -> Codemaps:
    generator = torch.Generator().manual_seed(seed)
    return tuple(
        torch.randint(size, (n_sounds, rows, ratio * n_columns), generator=generator)
        for size, rows, ratio in ((7, 3, 1), (9, 6, 2))
    )


def painted(codes: Codemaps, first: int, last: int) -> Masks:
    masks = tuple(torch.zeros_like(level, dtype=torch.bool) for level in codes)
    masks[0][:, 1:, first:last] = True
    masks[1][:, 2:5, 2 * first : 2 * last] = True
    return masks


def redraw(rung: Inpainter, codes: Codemaps, masks: Masks, seed: int = 3, **kwargs) -> Codemaps:
    sampling = kwargs.pop("sampling", Sampling())
    return rung.redraw(
        codes,
        masks,
        radius=1.0,
        sampling=sampling,
        generator=torch.Generator().manual_seed(seed),
        **kwargs,
    )


def test_it_is_an_inpainter_under_its_own_name(rung, rungs):
    assert isinstance(rung, Inpainter)
    assert rungs[rung.name] is rung
    assert rung.strength_curve[0] == 0.0


@pytest.mark.parametrize("n_columns", [1, 2, 5, 13])
def test_codes_outside_the_mask_stay_and_those_inside_are_codes(rung, n_columns):
    codes = codemaps(n_columns)
    masks = painted(codes, 0, n_columns)

    redrawn = redraw(rung, codes, masks)

    for level, (old, new, mask) in enumerate(zip(codes, redrawn, masks, strict=True)):
        assert new.shape == old.shape
        assert torch.equal(new[~mask], old[~mask])
        assert 0 <= int(new.min()) <= int(new.max()) < rung.shape.codebook_sizes[level]


def test_some_codes_inside_the_mask_change(rung):
    codes = codemaps(6)
    masks = painted(codes, 1, 5)

    redrawn = redraw(rung, codes, masks)

    for old, new, mask in zip(codes, redrawn, masks, strict=True):
        assert (old != new)[mask].float().mean() > 0.2


def test_nothing_painted_nothing_changed(rung):
    codes = codemaps(4)
    redrawn = redraw(rung, codes, tuple(level < 0 for level in codes))
    assert all(torch.equal(old, new) for old, new in zip(codes, redrawn, strict=True))


def test_a_seed_gives_the_same_codes_and_another_seed_others(rung):
    codes = codemaps(6)
    masks = painted(codes, 1, 5)

    first, again = redraw(rung, codes, masks, seed=1), redraw(rung, codes, masks, seed=1)
    other = redraw(rung, codes, masks, seed=2)

    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(first, other, strict=True))


def test_what_is_redrawn_does_not_depend_on_what_was_there(rung):
    codes = codemaps(5)
    masks = painted(codes, 1, 3)
    other = tuple(
        torch.where(mask, (level + 1) % size, level)
        for level, mask, size in zip(codes, masks, (7, 9), strict=True)
    )

    first, second = redraw(rung, codes, masks), redraw(rung, other, masks)

    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_codes_beyond_the_context_do_not_matter(rung):
    codes = codemaps(20)
    masks = painted(codes, 9, 11)
    near = (9 - rung.context_columns, 11 + rung.context_columns)
    other = codemaps(20, seed=6)
    far = tuple(
        torch.cat(
            [b[..., : near[0] * r], a[..., near[0] * r : near[1] * r], b[..., near[1] * r :]],
            dim=2,
        )
        for a, b, r in zip(codes, other, (1, 2), strict=True)
    )

    first, second = redraw(rung, codes, masks), redraw(rung, far, masks)

    for a, b, mask in zip(first, second, masks, strict=True):
        assert torch.equal(a[mask], b[mask])


def test_its_inputs_are_not_written_to(rung):
    codes = codemaps(5)
    masks = painted(codes, 1, 4)
    before = tuple(t.clone() for t in (*codes, *masks))

    redraw(rung, codes, masks)
    rung.log_probabilities(codes, masks, radius=1.0)

    assert all(torch.equal(a, b) for a, b in zip(before, (*codes, *masks), strict=True))


def test_what_it_answers_can_be_written_to(rung):
    codes = codemaps(3)
    redrawn = redraw(rung, codes, painted(codes, 0, 2))
    for level, original in zip(redrawn, codes, strict=True):
        level += 1
        assert int(original.max()) < 9


@pytest.mark.parametrize("n_columns", [1, 4, 11])
def test_the_probabilities_of_a_cell_sum_to_one(rung, n_columns):
    codes = codemaps(n_columns)
    found = rung.log_probabilities(codes, painted(codes, 0, 1), radius=1.0)
    for level, log_p, size in zip(codes, found, rung.shape.codebook_sizes, strict=True):
        assert log_p.shape == (*level.shape, size)
        torch.testing.assert_close(log_p.exp().sum(dim=3), torch.ones(level.shape))


def test_probabilities_do_not_depend_on_masked_codes(rung):
    codes = codemaps(5)
    masks = painted(codes, 1, 3)
    other = tuple(
        torch.where(mask, (level + 2) % size, level)
        for level, mask, size in zip(codes, masks, (7, 9), strict=True)
    )
    first = rung.log_probabilities(codes, masks, radius=1.0)
    second = rung.log_probabilities(other, masks, radius=1.0)
    for a, b in zip(first, second, strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize("level", [0, 1])
def test_a_cell_that_is_not_masked_is_judged_without_itself(rung, level):
    codes = codemaps(4, n_sounds=1)
    nothing = tuple(codemap < 0 for codemap in codes)
    changed = tuple(codemap.clone() for codemap in codes)
    changed[level][0, 1, 2] = (changed[level][0, 1, 2] + 1) % 7

    first = rung.log_probabilities(codes, nothing, radius=1.0)[level][0, 1, 2]
    second = rung.log_probabilities(changed, nothing, radius=1.0)[level][0, 1, 2]

    torch.testing.assert_close(first, second)


def test_every_rung_takes_a_condition(rung):
    codes = codemaps(3)
    wish = Condition(pitch=60, family="flute")
    redraw(rung, codes, painted(codes, 0, 2), condition=wish)


def test_temperature_zero_needs_no_luck(rung):
    if rung.name in ("lstm", "transformer"):
        pytest.skip("the noise on their confidence decides which codes come first")
    codes = codemaps(4)
    masks = painted(codes, 1, 3)
    cold = Sampling(temperature=0.0)
    first = redraw(rung, codes, masks, seed=1, sampling=cold)
    second = redraw(rung, codes, masks, seed=2, sampling=cold)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperature": -0.1}, "temperature must lie in 0 to 100, got -0.1"),
        ({"temperature": float("nan")}, "temperature must lie"),
        ({"top_k": -1}, r"top_k must lie in 0 \(all\) to"),
        ({"top_p": 0.0}, "top_p must lie above 0"),
        ({"top_p": 1.1}, "top_p must lie above 0"),
    ],
)
def test_sampling_that_cannot_be_is_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        Sampling(**settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"pitch": 128}, "MIDI note"),
        ({"family": "kazoo"}, "bass, brass.*got 'kazoo'"),
        ({"guidance": -0.1}, "guidance must lie in 0 to 100, got -0.1"),
        ({"guidance": float("nan")}, "guidance must lie"),
    ],
)
def test_a_condition_that_cannot_be_is_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        Condition(**settings)
