"""Compare inpainters and levels on the same strokes, to choose a default stroke."""

from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Device, Force, Model
from timbrush_lab.cli.output import RecordFile, check_output, put_out
from timbrush_lab.cli.strokes_kept import Settings, read_settings
from timbrush_lab.cli.track import tracker


def defaults(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Sounds to paint on.")],
    model: Model = None,
    inpainter: Annotated[
        list[str], typer.Option(metavar="NAME", help="Who redraws; may be given again.")
    ] = ["naive-bayes", "transformer"],  # noqa: B006
    n_strokes: Annotated[int, typer.Option("-n", "--strokes", min=1, help="Strokes.")] = 30,
    settings: Settings = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the choice of zones.")] = 0,
    output: RecordFile = None,
    force: Force = False,
    device: Device = "auto",
) -> None:
    """Say what strokes keep with each inpainter, on each level and on both.

    Example: timbrush-lab evaluate defaults my-sounds/ --inpainter transformer
    """
    from timbrush.effect.model import load
    from timbrush.effect.stroke import BOTH
    from timbrush.energy import Meter
    from timbrush_lab.clips import read_clips
    from timbrush_lab.kept.strokes import make_strokes, summarize

    check_output(output, force=force)
    fields = read_settings(settings or [])
    clips, effect = list(read_clips(folder)), load(model, device=device)
    levels = (BOTH, *(level.name for level in effect.codec.shape.levels))
    table = []
    with Meter() as meter:
        for chosen in (
            {"inpainter": one, "level": level} for one in inpainter for level in levels
        ):
            strokes = make_strokes(
                effect,
                clips,
                n_strokes=n_strokes,
                settings={**fields, **chosen},
                seed=seed,
                track=tracker(" ".join(chosen.values())),
            )
            table.append({**chosen, **summarize(list(strokes))})
    values = {
        "model": effect.fingerprint,
        "data": folder.name,
        "settings": fields,
        "n_strokes": n_strokes,
        "table": table,
    }
    put_out(values, meter.reading, output, what="inpainters and levels of a stroke", seed=seed)
