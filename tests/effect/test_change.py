from itertools import pairwise

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from timbrush.effect.change import Change, pieces


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
    is_touched = torch.zeros(400, dtype=torch.bool)
    is_touched[touched] = True

    found = list(pieces(is_touched, size))

    columns = [set(range(first, last)) for first, last in found]
    assert set(touched) <= set().union(*columns)
    assert all(len(piece) <= size + 1 for piece in columns)
    assert all({piece[0], piece[1] - 1} <= set(touched) for piece in found)
    for before, after in pairwise(found):
        assert after[0] >= before[1] - 1
        assert after[1] > before[1]
        if before[1] in touched and before[1] - 1 in touched:
            assert after[0] == before[1] - 1
