import numpy as np
import torch

from timbrush.effect.patch import Patch, put


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
