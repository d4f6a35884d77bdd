import pytest

from timbrush_lab.timing import benchmark
from timbrush_lab.timing.benchmark import Timing, median_milliseconds, time_in_turns


class Clock:
    """Goes on by what is slept, and by a millisecond at every look."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def perf_counter(self) -> float:
        self.seconds += 0.001
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(benchmark, "time", clock)
    return clock


def test_an_action_is_timed_beside_the_yardstick(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(benchmark, "MATMUL_SIZE", 64)
    timing, longer = time_in_turns(
        lambda: clock.sleep(0.02), lambda: clock.sleep(0.04), n_rounds=5
    )
    assert timing.milliseconds == pytest.approx(21)
    assert longer.milliseconds == pytest.approx(41)
    assert timing.matmul_milliseconds == longer.matmul_milliseconds == pytest.approx(1)


def test_neither_the_first_round_nor_a_disturbance_counts(clock: Clock) -> None:
    seconds = iter([9.0, 0.02, 0.03, 7.0])
    (median,) = median_milliseconds(lambda: clock.sleep(next(seconds)), n_rounds=3)
    assert median == pytest.approx(31)


def test_actions_are_timed_in_turns() -> None:
    order: list[str] = []
    median_milliseconds(lambda: order.append("a"), lambda: order.append("b"), n_rounds=2)
    assert "".join(order) == "ababab"  # the first round warms up


def test_time_is_given_in_yardsticks() -> None:
    assert Timing(milliseconds=30.0, matmul_milliseconds=60.0).in_matmuls == pytest.approx(0.5)
