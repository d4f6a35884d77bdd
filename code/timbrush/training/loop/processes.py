"""Share work among the processes that torchrun started."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn

from timbrush.energy import Meter, Reading
from timbrush.energy.counters import find_counters

Thing = TypeVar("Thing")


@contextmanager
def joined(device: str) -> Iterator[str]:
    """Join the run's other processes, if torchrun started any; yield the device of this one."""
    if not dist.is_torchelastic_launched():
        yield device
        return
    if device == "cuda":  # a card each
        device = f"cuda:{os.environ['LOCAL_RANK']}"
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    try:
        yield device
    finally:
        dist.destroy_process_group()


def rank() -> int:
    """Return this process's number; 0 alone, and for the one that validates and writes."""
    return dist.get_rank() if dist.is_initialized() else 0


def share(things: Sequence[Thing]) -> Sequence[Thing]:
    """Return this process's part of the things; all of them alone."""
    return things[rank() :: dist.get_world_size()] if dist.is_initialized() else things


def add_up(tensor: Tensor) -> None:
    """Make a tensor the sum of those that all processes hold, in place."""
    if dist.is_initialized():
        dist.all_reduce(tensor)


def wait_for_all() -> None:
    """Return when all processes are here."""
    if dist.is_initialized():
        dist.barrier()


def sounds_seen(n_steps: int, batch_size: int) -> int:
    """Return how many sounds all processes have learned from, each its own batches."""
    return n_steps * batch_size * (dist.get_world_size() if dist.is_initialized() else 1)


def shared(module: nn.Module) -> nn.Module:
    """Return the module, its gradients averaged over all processes."""
    return nn.parallel.DistributedDataParallel(module) if dist.is_initialized() else module


def meter() -> Meter:
    """Return a meter of this process's part of the cost.

    An estimate reads its own process, a counter the whole machine: the machine's first process
    takes the counters.
    """
    counters = find_counters()
    if dist.is_initialized() and os.environ["LOCAL_RANK"] != "0":
        counters = tuple(counter for counter in counters if counter.estimated)
    return Meter(counters=counters)


def over_all(reading: Reading) -> Reading:
    """Return what all processes cost together; each must ask at the same step."""
    if not dist.is_initialized():
        return reading
    parts: list[Reading] = [reading] * dist.get_world_size()
    dist.all_gather_object(parts, reading)
    return replace(
        reading,
        joules=sum(part.joules for part in parts),
        cpu_seconds=sum(part.cpu_seconds for part in parts),
        measured_joules=sum(part.measured_joules for part in parts),
    )
