"""What a machine offers to read energy from: NVML, RAPL, or else the processor's seconds."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Protocol, runtime_checkable

from timbrush.errors import ConfigError

WATTS_PER_CORE = 4.4
"""Watts of one busy core. Source: AMD EPYC 7763 data sheet, 280 W over 64 cores."""

WATTS_PER_CORE_RANGE = (1.87, 10.0)
"""Watts of one busy core, least and most. Source: least, a virtual core of an EPYC of the third
generation at full load in the coefficients of Cloud Carbon Footprint (from SPECpower); most,
about a desktop's processor at 80 W over 8 cores, which also stands for memory and losses that a
processor's figure leaves out."""

WATTS_VARIABLE = "TIMBRUSH_WATTS_PER_CORE"

POWERCAP = Path("/sys/class/powercap")
DEVICES = Path("/dev")


@runtime_checkable
class Counter(Protocol):
    """Joules since some moment in the past; never runs backwards."""

    @property
    def source(self) -> str:
        """How the figure comes about, in words."""
        ...

    @property
    def estimated(self) -> bool:
        """Whether the figure rests on an assumption and not on a measurement."""
        ...

    def joules(self) -> float:
        """Return the joules so far."""
        ...


class NvmlCounter:
    """Joules of the graphics cards that this process may use, whole cards.

    Args:
        nvml: The module ``pynvml``, initialised.
        handles: One a card.
    """

    source = "NVML counter"
    estimated = False

    def __init__(self, nvml: ModuleType, handles: list[object]) -> None:
        self._nvml = nvml
        self._handles = handles

    def joules(self) -> float:
        """Return the joules since the driver was loaded, over all cards."""
        return sum(
            float(self._nvml.nvmlDeviceGetTotalEnergyConsumption(handle)) / 1e3
            for handle in self._handles
        )


class UncountedCards:
    """Graphics cards whose joules nobody reads, for want of the library that could."""

    source = "graphics cards not counted: pip install 'timbrush[gpu]'"
    estimated = True

    def joules(self) -> float:
        """Return nothing."""
        return 0.0


class RaplCounter:
    """Joules of the processor packages, for everything that runs on the machine.

    The kernel's counters wrap around, at some machines once in a few minutes of full load: each
    call accounts for one wrap since the call before, so who meters must ask now and then.

    Args:
        zones: Folders that hold ``energy_uj`` and ``max_energy_range_uj``.
    """

    source = "RAPL counter"
    estimated = False

    def __init__(self, zones: list[Path]) -> None:
        self._ranges = {zone: _read_integer(zone / "max_energy_range_uj") for zone in zones}
        self._last = {zone: _read_integer(zone / "energy_uj") for zone in zones}
        self._microjoules = 0

    def joules(self) -> float:
        """Return the joules since this counter was made, over all packages."""
        for zone, last in self._last.items():
            now = _read_integer(zone / "energy_uj")
            wrapped = self._ranges[zone] if now < last else 0
            self._microjoules += now - last + wrapped
            self._last[zone] = now
        return self._microjoules / 1e6


class CpuTimeCounter:
    """Processor seconds of this process and its finished children times stated watts.

    Args:
        watts_per_core: Watts of one busy core; left out, the environment variable
            ``TIMBRUSH_WATTS_PER_CORE``, else 4.4.
        cpu_seconds: Returns the processor seconds so far.

    Raises:
        ConfigError: Unless the watts lie above 0 and below 10,000.
    """

    estimated = True

    def __init__(
        self,
        watts_per_core: float | None = None,
        *,
        cpu_seconds: Callable[[], float] | None = None,
    ) -> None:
        self.watts_per_core = stated_watts() if watts_per_core is None else watts_per_core
        if not 0 < self.watts_per_core < 10_000:
            raise ConfigError(
                f"watts per core must lie above 0 and below 10000, got {self.watts_per_core:g}"
            )
        self._cpu_seconds = cpu_seconds or process_cpu_seconds

    @property
    def source(self) -> str:
        """How the figure comes about, with the watts."""
        return f"CPU seconds x {self.watts_per_core:g} W per core, estimated"

    def joules(self) -> float:
        """Return the joules since the process began."""
        return self._cpu_seconds() * self.watts_per_core


def stated_watts() -> float:
    """Return the watts of one busy core: the environment's word, else the constant.

    Raises:
        ConfigError: When the environment variable is not a number.
    """
    stated = os.environ.get(WATTS_VARIABLE)
    if stated is None:
        return WATTS_PER_CORE
    try:
        return float(stated)
    except ValueError as error:
        raise ConfigError(
            f"{WATTS_VARIABLE} must be a number of watts, got {stated!r}"
        ) from error


def process_cpu_seconds() -> float:
    """Return user and system seconds of this process, its threads and its finished children."""
    children = os.times()  # in ticks of 10 ms; process_time() is finer
    return time.process_time() + children.children_user + children.children_system


def find_counters(powercap: Path = POWERCAP) -> tuple[Counter, ...]:
    """Return what this machine can be metered with: cards if there are any, and the processor.

    The processor's part is the RAPL counter where it can be read, else the estimate.
    """
    cards = find_cards()
    packages = find_packages(powercap)
    processor: Counter = RaplCounter(packages) if packages else CpuTimeCounter()
    return (cards, processor) if cards else (processor,)


def find_packages(powercap: Path) -> list[Path]:
    """Return the readable RAPL folders to add up: packages and their memory.

    Cores and graphics lie inside a package and ``psys`` around it, so they would count twice.
    Most systems let only the superuser read them: then the list is empty.
    """
    found = []
    for zone in sorted(powercap.glob("intel-rapl:*")):
        with suppress(OSError, ValueError):
            name = (zone / "name").read_text().strip()
            _read_integer(zone / "energy_uj")
            if name.startswith("package") or name == "dram":
                found.append(zone)
    return found


def find_cards(devices: Path = DEVICES) -> NvmlCounter | UncountedCards | None:
    """Return a counter of the cards in ``CUDA_VISIBLE_DEVICES`` (left out: all), if any."""
    try:
        import pynvml  # an extra, and it loads a library that most machines do not have
    except ImportError:
        count = len(list(devices.glob("nvidia[0-9]*")))
        return UncountedCards() if count and _visible_cards(count) else None
    try:
        pynvml.nvmlInit()
        handles = [_card(pynvml, card) for card in _visible_cards(pynvml.nvmlDeviceGetCount())]
        counter = NvmlCounter(pynvml, handles)
        counter.joules()  # cards before Volta have no energy counter and raise
    except pynvml.NVMLError:
        return None
    return counter if handles else None


def _visible_cards(count: int) -> list[str]:
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    cards = [str(index) for index in range(count)] if visible is None else visible.split(",")
    return [card.strip() for card in cards if card.strip() not in ("", "-1")]


def _card(nvml: ModuleType, card: str) -> object:
    if card.isdigit():
        return nvml.nvmlDeviceGetHandleByIndex(int(card))
    return nvml.nvmlDeviceGetHandleByUUID(card)


def _read_integer(path: Path) -> int:
    return int(path.read_text())
