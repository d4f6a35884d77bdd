"""Shapes of codemaps, their verbs against loops over cells, and what earlier versions wrote."""

from fractions import Fraction
from pathlib import Path

import pytest
import safetensors
import torch

from timbrush import checkpoints
from timbrush.codemaps import CodeShape, LevelShape
from timbrush.config import from_dict, to_dict
from timbrush.errors import CheckpointError, ConfigError


def shape_of(n_patch_rows: int, *cells: tuple[int, int]) -> CodeShape:
    levels = (
        LevelShape(name=f"level {n}", rows=rows, columns=columns, codebook_size=50 + n)
        for n, (rows, columns) in enumerate(cells)
    )
    return CodeShape(n_patch_rows=n_patch_rows, levels=tuple(levels))


NOTES = shape_of(3, (1, 1), (2, 2))
CROSSED = shape_of(2, (1, 4), (6, 1))
SHAPES = [
    shape_of(5, (1, 1)),
    NOTES,
    CROSSED,
    shape_of(2, (6, 1), (1, 4)),
    shape_of(2, (1, 3), (1, 1)),
    shape_of(3, (1, 1), (2, 2), (4, 6)),
    shape_of(1, (2, 4), (1, 2), (6, 1)),
]
each_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)


def drawn(shape: CodeShape, n_columns: int, *, seed: int = 0) -> tuple[torch.Tensor, ...]:
    generator = torch.Generator().manual_seed(seed)
    return tuple(
        torch.randint(0, 50, (2, *shape.size(level, n_columns)), generator=generator)
        for level in range(shape.n_levels)
    )


def overlaps(shape: CodeShape, cell: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    """Return whether two cells, each (level, row, column), share more than a border."""
    spans = []
    for level, *place in (cell, other):
        per_patch = (shape.levels[level].rows, shape.levels[level].columns)
        spans.append(
            [
                (Fraction(p, n), Fraction(p + 1, n))
                for p, n in zip(place, per_patch, strict=True)
            ]
        )
    return all(max(a[0], b[0]) < min(a[1], b[1]) for a, b in zip(*spans, strict=True))


@each_shape
def test_codes_are_cut_by_the_patch_column_in_which_they_begin(shape: CodeShape) -> None:
    whole = drawn(shape, 5)

    parts = shape.cut(whole, 1, 4)

    assert shape.n_columns(whole) == 5
    assert shape.n_columns(parts) == 3
    for level, part, codes in zip(shape.levels, parts, whole, strict=True):
        kept = [c for c in range(codes.shape[2]) if 1 <= Fraction(c, level.columns) < 4]
        assert torch.equal(part, codes[:, :, kept])


@each_shape
@pytest.mark.parametrize("other_at", [0, 2, 3, 4, 6, 8, 9])
def test_codes_are_put_where_two_windows_overlap_and_nowhere_else(
    shape: CodeShape, other_at: int
) -> None:
    window, other = drawn(shape, 4), drawn(shape, 3, seed=1)
    before = [codes.clone() for codes in window]

    found = shape.put(window, 4, other, other_at)

    for level, codes, old, new in zip(shape.levels, found, before, other, strict=True):
        wanted = old.clone()
        for column in range(4 * level.columns):
            there = column + (4 - other_at) * level.columns
            if 0 <= there < new.shape[2]:
                wanted[:, :, column] = new[:, :, there]
        assert torch.equal(codes, wanted)
    assert all(torch.equal(a, b) for a, b in zip(window, before, strict=True))


@each_shape
def test_masks_and_weights_are_placed_in_a_wider_window(shape: CodeShape) -> None:
    codes = drawn(shape, 2)
    for parts in (tuple(c > 20 for c in codes), tuple(c[0].double() for c in codes)):
        found = shape.place(parts, 3, 6)

        assert shape.n_columns(found) == 6
        assert all(
            torch.equal(a, b) for a, b in zip(shape.cut(found, 3, 5), parts, strict=True)
        )
        total = sum(float(part.sum()) for part in parts)
        assert sum(float(part.sum()) for part in found) == total > 0
        assert found[0].dtype == parts[0].dtype


@each_shape
def test_a_mask_spreads_to_every_cell_that_overlaps_a_masked_one(shape: CodeShape) -> None:
    masks = tuple(codes < 12 for codes in drawn(shape, 3))
    for level in range(shape.n_levels):
        for other in range(shape.n_levels):
            found = shape.spread(masks[level], level, other)

            wanted = torch.zeros(2, *shape.size(other, 3), dtype=torch.bool)
            for sound, *cell in masks[level].nonzero().tolist():
                for place in wanted[0].new_ones(wanted[0].shape).nonzero().tolist():
                    if overlaps(shape, (level, *cell), (other, *place)):
                        wanted[(sound, *place)] = True
            assert torch.equal(found, wanted)


@each_shape
def test_a_cell_overlaps_as_many_cells_of_another_level_as_it_says(shape: CodeShape) -> None:
    for level in range(shape.n_levels):
        for other in range(shape.n_levels):
            rows, columns = shape.overlap(level, other)
            for cell in torch.ones(shape.size(level, 2)).nonzero().tolist():
                places = [
                    place
                    for place in torch.ones(shape.size(other, 2)).nonzero().tolist()
                    if overlaps(shape, (level, *cell), (other, *place))
                ]
                assert len({row for row, _ in places}) == rows
                assert len({column for _, column in places}) == columns


@each_shape
def test_a_value_of_each_patch_reaches_all_cells_in_it(shape: CodeShape) -> None:
    patches = torch.arange(shape.n_patch_rows * 4).view(1, shape.n_patch_rows, 4)

    found = shape.from_patches(patches)

    for level, cells in zip(shape.levels, found, strict=True):
        for _, row, column in torch.ones_like(cells).nonzero().tolist():
            patch = patches[0, row // level.rows, column // level.columns]
            assert cells[0, row, column] == patch
    assert [tuple(cells.shape[1:]) for cells in found] == [
        shape.size(level, 4) for level in range(shape.n_levels)
    ]


@each_shape
def test_the_span_of_masks_is_the_patch_columns_that_hold_them(shape: CodeShape) -> None:
    masks = tuple(torch.zeros_like(codes, dtype=torch.bool) for codes in drawn(shape, 7))
    assert shape.span(masks) == (0, 0)

    last = shape.n_levels - 1
    masks[last][1, 0, 3 * shape.levels[last].columns - 1] = True
    assert shape.span(masks) == (2, 3)
    masks[0][0, 0, 5 * shape.levels[0].columns] = True
    assert shape.span(masks) == (2, 6)
    assert shape.span(tuple(mask[0] for mask in masks)) == (5, 6)


@each_shape
def test_empty_codemaps_fit_their_shape(shape: CodeShape) -> None:
    empty = shape.empty(3, 2)

    shape.check(empty)
    assert [tuple(codes.shape) for codes in empty] == [
        (3, *shape.size(level, 2)) for level in range(shape.n_levels)
    ]
    assert not any(bool(codes.any()) for codes in empty)


def test_codemaps_of_another_shape_are_refused_by_the_name_of_their_level() -> None:
    CROSSED.check(drawn(CROSSED, 3))
    rhythm, timbre = drawn(CROSSED, 3)
    for broken, message in [
        ((rhythm,), "expected 2 levels"),
        ((rhythm[:, :, 1:], timbre), "expected level 0 codes of 2 rows and 8 columns"),
        ((rhythm, timbre[:, 1:]), "expected level 1 codes of 12 rows and 3 columns"),
        ((rhythm, timbre[:, :, 1:]), "level 1 codes of 12 rows and 3 columns"),
        ((rhythm + 1, timbre), "level 0 codes from 0 to 49, got .* to 50"),
        ((rhythm, timbre - 50), "level 1 codes from 0 to 50, got -50"),
    ]:
        with pytest.raises(CheckpointError, match=message):
            CROSSED.check(broken)


def test_a_shape_is_found_from_sizes_of_codemaps() -> None:
    notes = CodeShape.of(codebook_sizes=(512, 256), n_rows=(16, 32), columns=(3, 6))
    wide = CodeShape.of(
        codebook_sizes=(64, 9), n_rows=(8, 48), columns=(4, 1), names=("rhythm", "timbre")
    )

    assert (notes.n_patch_rows, notes.names) == (16, ("coarse", "fine"))
    assert [(level.rows, level.columns) for level in notes.levels] == [(1, 1), (2, 2)]
    assert wide.n_patch_rows == 8
    assert [(level.rows, level.columns) for level in wide.levels] == [(1, 4), (6, 1)]
    assert (wide.bits_per_code, wide.codebook_sizes) == ((6, 4), (64, 9))
    assert (wide.n_rows, wide.columns_per_patch) == ((8, 48), (4, 1))
    assert LevelShape(name="one", rows=1, columns=1, codebook_size=1).bits_per_code == 1


@pytest.mark.parametrize(
    ("n_patch_rows", "cells", "message"),
    [
        (0, [(1, 1)], "at least one patch row"),
        (1, [], "at least one patch row and one level"),
        (1, [(0, 1)], "at least 1"),
        (1, [(1, 2)], "of the columns .* the fewest must be 1"),
        (1, [(2, 1), (4, 1)], "of the rows"),
        (1, [(1, 1), (2, 1), (3, 1)], "must divide"),
    ],
)
def test_shapes_that_cannot_be_are_refused(
    n_patch_rows: int, cells: list[tuple[int, int]], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        shape_of(n_patch_rows, *cells)


def test_levels_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigError, match="different names"):
        CodeShape.of(codebook_sizes=(2, 2), n_rows=(1, 1), columns=(1, 1), names=("a", "a"))


@pytest.mark.parametrize(
    "sizes",
    [
        {"codebook_sizes": (), "n_rows": (), "columns": ()},
        {"codebook_sizes": (2, 2), "n_rows": (1, 1), "columns": (1,)},
        {"codebook_sizes": (2,), "n_rows": (0,), "columns": (1,)},
        {"codebook_sizes": (0,), "n_rows": (1,), "columns": (1,)},
    ],
)
def test_sizes_that_are_no_shape_are_refused(sizes: dict[str, tuple[int, ...]]) -> None:
    with pytest.raises(ConfigError):
        CodeShape.of(**sizes)


@each_shape
def test_a_shape_comes_back_from_plain_values(shape: CodeShape) -> None:
    assert from_dict(CodeShape, to_dict(shape)) == shape


def test_a_shape_as_earlier_versions_wrote_it_is_read() -> None:
    former = {"codebook_sizes": [512, 9], "n_rows": [16, 32], "columns_per_coarse": [1, 2]}

    found = from_dict(CodeShape, former)

    assert found == CodeShape.of(codebook_sizes=(512, 9), n_rows=(16, 32), columns=(1, 2))
    for broken in ({**former, "n_rows": "x"}, {**former, "n_rows": [16, 40]}, {"n_rows": [1]}):
        with pytest.raises(ConfigError):
            from_dict(CodeShape, broken)


def test_shipped_models_still_say_their_shape_in_the_former_way_and_are_read() -> None:
    path = Path(checkpoints.__file__).parent / "weights" / "notes" / "naive-bayes.safetensors"
    with safetensors.safe_open(path, framework="pt") as file:
        assert "columns_per_coarse" in file.metadata()["timbrush"]

    config = checkpoints.read_inpainter_config(path)

    assert config.counts.shape.names == ("coarse", "fine")
    assert config.counts.shape.n_rows == (16, 32)
