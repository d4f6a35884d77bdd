"""The command that measures what random strokes keep of the sounds of a folder."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from timbrush.cli.options import Device, Force, Model
from timbrush.errors import StrokeError
from timbrush_lab.cli.output import RecordFile, check_output, put_out
from timbrush_lab.cli.track import tracker

Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="FIELD=VALUE",
        help="A field of every stroke, such as inpainter=transformer; may be given again.",
        show_default=False,
    ),
]

Kind = Annotated[
    str | None,
    typer.Option(help="Kind of all sounds; left out, what clips.csv says of each."),
]


def strokes_kept(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Sounds to paint on.")],
    model: Model = None,
    n_strokes: Annotated[int, typer.Option("-n", "--strokes", min=1, help="Strokes.")] = 170,
    settings: Settings = None,
    kind: Kind = None,
    most_seconds: Annotated[
        float, typer.Option("--seconds", min=0.1, help="What is longer is cut off.")
    ] = 12.0,
    stereo: Annotated[bool, typer.Option(help="Paint mono sounds as two channels.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the choice of zones.")] = 0,
    output: RecordFile = None,
    force: Force = False,
    device: Device = "auto",
) -> None:
    """Measure what strokes keep: level, holes, rhythm, width, band, and all outside.

    Example: timbrush-lab evaluate strokes-kept my-sounds/ --with inpainter=transformer
    """
    from timbrush.effect.model import load
    from timbrush.energy import Meter
    from timbrush_lab.clips import as_stereo, read_clips
    from timbrush_lab.kept.strokes import as_row, make_strokes, summarize

    check_output(output, force=force)
    fields = read_settings(settings or [])
    clips = list(read_clips(folder, kind=kind, most_seconds=most_seconds))
    clips = [as_stereo(clip) for clip in clips] if stereo else clips
    effect = load(model, device=device)
    with Meter() as meter:
        strokes = make_strokes(
            effect,
            clips,
            n_strokes=n_strokes,
            settings=fields,
            seed=seed,
            track=tracker("painting"),
        )
        found = list(strokes)
    values = {
        "model": effect.fingerprint,
        "data": folder.name,
        "settings": fields,
        "summary": summarize(found),
        "strokes": [as_row(result) for result in found],
    }
    put_out(values, meter.reading, output, what="what strokes keep", seed=seed)


def read_settings(pairs: list[str]) -> dict[str, Any]:
    """Return fields and values of ``FIELD=VALUE``; a value is JSON, or else a text.

    Raises:
        StrokeError: If one has no ``=``.
    """
    fields: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise StrokeError(f"expected FIELD=VALUE, such as level=fine; got {pair!r}")
        try:
            fields[name] = json.loads(value)
        except json.JSONDecodeError:
            fields[name] = value
    return fields
