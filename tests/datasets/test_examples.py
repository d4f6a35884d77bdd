"""Several data sets as one."""

import pytest
import torch

from timbrush.datasets.examples import Example, Joined, Sounds


class Numbered:
    """Sounds whose only sample is their number."""

    sample_rate = 8000

    def __init__(self, numbers: range) -> None:
        self.numbers = numbers

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, index: int) -> Example:
        return Example(torch.tensor([float(self.numbers[index])]), 60, 0, str(index))


JOINED = Joined([Numbered(range(3)), Numbered(range(3, 4)), Numbered(range(4, 9))])


def test_joined_sounds_come_one_set_after_the_other() -> None:
    assert isinstance(JOINED, Sounds)
    assert len(JOINED) == 9
    assert [int(JOINED[index].waveform) for index in range(9)] == list(range(9))
    assert JOINED.sample_rate == 8000


@pytest.mark.parametrize("index", [-1, 9])
def test_there_is_nothing_beyond_the_last(index: int) -> None:
    with pytest.raises(IndexError, match="of 9 sounds"):
        JOINED[index]
