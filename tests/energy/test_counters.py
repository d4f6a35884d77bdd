import os
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from timbrush.energy.counters import (
    CpuTimeCounter,
    NvmlCounter,
    RaplCounter,
    UncountedCards,
    find_cards,
    find_counters,
    find_packages,
    process_cpu_seconds,
    stated_watts,
)
from timbrush.errors import ConfigError


def zone(folder: Path, number: str, name: str, microjoules: int, wrap: int = 1_000_000) -> Path:
    path = folder / f"intel-rapl:{number}"
    path.mkdir(parents=True)
    (path / "name").write_text(f"{name}\n")
    (path / "energy_uj").write_text(f"{microjoules}\n")
    (path / "max_energy_range_uj").write_text(f"{wrap}\n")
    return path


def test_rapl_adds_what_the_packages_used(tmp_path: Path) -> None:
    first, second = zone(tmp_path, "0", "package-0", 100), zone(tmp_path, "1", "package-1", 7)
    counter = RaplCounter([first, second])
    (first / "energy_uj").write_text("2100")
    (second / "energy_uj").write_text("507")
    assert counter.joules() == pytest.approx((2000 + 500) / 1e6)


def test_rapl_sees_through_a_wrap_in_each_interval(tmp_path: Path) -> None:
    package = zone(tmp_path, "0", "package-0", 900_000, wrap=1_000_000)
    counter = RaplCounter([package])
    (package / "energy_uj").write_text("50000")
    assert counter.joules() == pytest.approx(0.15)
    (package / "energy_uj").write_text("40000")  # wrapped again, nearly a whole range
    assert counter.joules() == pytest.approx(0.15 + 0.99)
    assert counter.joules() == pytest.approx(1.14)


def test_only_packages_and_memory_are_added(tmp_path: Path) -> None:
    zone(tmp_path, "0", "package-0", 1)
    zone(tmp_path, "0:0", "core", 1)
    zone(tmp_path, "0:1", "dram", 1)
    zone(tmp_path, "1", "psys", 1)
    assert [path.name for path in find_packages(tmp_path)] == ["intel-rapl:0", "intel-rapl:0:1"]


@pytest.mark.parametrize("damage", ["missing", "words"])
def test_what_cannot_be_read_makes_way_for_the_estimate(tmp_path: Path, damage: str) -> None:
    package = zone(tmp_path, "0", "package-0", 1)
    if damage == "missing":
        (package / "energy_uj").unlink()
    else:
        (package / "energy_uj").write_text("n/a")
    processor = find_counters(tmp_path)[-1]
    assert isinstance(processor, CpuTimeCounter)
    assert processor.estimated


def test_a_counter_that_can_be_read_is_preferred_to_the_estimate(tmp_path: Path) -> None:
    zone(tmp_path, "0", "package-0", 1)
    processor = find_counters(tmp_path)[-1]
    assert isinstance(processor, RaplCounter)
    assert not processor.estimated


def test_cards_are_added_in_joules() -> None:
    millijoules = {"a": 1500, "b": 700}
    nvml = ModuleType("nvml")
    nvml.nvmlDeviceGetTotalEnergyConsumption = millijoules.__getitem__  # type: ignore[attr-defined]
    assert NvmlCounter(nvml, ["a", "b"]).joules() == pytest.approx(2.2)


def test_the_estimate_is_seconds_times_watts() -> None:
    assert CpuTimeCounter(7.0, cpu_seconds=lambda: 3.0).joules() == pytest.approx(21.0)


def test_the_watts_come_from_the_environment_and_stand_in_the_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TIMBRUSH_WATTS_PER_CORE", "2.5")
    counter = CpuTimeCounter(cpu_seconds=lambda: 2.0)
    assert counter.joules() == pytest.approx(5.0)
    assert "2.5 W" in counter.source
    assert "estimated" in counter.source


def test_watts_that_are_no_number_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMBRUSH_WATTS_PER_CORE", "many")
    with pytest.raises(ConfigError, match="TIMBRUSH_WATTS_PER_CORE must be a number"):
        stated_watts()


@pytest.mark.parametrize("watts", [0.0, -1.0, float("nan")])
def test_watts_below_zero_are_refused(watts: float) -> None:
    with pytest.raises(ConfigError, match="above 0"):
        CpuTimeCounter(watts)


def test_processor_seconds_count_work_and_not_sleep() -> None:
    before = process_cpu_seconds()
    time.sleep(0.1)
    slept = process_cpu_seconds() - before
    while time.process_time() - before < 0.05 and process_cpu_seconds() - before < 0.05:
        pass
    assert slept < 0.05
    assert process_cpu_seconds() - before >= 0.05


def test_processor_seconds_count_finished_children() -> None:
    before = process_cpu_seconds()
    child = os.fork()
    if child == 0:
        while time.process_time() < 0.1:
            pass
        os._exit(0)
    os.waitpid(child, 0)
    assert process_cpu_seconds() - before >= 0.08


@pytest.mark.parametrize(("visible", "told"), [(None, True), ("1", True), ("", False)])
def test_cards_that_nobody_can_read_say_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visible: str | None, told: bool
) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)  # as if it were not installed
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert find_cards(tmp_path) is None, "no card, nothing to say"

    for name in ("nvidia0", "nvidia1", "nvidiactl"):
        (tmp_path / name).touch()
    cards = find_cards(tmp_path)

    assert isinstance(cards, UncountedCards) == told
    if cards is not None:
        assert "timbrush[gpu]" in cards.source
        assert (cards.joules(), cards.estimated) == (0.0, True)
