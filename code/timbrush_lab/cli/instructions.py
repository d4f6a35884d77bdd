"""The command that counts the instructions of strokes."""

from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Force
from timbrush_lab.cli.output import RecordFile, check_output, put_out
from timbrush_lab.cli.track import tracker


def instructions(
    sound: Annotated[Path, typer.Argument(metavar="SOUND", help="Four seconds, to compare.")],
    model: Annotated[
        list[str], typer.Option(metavar="NAME|PATH", help="A model; may be given again.")
    ] = ["wide", "notes"],  # noqa: B006
    inpainter: Annotated[
        list[str], typer.Option(metavar="NAME", help="What redraws; may be given again.")
    ] = ["naive-bayes", "transformer", "lstm"],  # noqa: B006
    output: RecordFile = None,
    force: Force = False,
) -> None:
    """Count the instructions of a stroke over a quarter of a sound (needs Valgrind).

    Example: timbrush-lab evaluate instructions note.wav --model notes
    """
    from timbrush.audio import files
    from timbrush.effect.model import load
    from timbrush.energy import Meter, repeat_until_stable
    from timbrush_lab.strokes import paint_quarters
    from timbrush_lab.timing.instructions import count_instructions

    check_output(output, force=force)
    read = files.read(sound)
    paints = {
        (name, by): paint
        for name in model
        for by, paint in paint_quarters(load(name), read, inpainter).items()
    }
    strokes = []
    with Meter() as meter:
        for name, by in tracker("counting")(paints):
            counted = count_instructions(name, sound, by)
            cost = repeat_until_stable(paints[name, by])
            strokes.append(
                {
                    "model": name,
                    "inpainter": by,
                    "instructions": counted,
                    "cpu_seconds": cost.cpu_seconds,
                    "joules": cost.joules,
                    "estimated": cost.estimated,
                    "nanojoules_per_instruction": 1e9 * cost.joules / counted,
                }
            )
    values = {"sound": sound.name, "strokes": strokes}
    put_out(values, meter.reading, output, what="instructions of a stroke")
