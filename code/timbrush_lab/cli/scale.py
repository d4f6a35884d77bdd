"""The command that measures how fast large data sets go through."""

from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Force, Model
from timbrush_lab.cli.output import RecordFile, check_output, put_out


def scale(
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Any folder of sounds.")],
    training: Annotated[
        Path, typer.Option(metavar="RECORD", help="Of a codec's training by one process.")
    ],
    notes: Annotated[int, typer.Option(min=1, help="Sounds that each process takes.")] = 200,
    model: Model = None,
    output: RecordFile = None,
    force: Force = False,
) -> None:
    """Measure notes read, extracted and learned a second, and what all of NSynth takes.

    Example: timbrush-lab evaluate scale --data DIR --training results/training/wide-codec.json
    """
    from timbrush.effect.model import load
    from timbrush.energy import Meter
    from timbrush.errors import DatasetError
    from timbrush_lab.ledger.results import read_record
    from timbrush_lab.scale import measure_scale

    check_output(output, force=force)
    trained = read_record(training)
    if not trained.get("sounds_seen") or not trained.get("seconds"):
        raise DatasetError(f"expected a record of a codec's training, got {training}")
    with Meter() as meter:
        found = measure_scale(
            data,
            model=model,
            n_notes=notes,
            epoch_notes_per_second=trained["sounds_seen"] / trained["seconds"],
        )
    values = {"model": load(model).fingerprint, "n_notes": notes} | found
    put_out(values, meter.reading, output, what="rates of reading, extracting and learning")
