"""Print the record of a measurement, and write it where it is told to."""

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
        help="Write the record here too, and its picture, if it has one, beside it.",
        show_default=False,
    ),
]


def check_output(output: Path | None, *, force: bool, picture: bool = False) -> None:
    """Refuse a place where nothing can be written, before anything is measured.

    Args:
        output: Where the record is to lie; None for nowhere.
        force: Whether files that exist may be replaced.
        picture: Whether a picture comes beside it.

    Raises:
        OutputError: If a file is there and ``force`` is not given, or none can be written.
    """
    from timbrush.whole import check_writable

    if output is None:
        return
    check_writable(output, force=force)
    if picture:
        check_writable(picture_beside(output), force=force)


def picture_beside(output: Path) -> Path:
    """Return where the picture of a record lies, such as ``codec.png`` of ``codec.json``."""
    return output.with_suffix(".png")


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
