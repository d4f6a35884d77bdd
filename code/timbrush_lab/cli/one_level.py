"""The command that redraws one level of drums and loops alone."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Device, Force, Model
from timbrush.errors import DatasetError
from timbrush_lab.cli.output import RecordFile, check_output, put_out
from timbrush_lab.cli.strokes_kept import Kind, Settings, read_settings
from timbrush_lab.cli.track import tracker


def one_level(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Drums and loops.")],
    model: Model = None,
    n_strokes: Annotated[int, typer.Option("-n", "--strokes", min=1, help="Strokes.")] = 40,
    settings: Settings = None,
    kind: Kind = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the choice of zones.")] = 0,
    output: RecordFile = None,
    force: Force = False,
    device: Device = "auto",
) -> None:
    """Redraw rhythm or timbre of drums and loops alone: what of the other stays.

    Example: timbrush-lab evaluate one-level my-loops/ --kind loop
    """
    from timbrush.effect.model import load
    from timbrush.energy import Meter
    from timbrush_lab.clips import read_clips
    from timbrush_lab.kept.one_level import DECODED, redraw_one_level
    from timbrush_lab.kept.strokes import RHYTHMIC

    check_output(output, force=force)
    fields, effect = read_settings(settings or []), load(model, device=device)
    clips = [clip for clip in read_clips(folder, kind=kind) if clip.kind in RHYTHMIC]
    if not clips:
        raise DatasetError(
            f"expected drums or loops in {folder}, found none; say --kind loop if they are"
        )
    with Meter() as meter:
        found = redraw_one_level(
            effect,
            clips,
            n_strokes=n_strokes,
            settings=fields,
            seed=seed,
            track=tracker("painting"),
        )
    whole = found[DECODED].onset_correlation
    values = {
        "model": effect.fingerprint,
        "data": folder.name,
        "settings": fields,
        "n_strokes": n_strokes,
        "ways": {
            name: asdict(means) | {"of_decoded": means.onset_correlation / whole}
            for name, means in found.items()
        },
    }
    put_out(values, meter.reading, output, what="redrawing one level alone", seed=seed)
