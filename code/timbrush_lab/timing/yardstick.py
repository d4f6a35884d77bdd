"""Measure this machine's joules per operation, and ask CodeCarbon for a second opinion."""

import logging
from contextlib import suppress
from typing import Any

from timbrush.energy import Meter
from timbrush_lab.timing.benchmark import MATMUL_GIGAFLOPS, matmul, matmul_cost


def measure_machine(*, crosscheck_seconds: float = 10.0) -> dict[str, Any]:
    """Return what an operation costs here, with CodeCarbon's figure where it is installed."""
    cost = matmul_cost()
    return {
        "matmul_gigaflops": MATMUL_GIGAFLOPS,
        "matmul_milliseconds": 1e3 * cost.seconds,
        "matmul_joules": cost.joules,
        "gigaflops_per_second": MATMUL_GIGAFLOPS / cost.seconds,
        "joules_per_gigaflop": cost.joules / MATMUL_GIGAFLOPS,
        "codecarbon": crosscheck(crosscheck_seconds),
    }


def crosscheck(seconds: float) -> dict[str, Any] | None:
    """Meter the same load by ourselves and by CodeCarbon's offline tracker.

    Args:
        seconds: Length of the load; the tracker needs some seconds to settle.

    Returns:
        ``our_joules`` beside ``joules`` of CodeCarbon and its parts; None unless installed.
    """
    try:
        from codecarbon import OfflineEmissionsTracker  # lazy: an extra
    except ImportError:
        return None
    logging.getLogger("codecarbon").setLevel(logging.CRITICAL)
    tracker = OfflineEmissionsTracker(
        country_iso_code="USA",
        save_to_file=False,
        log_level="critical",
        allow_multiple_runs=True,
        measure_power_secs=2,
    )
    work = matmul()
    tracker.start()
    with Meter() as meter:
        while meter.reading.seconds < seconds:
            work()
    tracker.stop()
    data = tracker.final_emissions_data
    joules = {"joules": data.energy_consumed}
    for part in ("cpu_energy", "ram_energy", "gpu_energy"):
        with suppress(AttributeError):
            joules[part.replace("energy", "joules")] = getattr(data, part)
    return {
        "our_joules": meter.reading.joules,
        "seconds": meter.reading.seconds,
        **{name: 3.6e6 * kilowatt_hours for name, kilowatt_hours in joules.items()},
    }
