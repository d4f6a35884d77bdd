"""Keep freed memory in the process while it is needed again and again; else give it back."""

import ctypes
import sys
from collections.abc import Callable

M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
KEPT_BYTES = 256 << 20
LARGEST_BYTES = 32 << 20


def keep_freed_memory() -> None:
    """Ask the C library not to return every freed tensor to the system.

    A stroke allocates some tens of megabytes and frees them at once. By default glibc gives
    them back, and the next tensor is zeroed and mapped again page by page; on a virtual machine
    that takes longer than the transform that fills it. Does nothing but on Linux with glibc.
    """
    mallopt = _of_the_c_library("mallopt")
    if mallopt is not None:
        mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(M_MMAP_THRESHOLD, LARGEST_BYTES)


def give_back_freed_memory() -> None:
    """Return to the system what is kept: after a large sound is closed, all that it took.

    Does nothing but on Linux with glibc.
    """
    trim = _of_the_c_library("malloc_trim")
    if trim is not None:
        trim(0)


def _of_the_c_library(name: str) -> Callable[..., int] | None:
    if sys.platform != "linux":
        return None
    return getattr(ctypes.CDLL(None), name, None)  # musl has neither
