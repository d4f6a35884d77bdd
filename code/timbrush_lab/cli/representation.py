"""The command that asks what windows and cells can hold of sounds."""

from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Force
from timbrush_lab.cli.output import RecordFile, check_output, put_out
from timbrush_lab.cli.track import tracker


def representation(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Sounds of any rate.")],
    most_seconds: Annotated[
        float, typer.Option("--seconds", min=0.1, help="What is longer is cut off.")
    ] = 4.0,
    limit: Annotated[int, typer.Option(min=0, help="Sounds, evenly spread; 0 for all.")] = 0,
    output: RecordFile = None,
    force: Force = False,
) -> None:
    """Restore sounds from true magnitudes, by window and by cell: what no codec can better.

    Example: timbrush-lab evaluate representation my-sounds/
    """
    from timbrush.energy import Meter
    from timbrush_lab.clips import read_clips
    from timbrush_lab.codec.summary import spread
    from timbrush_lab.comparing.comparison import compare, summarize
    from timbrush_lab.comparing.representation import representations

    check_output(output, force=force)
    clips = list(read_clips(folder, most_seconds=most_seconds))
    chosen = [clips[index] for index in spread(len(clips), limit)]
    with Meter() as meter:
        found = list(compare(tracker("restoring")(chosen), representations()))
    values = {
        "data": folder.name,
        "seconds_of_sound": most_seconds,
        "ways": summarize(found),
    }
    put_out(values, meter.reading, output, what="representations by figures of hearing")
