import threading
import time
from collections.abc import Iterable

import pytest

from timbrush.energy import Meter, Reading, repeat_until_stable
from timbrush.energy.counters import CpuTimeCounter


class FakeCounter:
    def __init__(self, joules: Iterable[float], *, estimated: bool = False) -> None:
        self._joules = iter(joules)
        self.estimated = estimated
        self.source = "fake"

    def joules(self) -> float:
        return next(self._joules)


def busy(cpu_seconds: float) -> None:
    end = time.thread_time() + cpu_seconds
    while time.thread_time() < end:
        pass


def test_a_reading_is_the_difference_summed_over_counters() -> None:
    counters = [FakeCounter([10.0, 13.0]), FakeCounter([100.0, 105.0], estimated=True)]
    with Meter(counters=counters) as meter:
        pass
    assert meter.reading.joules == pytest.approx(8.0)
    assert meter.reading.source == "fake + fake"
    assert meter.reading.measured_joules == pytest.approx(3.0)
    assert meter.reading.estimated  # one estimated part makes the sum an estimate


def test_inside_the_block_a_reading_is_the_cost_so_far() -> None:
    with Meter(counters=[FakeCounter([1.0, 2.0, 4.0])]) as meter:
        assert meter.reading.joules == pytest.approx(1.0)
    assert meter.reading.joules == pytest.approx(3.0)
    assert meter.reading.joules == pytest.approx(3.0)  # done: the counter is not asked again


class WrappingCounter:
    """Counts to 10 J and begins anew; tells one wrap from ask to ask, as RAPL does."""

    estimated = False
    source = "fake"

    def __init__(self) -> None:
        self.spent = self._last = self._joules = 0.0
        self.asked = threading.Event()

    def joules(self) -> float:
        now = self.spent % 10
        self._joules += now - self._last + (10 if now < self._last else 0)
        self._last = now
        self.asked.set()
        return self._joules


def test_a_block_longer_than_two_wraps_of_a_counter_is_metered_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("timbrush.energy.meter.POLL_SECONDS", 0.001)
    counter = WrappingCounter()
    with Meter(counters=[counter]) as meter:
        for spent in (8.0, 16.0, 24.0):
            counter.spent = spent
            counter.asked.clear()
            assert counter.asked.wait(10), "nobody asks meanwhile"
        assert meter.reading.joules == pytest.approx(24.0)
    assert meter.reading.joules == pytest.approx(24.0)


def test_counters_are_asked_meanwhile_only_in_the_block_and_only_if_they_measure() -> None:
    before = set(threading.enumerate())  # those of other blocks may still be on their way out
    with Meter(counters=[FakeCounter([0.0, 1.0], estimated=True)]):
        assert before.issuperset(threading.enumerate())
    with Meter(counters=[FakeCounter([0.0, 1.0])]):
        (thread,) = set(threading.enumerate()) - before
    thread.join(10)
    assert not thread.is_alive()


def test_a_block_that_fails_is_metered_too() -> None:
    meter = Meter(counters=[FakeCounter([0.0, 6.0])])
    with pytest.raises(RuntimeError, match="on purpose"), meter:
        raise RuntimeError("on purpose")
    assert meter.reading.joules == pytest.approx(6.0)


def test_a_known_load_costs_its_processor_seconds_times_the_watts() -> None:
    with Meter(counters=[CpuTimeCounter(50.0)]) as meter:
        busy(0.2)
        time.sleep(0.1)
    assert meter.reading.joules == pytest.approx(10.0, rel=0.25)
    assert meter.reading.cpu_seconds == pytest.approx(0.2, rel=0.25)
    assert meter.reading.seconds >= 0.3


def test_energy_is_proportional_to_the_load() -> None:
    readings = []
    for load in (0.1, 0.3):
        with Meter(counters=[CpuTimeCounter(4.0)]) as meter:
            busy(load)
        readings.append(meter.reading.joules)
    assert readings[1] / readings[0] == pytest.approx(3.0, rel=0.25)


def test_something_short_is_repeated_until_its_mean_stands_still() -> None:
    calls = 0

    def action() -> None:
        nonlocal calls
        calls += 1
        busy(0.002)

    # Counted and not clocked, so that a busy machine gives the same figures.
    counters = [CpuTimeCounter(100.0, cpu_seconds=lambda: calls * 0.002)]
    mean = repeat_until_stable(action, least_seconds=0.1, tolerance=0.2, counters=counters)
    assert mean.joules == pytest.approx(0.2)
    assert calls > 4


class Clock:
    """Goes on by what is worked."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def perf_counter(self) -> float:
        return self.seconds

    def work(self) -> None:
        self.seconds += 1.0


def test_repeating_ends_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("timbrush.energy.meter.time", clock)
    wild = FakeCounter(5.0**n for n in range(20))  # the mean never stands still
    mean = repeat_until_stable(clock.work, most_seconds=20.0, counters=[wild])
    assert clock.seconds == 1 + 1 + 2 + 4 + 8 + 16  # the first warms up; 15 were too few
    assert mean.seconds == 1.0
    assert mean.joules == (5.0**9 - 5.0**8) / 16


def test_per_divides_everything_that_adds_up() -> None:
    mean = Reading(6.0, 3.0, "fake", True, 1.5).per(3)
    assert mean == Reading(2.0, 1.0, "fake", True, 0.5)


def test_words_beside_an_estimate_say_so() -> None:
    assert "estimated" in str(Reading(1.0, 1.0, "fake", True))
    assert "estimated" not in str(Reading(1.0, 1.0, "fake", False))
