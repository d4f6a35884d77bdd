"""Write what a run publishes beside its checkpoint: its record and a chart of its history."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from timbrush.energy import write_record
from timbrush.terminal import remark
from timbrush.whole import write_whole

RECORD, CHART = "record.json", "history.png"
"""Names of both, in the folder of the checkpoint."""


def brief(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a record that a checkpoint keeps: of the history, the last entry."""
    short = {name: value for name, value in record.items() if name != "history"}
    return {**short, "last": record["history"][-1] if record["history"] else {}}


def write_beside(checkpoint: Path, record: Mapping[str, Any]) -> None:
    """Write the record of a run and its chart beside its checkpoint.

    Raises:
        OutputError: If one cannot be written.
    """
    write_record(checkpoint.parent / RECORD, record)
    draw_history(checkpoint.parent / CHART, record["history"])


def draw_history(path: Path, history: Sequence[Mapping[str, float | int]]) -> None:
    """Draw every figure of the validations against the step, training beside validation.

    Without matplotlib no chart is written, and one remark says so.
    """
    if find_spec("matplotlib") is None:
        _remark_once(path.name)
        return
    from matplotlib.figure import Figure

    names = [name for name in history[-1] if name != "step" and not name.startswith("train_")]
    figure = Figure(figsize=(4 * len(names), 3), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        for key, label in ((f"train_{name}", "training"), (name, "validation")):
            points = [(entry["step"], entry[key]) for entry in history if key in entry]
            if points:
                axes.plot(*zip(*points, strict=True), label=label)
        axes.set(title=name.replace("_", " "), xlabel="step")
        axes.grid(alpha=0.3)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper right")
    with write_whole(path, force=True) as file:
        figure.savefig(file, format="png", dpi=100)


@cache
def _remark_once(name: str) -> None:
    remark(f"no chart {name}: it needs matplotlib; pip install 'timbrush[picture]'")
