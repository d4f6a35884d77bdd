"""``timbrush replay``: a saved edit over a sound, or over every sound of a folder."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Device, Force, Model, Output, Record


def replay(
    strokes: Annotated[Path, typer.Argument(metavar="STROKES.json", help="A saved edit.")],
    source: Annotated[Path, typer.Argument(metavar="IN", help="A sound, a folder, or -.")],
    output: Output,
    model: Model = None,
    device: Device = "auto",
    record: Record = None,
    force: Force = False,
) -> None:
    """Apply a saved edit; the same edit over the same sound gives the same bytes.

    Example: timbrush replay edit.json note.wav -o edited.wav
    """
    from timbrush.audio import containers
    from timbrush.cli.costs import metered
    from timbrush.cli.folders import (
        check_beside,
        convert,
        pair_files,
        read_sound,
        warn_of_loss,
        write_sound,
    )
    from timbrush.datasets.folder import find_sounds
    from timbrush.effect.edit import Edit
    from timbrush.effect.model import load
    from timbrush.terminal import remark

    edit = Edit.load(strokes)
    pairs = pair_files(source, output, find=find_sounds, force=force)
    containers.check_suffixes(target for _, target in pairs)
    check_beside([*pairs, (strokes, output)], record, force=force)
    effect = load(model, device=device)
    effect.check(edit)

    def paint(path: Path, target: Path) -> None:
        sound = read_sound(path)
        canvas = effect.open(sound.samples, sample_rate=sound.sample_rate)
        painted = canvas.replay(edit.strokes)
        write_sound(target, replace(sound, samples=painted.samples), force=force)

    seeds = " ".join(str(stroke.seed) for stroke in edit.strokes)
    remark(f"seeds {seeds or 'none: no strokes'}")
    warn_of_loss(pairs)
    with metered("replay", record=record):
        convert(pairs, "replaying", paint)
