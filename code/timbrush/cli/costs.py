"""What a command cost, as a remark on stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timbrush.energy import Reading


def remark(line: str) -> None:
    """Print a line that is no data: on stderr."""
    print(line, file=sys.stderr, flush=True)


@contextmanager
def metered(what: str) -> Iterator[None]:
    """Meter a block and say what it took; silent when it fails."""
    from timbrush.energy import Meter

    with Meter() as meter:
        yield
    remark(f"{what}: {cost(meter.reading)}")


def cost(reading: "Reading") -> str:
    """Answer milliseconds and joules in words, such as ``57 ms, 1.2 J (estimated)``."""
    milliseconds = 1000 * reading.seconds
    time = f"{milliseconds:.0f} ms" if milliseconds < 10_000 else f"{reading.seconds:.1f} s"
    return f"{time}, {reading.joules:.2g} J{' (estimated)' if reading.estimated else ''}"
