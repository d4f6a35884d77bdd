"""Time code beside a yardstick that says how fast the machine was just then.

The yardstick is the product of two float32 matrices of 2048 x 2048: 17.2 GFLOP that every
machine does about as well as it can. A busy neighbour slows both alike, so the quotient travels
from machine to machine where milliseconds do not.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

import torch

from timbrush import seeds
from timbrush.energy import Reading, repeat_until_stable

Track = Callable[[Iterable[str]], Iterable[str]]
"""Hands out the names of what takes long one by one, and may show how far it is."""

MATMUL_SIZE = 2048
MATMUL_GIGAFLOPS = 2 * MATMUL_SIZE**3 / 1e9
N_ROUNDS = 31


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


def time_in_turns(*actions: Callable[[], object], n_rounds: int = N_ROUNDS) -> list[Timing]:
    """Time actions and the yardstick in turns."""
    *own, yardstick = median_milliseconds(*actions, matmul(), n_rounds=n_rounds)
    return [Timing(milliseconds=one, matmul_milliseconds=yardstick) for one in own]


def median_milliseconds(
    *actions: Callable[[], object], n_rounds: int = N_ROUNDS
) -> list[float]:
    """Return how long each action takes, the median of rounds after one to warm up.

    A disturbance of some seconds falls on all of them alike, and on few of their rounds.
    """
    rounds = [[_milliseconds(act) for act in actions] for _ in range(n_rounds + 1)]
    return [median(times) for times in zip(*rounds[1:], strict=True)]


def matmul() -> Callable[[], object]:
    """Return the yardstick, ready to run."""
    generator = seeds.torch_generator(0)
    left, right = (torch.randn(MATMUL_SIZE, MATMUL_SIZE, generator=generator) for _ in "ab")
    return lambda: left @ right


def matmul_cost() -> Reading:
    """Return what one yardstick costs on this machine."""
    return repeat_until_stable(matmul(), least_seconds=1.0)


def _milliseconds(action: Callable[[], object]) -> float:
    """Return how long an action takes, once."""
    start = time.perf_counter()
    action()
    return 1e3 * (time.perf_counter() - start)
