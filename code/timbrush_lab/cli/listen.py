"""The command that makes a listening test."""

from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Device
from timbrush_lab.cli.track import tracker


def listen(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Sounds to listen to.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="Gets the page; must be new.")
    ],
    model: Annotated[
        list[str], typer.Option(metavar="NAME|PATH", help="A model; may be given again.")
    ] = ["wide", "notes"],  # noqa: B006
    inpainter: Annotated[
        list[str], typer.Option(metavar="NAME", help="What redraws; may be given again.")
    ] = ["naive-bayes", "transformer"],  # noqa: B006
    most_seconds: Annotated[
        float, typer.Option("--seconds", min=0.5, help="What is longer is cut off.")
    ] = 6.0,
    limit: Annotated[int, typer.Option(min=0, help="Sounds, evenly spread; 0 for all.")] = 8,
    name: Annotated[str, typer.Option(help="Stands above the page.")] = "Listening test",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the names of files.")] = 0,
    device: Device = "auto",
) -> None:
    """Make a listening test (MUSHRA) of codecs and strokes, which any browser opens.

    The hidden reference and both anchors are among the sounds. Who is done saves a CSV file,
    which timbrush-lab listened reads.

    Example: timbrush-lab listen my-sounds/ -o listening-test
    """
    from timbrush.effect.model import load
    from timbrush.terminal import remark
    from timbrush_lab.clips import read_clips
    from timbrush_lab.codec.summary import spread
    from timbrush_lab.listening import conditions
    from timbrush_lab.listening.preparing import Trial, prepare

    models = {Path(one).name: load(one, device=device) for one in model}
    clips = list(read_clips(folder, most_seconds=most_seconds))
    kinds = {
        "codecs": conditions.codecs(models),
        "strokes": conditions.strokes(models, inpainter),
    }
    trials = [
        Trial(kind=kind, clip=clips[index], conditions=heard)
        for kind, heard in kinds.items()
        for index in spread(len(clips), limit)
    ]
    prepare(output, trials, name=name, seed=seed, track=tracker("preparing"))
    remark(f"open {output / 'index.html'} in a browser; keep {output / 'key.json'} to yourself")
