"""Judge a codec on any folder of sounds by figures of hearing, beside others."""

from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Device, Force, Model
from timbrush_lab.cli.output import RecordFile, check_output, put_out
from timbrush_lab.cli.track import tracker


def codec(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Sounds of any rate.")],
    model: Model = None,
    beside: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", help="A second model to compare with.", show_default=False
        ),
    ] = None,
    most_seconds: Annotated[
        float, typer.Option("--seconds", min=0.1, help="What is longer is cut off.")
    ] = 4.0,
    limit: Annotated[int, typer.Option(min=0, help="Sounds, evenly spread; 0 for all.")] = 0,
    others: Annotated[bool, typer.Option(help="Opus and true magnitudes beside it.")] = True,
    visqol: Annotated[bool, typer.Option(help="Ask ViSQOL, where it is installed.")] = True,
    output: RecordFile = None,
    force: Force = False,
    device: Device = "auto",
) -> None:
    """Judge what a codec makes of sounds, at their own rate, beside Opus and its own ceiling.

    Example: timbrush-lab evaluate codec my-sounds/ --beside runs/codec.safetensors
    """
    from timbrush.effect.model import load
    from timbrush.energy import Meter
    from timbrush_lab.clips import read_clips
    from timbrush_lab.codec.summary import spread
    from timbrush_lab.comparing.comparison import as_row, compare, summarize
    from timbrush_lab.comparing.restorers import restorers

    check_output(output, force=force)
    effect = load(model, device=device)
    second = None if beside is None else load(beside, device=device)
    clips = list(read_clips(folder, most_seconds=most_seconds))
    chosen = [clips[index] for index in spread(len(clips), limit)]
    ways = restorers(effect, beside=second, with_others=others)
    with Meter() as meter:
        track = tracker("judging")
        found = list(compare(track(chosen), ways, with_visqol=visqol))
    values = {
        "model": effect.fingerprint,
        "beside": None if second is None else second.fingerprint,
        "data": folder.name,
        "seconds_of_sound": most_seconds,
        "ways": summarize(found),
        "sounds": [as_row(comparison) for comparison in found],
    }
    put_out(values, meter.reading, output, what="a codec by figures of hearing")
