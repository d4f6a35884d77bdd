"""A record on stdout, and in a file where one is named."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from timbrush.terminal import remark

if TYPE_CHECKING:
    from timbrush.energy import Reading

RecordFile = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Keep the record; an older one is replaced.",
        show_default=False,
    ),
]


def put_out(
    values: dict[str, Any], reading: "Reading", output: Path | None, *, what: str, seed: int = 0
) -> None:
    """Print a record on stdout, and keep it where asked to.

    Args:
        values: The figures.
        reading: What it cost to find them.
        output: File to write; None for none.
        what: What was measured.
        seed: What randomness started from.
    """
    from timbrush.energy import run_record, write_record

    record = run_record(reading, what=what, seed=seed) | values
    if output is not None:
        write_record(output, record)
        remark(f"{output}: {reading}")
    typer.echo(json.dumps(record, indent=2, ensure_ascii=False))
