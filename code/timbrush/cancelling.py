"""Stop long work in the middle once nobody wants its result any more."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from timbrush.errors import CancelledError

Wanted = Callable[[], object]
"""Asked again and again while work goes on; returns False, or raises, once it may stop."""

_wanted: ContextVar[Wanted | None] = ContextVar("wanted", default=None)


@contextmanager
def asking(wanted: Wanted | None) -> Iterator[None]:
    """Let all work inside this block ask whether it is still wanted.

    Args:
        wanted: What is asked; None asks as the block around does.
    """
    token = _wanted.set(_wanted.get() if wanted is None else wanted)
    try:
        yield
    finally:
        _wanted.reset(token)


def check() -> None:
    """Stop if this work is not wanted any more; long loops call this at every step.

    Raises:
        CancelledError: If what is asked says so.
    """
    wanted = _wanted.get()
    if wanted is not None and wanted() is False:
        raise CancelledError("the stroke was cancelled; the sound is as it was before")
