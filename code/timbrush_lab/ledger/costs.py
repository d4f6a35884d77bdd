"""Add up what all runs cost: training, strokes, and when they break even."""

from collections.abc import Mapping
from typing import Any

from timbrush.energy.carbon import CarbonIntensity
from timbrush_lab.ledger import published
from timbrush_lab.ledger.results import Record, Results, find

TRAINING = "training/"
"""Records below this folder are runs of training, of what is shipped and of what was not."""

PREPARING = ("training", "extract", "learn")
USING = ("blur", "replay")
"""What the records say of themselves that commands leave beside their results."""

CAUTION = (
    "Estimated figures are processor seconds times stated watts per core; on a virtual machine "
    "without counters they can be off by a factor either way, so each comes as a range. They "
    "leave out the idle share of the machine, its cooling and its making."
)


def summarize(results: Results) -> dict[str, Any]:
    """Return what was spent on what, as ``timbrush-lab energy --json`` prints it."""
    stages: dict[str, dict[str, Record]] = {"training": {}, "evaluation": {}, "use": {}}
    for name, record in results.items():
        if name != "energy" and "joules" in record:
            stages[_stage(name, record)][name] = record
    spent = add_up(stages["training"])
    return {
        "caution": CAUTION,
        "training": spent,
        "evaluation": add_up(stages["evaluation"]),
        "use": add_up(stages["use"]),
        "strokes": _strokes(results, spent["joules"]),
        "machine": find(results, "machine"),
        "notono": _notono(results),
    }


def add_up(records: Mapping[str, Record]) -> dict[str, Any]:
    """Return the sum of some records, and each on its own.

    Carbon is summed with the intensity that each record was written with.
    """
    runs = {
        name: {
            key: record.get(key)
            for key in ("what", "joules", "seconds", "estimated", "machine", "commit")
        }
        for name, record in records.items()
    }
    return {
        "joules": _total(records, "joules"),
        "joules_range": _total_range(records, "joules_range"),
        "kilowatt_hours": _total(records, "joules") / 3.6e6,
        "seconds": _total(records, "seconds"),
        "carbon_grams_range": _total_range(records, "carbon_grams_range"),
        "carbon_grams_per_kilowatt_hour": _distinct(records, "carbon_grams_per_kilowatt_hour"),
        "carbon_region": _distinct(records, "carbon_region"),
        "estimated": any(record.get("estimated", True) for record in records.values()),
        "energy_source": _distinct(records, "energy_source"),
        "runs": runs,
    }


def _stage(name: str, record: Record) -> str:
    if name.startswith(TRAINING) or record.get("what") in PREPARING:
        return "training"
    return "use" if record.get("what") in USING else "evaluation"


def grams(joules: float) -> float:
    """Return grams of CO2 equivalent at the world's mean intensity."""
    return CarbonIntensity().grams(joules)


def _strokes(results: Results, training_joules: float) -> dict[str, Any]:
    """Return what a stroke costs with each inpainter, and how many cost as much as training."""
    measured: Mapping[str, Record] = find(results, "strokes", "strokes") or {}
    return {
        name: {
            "milliseconds": stroke["milliseconds"],
            "joules": stroke["joules"],
            "estimated": stroke["estimated"],
            "carbon_grams": grams(stroke["joules"]),
            "strokes_until_training": training_joules / stroke["joules"]
            if stroke["joules"] and training_joules
            else None,
        }
        for name, stroke in measured.items()
    }


def _notono(results: Results) -> dict[str, Any]:
    """NOTONO's counted operations at this machine's joules per operation."""
    rate = find(results, "machine", "joules_per_gigaflop")
    operations = {
        "encode": published.NOTONO_ENCODE_GIGAFLOPS,
        "decode": published.NOTONO_DECODE_GIGAFLOPS,
        "stroke": published.NOTONO_STROKE_GIGAFLOPS,
    }
    return {
        "derived": "counted operations x this machine's joules per operation in a large matrix "
        "product, which networks do not reach: a lower bound, not a measurement",
        "joules_per_gigaflop": rate,
        "estimated": find(results, "machine", "estimated"),
        "steps": {
            name: {"gigaflops": count, "joules": None if rate is None else count * rate}
            for name, count in operations.items()
        },
    }


def _total(records: Mapping[str, Record], key: str) -> float:
    return sum((float(record.get(key) or 0) for record in records.values()), start=0.0)


def _total_range(records: Mapping[str, Record], key: str) -> list[float]:
    ranges = [record[key] for record in records.values() if record.get(key)]
    return [sum((bounds[side] for bounds in ranges), start=0.0) for side in (0, 1)]


def _distinct(records: Mapping[str, Record], key: str) -> list[Any]:
    return sorted({record[key] for record in records.values() if record.get(key) is not None})
