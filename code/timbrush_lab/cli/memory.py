"""The command that measures the memory of strokes on long sounds."""

from typing import Annotated

import typer

from timbrush.cli.options import Force, Model
from timbrush_lab.cli.output import RecordFile, check_output, put_out
from timbrush_lab.cli.track import tracker


def memory(
    seconds: Annotated[
        float, typer.Option("--seconds", min=10.0, help="Length of the sound.")
    ] = 3600.0,
    model: Model = None,
    output: RecordFile = None,
    force: Force = False,
) -> None:
    """Measure the peak memory of strokes on an hour of stereo, made by code.

    Example: timbrush-lab evaluate memory --seconds 600
    """
    from timbrush.effect.model import load
    from timbrush.energy import Meter
    from timbrush_lab.memory import SAMPLE_RATE, measure_memory

    check_output(output, force=force)
    with Meter() as meter:
        found = measure_memory(seconds, model=model, track=tracker("editing"))
    values = {
        "model": load(model).fingerprint,
        "seconds_of_sound": seconds,
        "sample_rate": SAMPLE_RATE,
        "channels": 2,
        "edits": found,
    }
    put_out(values, meter.reading, output, what="memory of strokes on a long sound")
