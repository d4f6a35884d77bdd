"""A block of code to its joules and seconds."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import TracebackType

from timbrush.energy.counters import Counter, find_counters, process_cpu_seconds

POLL_SECONDS = 60.0
"""How often counters are asked meanwhile: less than one takes to wrap around."""


@dataclass(frozen=True)
class Reading:
    """What a block of code cost.

    Args:
        joules: Energy.
        seconds: Time on the wall clock.
        source: How the joules were read, in words.
        estimated: Whether they rest on an assumption (stated watts); on a virtual machine
            such a figure can be off by a factor.
        cpu_seconds: Processor seconds of this process and its finished children.
        measured_joules: Of an estimate, the joules that counters read and no watts stand for.
    """

    joules: float
    seconds: float
    source: str
    estimated: bool
    cpu_seconds: float = 0.0
    measured_joules: float = 0.0

    def __str__(self) -> str:
        word = " (estimated)" if self.estimated else ""
        return f"{self.joules:.3g} J{word} in {self.seconds:.3g} s"

    def per(self, count: int) -> "Reading":
        """Return the mean over ``count`` repetitions."""
        return replace(
            self,
            joules=self.joules / count,
            seconds=self.seconds / count,
            cpu_seconds=self.cpu_seconds / count,
            measured_joules=self.measured_joules / count,
        )


class Meter:
    """Meters a block of code; ``reading`` also answers while the block runs.

    A counter reads the whole card or processor, so other programs count too; the estimate reads
    this process alone.

    Args:
        counters: What to read; left out, what the machine has.

    Example:
        >>> with Meter() as meter:
        ...     total = sum(range(1000))
        >>> meter.reading.joules >= 0
        True
    """

    def __init__(self, *, counters: Sequence[Counter] | None = None) -> None:
        self._counters = find_counters() if counters is None else tuple(counters)
        self._start: tuple[float, ...] | None = None
        self._reading: Reading | None = None
        self._lock = threading.Lock()
        self._left = threading.Event()

    def __enter__(self) -> "Meter":
        self._reading = None
        self._start = self._now()
        self._left = threading.Event()  # one a block, so that none keeps an older thread alive
        if not all(counter.estimated for counter in self._counters):
            threading.Thread(target=self._poll, args=(self._left,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._left.set()
        self._reading = self._read()

    @property
    def reading(self) -> Reading:
        """Cost of the block; inside it, the cost so far."""
        return self._reading or self._read()

    def _poll(self, left: threading.Event) -> None:
        """Ask now and then: a counter that wraps accounts for one wrap from ask to ask."""
        while not left.wait(POLL_SECONDS):
            self._now()

    def _now(self) -> tuple[float, ...]:
        with self._lock:
            joules = [counter.joules() for counter in self._counters]
        parts = zip(joules, self._counters, strict=True)
        measured = sum((part for part, counter in parts if not counter.estimated), 0.0)
        return sum(joules), measured, time.perf_counter(), process_cpu_seconds()

    def _read(self) -> Reading:
        assert self._start is not None, "a meter answers once its block was entered"
        joules, measured_joules, seconds, cpu_seconds = (
            now - start for now, start in zip(self._now(), self._start, strict=True)
        )
        return Reading(
            joules=joules,
            seconds=seconds,
            source=" + ".join(counter.source for counter in self._counters),
            estimated=any(counter.estimated for counter in self._counters),
            cpu_seconds=cpu_seconds,
            measured_joules=measured_joules,
        )


def repeat_until_stable(
    action: Callable[[], object],
    *,
    tolerance: float = 0.05,
    least_seconds: float = 0.5,
    most_seconds: float = 10.0,
    counters: Sequence[Counter] | None = None,
) -> Reading:
    """Meter something short by repeating it until the mean joules stand still.

    The number of repetitions doubles until a round takes ``least_seconds`` and its mean agrees
    with the round before within ``tolerance``, or ``most_seconds`` are over.

    Args:
        action: What to meter; run once before, to warm up.
        tolerance: Relative change of the mean between two rounds that counts as stable.
        least_seconds: Shortest round that is believed.
        most_seconds: After this long the last round is answered as it is.
        counters: What to read; left out, what the machine has.

    Returns:
        Mean cost of one repetition.
    """
    action()
    count, spent, before = 1, 0.0, float("inf")
    while True:
        with Meter(counters=counters) as meter:
            for _ in range(count):
                action()
        mean = meter.reading.per(count)
        spent += meter.reading.seconds
        stable = abs(mean.joules - before) <= tolerance * mean.joules
        if (stable and meter.reading.seconds >= least_seconds) or spent >= most_seconds:
            return mean
        count, before = 2 * count, mean.joules
