"""Write remarks and progress on stderr."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def printable(text: str) -> str:
    r"""Return a text that cannot steer a terminal, whatever names or servers put into it.

    Control characters become escapes such as ``\x1b``; line ends and tabs stay.

    Example:
        >>> printable("\x1b[2Jname\x07.wav")
        '\\x1b[2Jname\\x07.wav'
    """
    return "".join(
        char if char.isprintable() or char in " \n\t" else _escape(char) for char in text
    )


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode()


def remark(line: str) -> None:
    """Print a line that is no data."""
    print(printable(line), file=sys.stderr, flush=True)


@contextmanager
def bar(what: str, *, shown: bool = True) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar where stderr is a terminal.

    Args:
        what: Stands beside the bar.
        shown: False shows none at all.

    Yields:
        A function to call with what is done and what there is (0 while unknown).
    """
    from rich.console import Console
    from rich.progress import Progress

    console = Console(file=sys.stderr)
    hidden = not (shown and console.is_terminal)
    with Progress(console=console, disable=hidden, transient=True) as progress:
        task = progress.add_task(printable(what).replace("[", "\\["), total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total or None)


@contextmanager
def pulse(what: str, *, every_seconds: float = 10.0) -> Iterator[Callable[[int, int], None]]:
    """Tell how far a command is: a bar on a terminal, else a line now and then.

    Args:
        what: Stands in front of it.
        every_seconds: Time from one line to the next.

    Yields:
        A function to call with what is done and what there is.
    """
    if sys.stderr.isatty():
        with bar(what) as progress:
            yield progress
        return
    start, state, is_over = time.monotonic(), [0, 1], threading.Event()

    def tell() -> None:
        while not is_over.wait(every_seconds):
            done, total = state
            seconds = time.monotonic() - start
            left = f", about {seconds / done * (total - done):.0f} s left" if done else ""
            remark(f"{what}: {done} of {total} done after {seconds:.0f} s{left}")

    def keep(done: int, total: int) -> None:
        state[:] = done, total

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield keep
    finally:
        is_over.set()
        thread.join()
