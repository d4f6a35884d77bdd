"""Say what each control of a stroke does, value by value."""

from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Device, Force, Model
from timbrush_lab.cli.output import RecordFile, check_output, put_out
from timbrush_lab.cli.strokes_kept import Settings, read_settings
from timbrush_lab.cli.track import tracker

CONTROLS = (
    "strength=[0.125,0.25,0.5,0.75,1]",
    "radius=[0.5,0.7,1,1.4,2]",
    "repeat=[1,2,4,8,16]",
    "temperature=[1,1.25,1.5,2,3]",
)


def controls(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Sounds to paint on.")],
    model: Model = None,
    control: Annotated[
        list[str],
        typer.Option(metavar="FIELD=[VALUE,…]", help="A control; may be given again."),
    ] = list(CONTROLS),  # noqa: B006
    n_strokes: Annotated[int, typer.Option("-n", "--strokes", min=1, help="Strokes.")] = 24,
    settings: Settings = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the choice of zones.")] = 0,
    output: RecordFile = None,
    force: Force = False,
    device: Device = "auto",
) -> None:
    """Turn each control through its values: change, level, difference of two seeds.

    Example: timbrush-lab evaluate controls my-sounds/ --control radius=[1,2,4]
    """
    from dataclasses import asdict

    from timbrush.effect.model import load
    from timbrush.energy import Meter
    from timbrush_lab.clips import read_clips
    from timbrush_lab.kept.controls import monotony, sweep

    check_output(output, force=force)
    turned, fields = read_settings(control), read_settings(settings or [])
    clips, effect = list(read_clips(folder)), load(model, device=device)
    tables = {}
    with Meter() as meter:
        for name, values in turned.items():
            found = sweep(
                effect,
                clips,
                name,
                values,
                n_strokes=n_strokes,
                settings=fields,
                seed=seed,
                track=tracker(name),
            )
            tables[name] = {
                "values": [asdict(setting) for setting in found],
                "spearman": monotony(found),
            }
    values = {
        "model": effect.fingerprint,
        "data": folder.name,
        "settings": fields,
        "n_strokes": n_strokes,
        "controls": tables,
    }
    put_out(values, meter.reading, output, what="what controls do", seed=seed)
