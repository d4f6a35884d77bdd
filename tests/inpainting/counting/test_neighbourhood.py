"""Neighbours and colours against plain loops."""

import math
from fractions import Fraction

import pytest
import torch

from timbrush.codemaps import CodeShape
from timbrush.inpainting.counting.neighbourhood import (
    N_COLOURS,
    OFFSETS,
    Layout,
    colours,
    distances,
)

SHAPE = CodeShape.of(codebook_sizes=(4, 5), n_rows=(2, 6), columns=(1, 2))


def test_slots_number_all_cells_of_all_levels_and_what_is_outside():
    layout = Layout(shape=SHAPE, n_columns=3)
    slots = []
    for level in range(2):
        for row in range(SHAPE.n_rows[level]):
            for column in range(layout.columns(level)):
                slots.append(int(layout.slots(level, torch.tensor(row), torch.tensor(column))))
        slots_outside = layout.slots(level, torch.tensor([-1, 0]), torch.tensor([0, 99]))
        assert slots_outside.tolist() == [42 + level] * 2
    assert slots == list(range(42))
    assert layout.stride == 44


def test_parents_and_children_find_each_other():
    layout = Layout(shape=SHAPE, n_columns=3)
    for row in range(6):
        for column in range(6):
            fine = layout.neighbours(1, torch.tensor([row]), torch.tensor([column]))
            parent = int(fine[0, -1])
            assert parent == (row // 3) * 3 + column // 2
            coarse = layout.neighbours(
                0, torch.tensor([parent // 3]), torch.tensor([parent % 3])
            )
            own = int(layout.slots(1, torch.tensor(row), torch.tensor(column)))
            assert int(coarse[0, 12 + (row % 3) * 2 + column % 2]) == own


def middle(shape, level, row, column):
    """Return the middle of a cell, in patches."""
    cells = shape.levels[level]
    return Fraction(2 * row + 1, 2 * cells.rows), Fraction(2 * column + 1, 2 * cells.columns)


@pytest.mark.parametrize(
    "cells",
    [
        ((1, 1), (3, 2)),
        ((1, 4), (6, 1)),
        ((6, 1), (1, 4)),
        ((1, 1), (2, 2), (4, 2)),
        ((2, 1), (2, 2), (1, 4)),
    ],
)
def test_neighbours_on_other_levels_are_the_cells_that_overlap(cells):
    shape = CodeShape.of(
        codebook_sizes=[9] * len(cells),
        n_rows=[2 * rows for rows, _ in cells],
        columns=[columns for _, columns in cells],
    )
    layout, levels = Layout(shape=shape, n_columns=3), range(shape.n_levels)
    places = {
        int(layout.slots(level, torch.tensor(row), torch.tensor(column))): (level, row, column)
        for level in levels
        for row in range(shape.n_rows[level])
        for column in range(layout.columns(level))
    }
    for level, row, column in places.values():
        mine = shape.levels[level]
        found = layout.neighbours(level, torch.tensor([row]), torch.tensor([column]))[0, 12:]
        wanted, far = [], []
        for place in places.values():
            theirs = shape.levels[place[0]]
            pairs = zip(middle(shape, level, row, column), middle(shape, *place), strict=True)
            down, right = (abs(a - b) for a, b in pairs)
            overlaps = 2 * down < Fraction(1, mine.rows) + Fraction(
                1, theirs.rows
            ) and 2 * right < Fraction(1, mine.columns) + Fraction(1, theirs.columns)
            if place[0] == level or not overlaps:
                continue
            wanted.append(place)
            down = float(down * mine.rows) if theirs.rows > mine.rows else 0.0
            right = float(right * mine.columns) if theirs.columns > mine.columns else 0.0
            larger = theirs.rows < mine.rows or theirs.columns < mine.columns
            far.append(math.hypot(down, right, 0.5 if larger else 0.0))
        assert [places[slot] for slot in found.tolist()] == wanted
        assert distances(shape, level)[12:] == pytest.approx(far)


def test_a_parent_is_half_a_cell_away_and_children_as_far_as_they_lie():
    assert distances(SHAPE, 1)[12:] == (0.5,)
    assert distances(SHAPE, 0)[12:] == tuple(
        math.hypot((row + 0.5) / 3 - 0.5, (column + 0.5) / 2 - 0.5)
        for row in range(3)
        for column in range(2)
    )


def test_distances_are_those_of_the_neighbours():
    found = distances(SHAPE, 1)
    assert len(found) == 13
    assert found[:4] == (1.0, 1.0, 1.0, 1.0)
    assert math.isclose(found[4], math.sqrt(2))
    assert len(distances(SHAPE, 0)) == 12 + 6
    assert math.isclose(distances(SHAPE, 0)[12], math.hypot(1 / 3, 1 / 4))


def test_no_cell_has_the_colour_of_a_neighbour():
    rows, columns = (
        grid.flatten() for grid in torch.meshgrid(*[torch.arange(9)] * 2, indexing="ij")
    )
    own = colours(rows, columns)
    for down, right in OFFSETS:
        assert bool((colours(rows + down, columns + right) != own).all())
    assert set(own.tolist()) == set(range(N_COLOURS))
