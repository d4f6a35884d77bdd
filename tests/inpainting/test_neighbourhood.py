"""Neighbours and colours against plain loops."""

import math

import torch

from timbrush.codemaps import CodeShape
from timbrush.inpainting.neighbourhood import N_COLOURS, OFFSETS, Layout, colours, distances

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
