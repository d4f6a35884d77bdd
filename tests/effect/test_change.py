from itertools import pairwise

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from timbrush.effect.change import Change, join, pieces


def test_a_change_returns_what_lies_between_two_samples():
    added = np.arange(10, dtype=np.float32)[None]
    change = Change(100, added, 0, ())

    for first in range(90, 115):
        for last in range(first, 116):
            start, part = change.between(first, last)

            whole = np.zeros(last - first, dtype=np.float32)
            whole[start : start + part.shape[1]] += part[0]
            expected = [max(0, i - 100) if i < 110 else 0 for i in range(first, last)]
            assert whole.tolist() == expected


@given(touched=st.lists(st.integers(0, 399), min_size=1), size=st.integers(2, 70))
def test_pieces_hold_all_that_is_replaced_and_overlap_by_a_column(touched, size):
    replaced = torch.zeros(2, 5, 400 * 4, dtype=torch.bool)
    for column in touched:
        replaced[column % 2, column % 5, column * 4 + column % 4] = True

    found = list(pieces(replaced, 4, size))

    columns = [set(range(first, last)) for first, last in found]
    assert set(touched) <= set().union(*columns)
    assert all(len(piece) <= size + 1 for piece in columns)
    assert all({piece[0], piece[1] - 1} <= set(touched) for piece in found)
    for before, after in pairwise(found):
        assert after[0] >= before[1] - 1
        assert after[1] > before[1]
        if before[1] in touched and before[1] - 1 in touched:
            assert after[0] == before[1] - 1


def test_joined_changes_add_what_each_adds_in_turn():
    random = np.random.default_rng(0)
    parts = [(100, 30), (120, 20), (160, 10)]
    changes = [
        Change(first, random.standard_normal((2, length)).astype(np.float32), 3, ())
        for first, length in parts
    ]

    joined = join(changes)

    expected = np.zeros((2, 200), np.float32)
    for change in changes:
        expected[:, change.first_sample : change.last_sample] += change.added
    assert (joined.first_sample, joined.last_sample, joined.first_column) == (100, 170, 3)
    assert np.array_equal(joined.added, expected[:, 100:170])
