"""Compute as always, whatever defaults the caller has given torch.

Notebooks set float64 as the default, training scripts a device or autocast; the same sound,
strokes and model are to give the same bytes there too.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, wraps
from typing import ParamSpec, TypeVar

import torch

P = ParamSpec("P")
T = TypeVar("T")

_lock = threading.Lock()
_inside = 0
_callers_dtype = torch.float32


def as_always(function: Callable[P, T]) -> Callable[P, T]:
    """Let a function run with torch's own defaults, and give the caller's back after it."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        with own_defaults():
            return function(*args, **kwargs)

    return run


@contextmanager
def own_defaults() -> Iterator[None]:
    """Set float32, the processor and no autocast as defaults.

    Device and autocast are each thread's own. The type is the process's: meanwhile, other
    threads that rely on a default of theirs get float32.
    """
    with ExitStack() as stack:
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        for device in ("cpu", "cuda"):
            if torch.is_autocast_enabled(device):
                stack.enter_context(torch.autocast(device, enabled=False))
        stack.enter_context(_own_type())
        yield


@contextmanager
def _own_type() -> Iterator[None]:
    """Set float32 as default until the last of all threads that came in has left."""
    global _inside, _callers_dtype
    with _lock:
        if _inside == 0:
            _callers_dtype = torch.get_default_dtype()
            if _callers_dtype != torch.float32:
                torch.set_default_dtype(torch.float32)
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0 and _callers_dtype != torch.float32:
                torch.set_default_dtype(_callers_dtype)


@cache
def survive_forks() -> None:
    """Let processes that are forked from this one compute on one thread.

    The threads that OpenMP has started are not there in a forked process, and it would wait for
    them for ever.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: torch.set_num_threads(1))
