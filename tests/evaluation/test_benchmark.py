import time

import pytest

from timbrush.evaluation import benchmark
from timbrush.evaluation.benchmark import Timing, median_milliseconds, time_in_turns


def test_an_action_is_timed_beside_the_yardstick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "MATMUL_SIZE", 64)
    timing, longer = time_in_turns(
        lambda: time.sleep(0.02), lambda: time.sleep(0.04), n_rounds=5
    )
    assert timing.milliseconds == pytest.approx(20, rel=0.5)
    assert longer.milliseconds > 1.3 * timing.milliseconds
    assert 0 < timing.matmul_milliseconds < 20


def test_actions_are_timed_in_turns() -> None:
    order: list[str] = []
    median_milliseconds(lambda: order.append("a"), lambda: order.append("b"), n_rounds=2)
    assert "".join(order) == "ababab"  # the first round warms up


def test_time_is_given_in_yardsticks() -> None:
    assert Timing(milliseconds=30.0, matmul_milliseconds=60.0).in_matmuls == pytest.approx(0.5)
