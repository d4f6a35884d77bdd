"""Turn seeds into random generators."""

import secrets

import numpy as np
import torch

MAX_SEED = 2**53 - 1
"""The largest seed of a stroke or a run: the largest integer that JavaScript holds exactly."""


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
    return torch_generator(int(state >> 1))


def torch_generator(seed: int) -> torch.Generator:
    """Return the generator that torch itself starts from one seed."""
    return torch.Generator().manual_seed(seed)


def draw_seed() -> int:
    """Return a seed that nobody chose, of at most ten digits, since people copy it by hand."""
    return secrets.randbelow(2**32)
