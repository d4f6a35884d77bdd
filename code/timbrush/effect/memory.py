"""Keep freed memory in the process, so that a stroke need not fetch it page by page."""

import ctypes
import sys

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
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(M_MMAP_THRESHOLD, LARGEST_BYTES)
