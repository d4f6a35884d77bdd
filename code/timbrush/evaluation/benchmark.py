"""Code to milliseconds, beside a yardstick that says how fast the machine was just then.

The yardstick is the product of two float32 matrices of 2048 x 2048: 17.2 GFLOP that every
machine does about as well as it can. A busy neighbour slows both alike, so the quotient travels
from machine to machine where milliseconds do not.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

import torch

from timbrush.energy import Reading, repeat_until_stable

Track = Callable[[Iterable[str]], Iterable[str]]
"""Hands out the names of what takes long one by one, and may show how far it is."""

MATMUL_SIZE = 2048
MATMUL_GIGAFLOPS = 2 * MATMUL_SIZE**3 / 1e9


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How long something takes, warm.

    Args:
        milliseconds: Median.
        matmul_milliseconds: Median of the yardstick, run in turns with it.
    """

    milliseconds: float
    matmul_milliseconds: float

    @property
    def in_matmuls(self) -> float:
        """The time as a multiple of the yardstick's."""
        return self.milliseconds / self.matmul_milliseconds


def time_in_turns(action: Callable[[], object], *, n_rounds: int = 15) -> Timing:
    """Time an action and the yardstick in turns, after one round to warm up."""
    yardstick = matmul()
    action()
    yardstick()
    rounds = [(milliseconds(action), milliseconds(yardstick)) for _ in range(n_rounds)]
    own, yard = zip(*rounds, strict=True)
    return Timing(milliseconds=median(own), matmul_milliseconds=median(yard))


def matmul() -> Callable[[], object]:
    """Answer the yardstick, ready to run."""
    generator = torch.Generator().manual_seed(0)
    left, right = (torch.randn(MATMUL_SIZE, MATMUL_SIZE, generator=generator) for _ in "ab")
    return lambda: left @ right


def matmul_cost() -> Reading:
    """Answer what one yardstick costs on this machine."""
    return repeat_until_stable(matmul(), least_seconds=1.0)


def milliseconds(action: Callable[[], object]) -> float:
    """Answer how long an action takes, once."""
    start = time.perf_counter()
    action()
    return 1e3 * (time.perf_counter() - start)
