"""The same promises, asked of every inpainter."""

import pytest
import torch

from timbrush.errors import ConfigError
from timbrush.inpainting import registry
from timbrush.inpainting.contract import Condition, Inpainter, Sampling
from timbrush.tensors import Codemaps, Masks

# The noise on a network's confidence decides which codes come first, at any temperature.
WITHOUT_NETWORKS = [name for name in registry.BY_NAME if name not in ("lstm", "transformer")]


def codemaps(
    inpainter: Inpainter, n_columns: int, n_sounds: int = 2, seed: int = 5
) -> Codemaps:
    generator, shape = torch.Generator().manual_seed(seed), inpainter.shape
    return tuple(
        torch.randint(size, (n_sounds, *shape.size(level, n_columns)), generator=generator)
        for level, size in enumerate(shape.codebook_sizes)
    )


def painted(inpainter: Inpainter, codes: Codemaps, first: int, last: int) -> Masks:
    """Mask all patches of some columns but the lowest, and the last level one row less."""
    patches = torch.zeros(len(codes[0]), 3, inpainter.shape.n_columns(codes), dtype=torch.bool)
    patches[:, 1:, first:last] = True
    masks = inpainter.shape.from_patches(patches)
    masks[-1][:, -1] = False
    return masks


def redraw(
    inpainter: Inpainter, codes: Codemaps, masks: Masks, seed: int = 3, **kwargs
) -> Codemaps:
    sampling = kwargs.pop("sampling", Sampling())
    return inpainter.redraw(
        codes,
        masks,
        radius=1.0,
        sampling=sampling,
        generator=torch.Generator().manual_seed(seed),
        **kwargs,
    )


def test_it_is_an_inpainter_under_its_own_name(inpainter, inpainters):
    assert isinstance(inpainter, Inpainter)
    assert inpainters[inpainter.name] is inpainter
    assert inpainter.strength_curve[0] == 0.0


@pytest.mark.parametrize("n_columns", [1, 2, 5, 13])
def test_codes_outside_the_mask_stay_and_those_inside_are_codes(inpainter, n_columns):
    codes = codemaps(inpainter, n_columns)
    masks = painted(inpainter, codes, 0, n_columns)

    redrawn = redraw(inpainter, codes, masks)

    for level, (old, new, mask) in enumerate(zip(codes, redrawn, masks, strict=True)):
        assert new.shape == old.shape
        assert torch.equal(new[~mask], old[~mask])
        assert 0 <= int(new.min()) <= int(new.max()) < inpainter.shape.codebook_sizes[level]


def test_some_codes_inside_the_mask_change(inpainter):
    codes = codemaps(inpainter, 6)
    masks = painted(inpainter, codes, 1, 5)

    redrawn = redraw(inpainter, codes, masks)

    for old, new, mask in zip(codes, redrawn, masks, strict=True):
        assert (old != new)[mask].float().mean() > 0.2


def test_nothing_painted_nothing_changed(inpainter):
    codes = codemaps(inpainter, 4)
    redrawn = redraw(inpainter, codes, tuple(level < 0 for level in codes))
    assert all(torch.equal(old, new) for old, new in zip(codes, redrawn, strict=True))


def test_a_seed_gives_the_same_codes_and_another_seed_others(inpainter):
    codes = codemaps(inpainter, 6)
    masks = painted(inpainter, codes, 1, 5)

    first, again = (
        redraw(inpainter, codes, masks, seed=1),
        redraw(inpainter, codes, masks, seed=1),
    )
    other = redraw(inpainter, codes, masks, seed=2)

    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(first, other, strict=True))


def test_what_is_redrawn_does_not_depend_on_what_was_there(inpainter):
    codes = codemaps(inpainter, 5)
    masks = painted(inpainter, codes, 1, 3)
    other = tuple(
        torch.where(mask, (level + 1) % size, level)
        for level, mask, size in zip(codes, masks, (7, 9), strict=True)
    )

    first, second = redraw(inpainter, codes, masks), redraw(inpainter, other, masks)

    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_codes_beyond_the_context_do_not_matter(inpainter):
    codes = codemaps(inpainter, 20)
    masks = painted(inpainter, codes, 9, 11)
    near = (9 - inpainter.context_columns, 11 + inpainter.context_columns)
    other = codemaps(inpainter, 20, seed=6)
    shape = inpainter.shape
    far = shape.put(other, 0, shape.cut(codes, *near), near[0])

    first, second = redraw(inpainter, codes, masks), redraw(inpainter, far, masks)

    for a, b, mask in zip(first, second, masks, strict=True):
        assert torch.equal(a[mask], b[mask])


def test_its_inputs_are_not_written_to(inpainter):
    codes = codemaps(inpainter, 5)
    masks = painted(inpainter, codes, 1, 4)
    before = tuple(t.clone() for t in (*codes, *masks))

    redraw(inpainter, codes, masks)
    inpainter.log_probabilities(codes, masks, radius=1.0)

    assert all(torch.equal(a, b) for a, b in zip(before, (*codes, *masks), strict=True))


def test_what_it_returns_can_be_written_to(inpainter):
    codes = codemaps(inpainter, 3)
    redrawn = redraw(inpainter, codes, painted(inpainter, codes, 0, 2))
    for level, original in zip(redrawn, codes, strict=True):
        level += 1
        assert int(original.max()) < 9


@pytest.mark.parametrize("n_columns", [1, 4, 11])
def test_the_probabilities_of_a_cell_sum_to_one(inpainter, n_columns):
    codes = codemaps(inpainter, n_columns)
    found = inpainter.log_probabilities(codes, painted(inpainter, codes, 0, 1), radius=1.0)
    for level, log_p, size in zip(codes, found, inpainter.shape.codebook_sizes, strict=True):
        assert log_p.shape == (*level.shape, size)
        torch.testing.assert_close(log_p.exp().sum(dim=3), torch.ones(level.shape))


def test_probabilities_do_not_depend_on_masked_codes(inpainter):
    codes = codemaps(inpainter, 5)
    masks = painted(inpainter, codes, 1, 3)
    other = tuple(
        torch.where(mask, (level + 2) % size, level)
        for level, mask, size in zip(codes, masks, (7, 9), strict=True)
    )
    first = inpainter.log_probabilities(codes, masks, radius=1.0)
    second = inpainter.log_probabilities(other, masks, radius=1.0)
    for a, b in zip(first, second, strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize("level", [0, 1])
def test_a_cell_that_is_not_masked_is_judged_without_itself(inpainter, level):
    codes = codemaps(inpainter, 4, n_sounds=1)
    nothing = tuple(codemap < 0 for codemap in codes)
    changed = tuple(codemap.clone() for codemap in codes)
    changed[level][0, 1, 2] = (changed[level][0, 1, 2] + 1) % 7

    first = inpainter.log_probabilities(codes, nothing, radius=1.0)[level][0, 1, 2]
    second = inpainter.log_probabilities(changed, nothing, radius=1.0)[level][0, 1, 2]

    torch.testing.assert_close(first, second)


def test_a_condition_changes_what_is_drawn_where_an_inpainter_listens(inpainter):
    codes = codemaps(inpainter, 6)
    masks = painted(inpainter, codes, 1, 5)
    strict = Condition(pitch=60, family="flute", guidance=5.0)

    free, asked = (
        redraw(inpainter, codes, masks),
        redraw(inpainter, codes, masks, condition=strict),
    )

    same = all(torch.equal(a, b) for a, b in zip(free, asked, strict=True))
    assert same != inpainter.listens
    assert all(
        torch.equal(a[~mask], b[~mask]) for a, b, mask in zip(asked, codes, masks, strict=True)
    )
    assert inpainter.listens == (inpainter.name in ("naive-bayes", "personal"))


@pytest.mark.parametrize("inpainter", WITHOUT_NETWORKS, indirect=True)
def test_temperature_zero_needs_no_luck(inpainter):
    codes = codemaps(inpainter, 4)
    masks = painted(inpainter, codes, 1, 3)
    cold = Sampling(temperature=0.0)
    first = redraw(inpainter, codes, masks, seed=1, sampling=cold)
    second = redraw(inpainter, codes, masks, seed=2, sampling=cold)
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
