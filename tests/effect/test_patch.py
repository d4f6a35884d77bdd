from itertools import pairwise

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from timbrush.effect.patch import Patch, join, pieces, put


def test_a_patch_answers_what_lies_between_two_samples():
    change = np.arange(10, dtype=np.float32)[None]
    patch = Patch(100, change, 0, ())

    for first in range(90, 115):
        for last in range(first, 116):
            start, part = patch.between(first, last)

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


def test_joined_patches_change_what_each_does_in_turn():
    random = np.random.default_rng(0)
    parts = [(100, 30), (120, 20), (160, 10)]
    patches = [
        Patch(first, random.standard_normal((2, length)).astype(np.float32), 3, ())
        for first, length in parts
    ]

    joined = join(patches)

    expected = np.zeros((2, 200), np.float32)
    for patch in patches:
        expected[:, patch.first_sample : patch.last_sample] += patch.change
    assert (joined.first_sample, joined.last_sample, joined.first_column) == (100, 170, 3)
    assert np.array_equal(joined.change, expected[:, 100:170])


def test_codes_are_put_where_two_windows_overlap():
    window = (torch.zeros(1, 2, 5, dtype=torch.int64), torch.zeros(1, 4, 10, dtype=torch.int64))
    sizes = ((2, 3), (4, 6))
    other = tuple(torch.ones(1, *size, dtype=torch.int64) for size in sizes)

    for at in range(12):
        coarse, fine = put(window, 4, other, at)

        expected = [int(at <= column < at + 3) for column in range(4, 9)]
        assert coarse[0, 0].tolist() == expected
        assert fine[0, 3].tolist() == [code for code in expected for _ in range(2)]
    assert not window[0].any()
