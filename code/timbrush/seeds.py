"""Numbers that name a draw to the generator of it."""

import numpy as np
import torch


def generator(*words: int) -> torch.Generator:
    """Return the generator that all of these numbers together name.

    Args:
        words: At least 0. Zeros at the end do not count, and a number from 2**32 on counts as
            the two that its halves are: saved edits rest on that.

    Example:
        >>> a, b = generator(1, 2), generator(2, 1)
        >>> bool(torch.rand(1, generator=a) == torch.rand(1, generator=b))
        False
    """
    state = np.random.SeedSequence(words).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(state >> 1))
