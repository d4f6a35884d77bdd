"""What a run publishes beside its checkpoint: the record, and a chart of how it got there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from timbrush.energy import write_record
from timbrush.training.chart import draw_history

RECORD, CHART = "record.json", "history.png"
"""Names of both, in the folder of the checkpoint."""


def brief(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a checkpoint itself says of its training: no history, but its last entry."""
    short = {name: value for name, value in record.items() if name != "history"}
    return {**short, "last": record["history"][-1] if record["history"] else {}}


def write_beside(checkpoint: Path, record: Mapping[str, Any]) -> None:
    """Write the record of a training and its chart.

    Raises:
        OutputError: If one cannot be written.
    """
    write_record(checkpoint.parent / RECORD, record)
    draw_history(checkpoint.parent / CHART, record["history"])
