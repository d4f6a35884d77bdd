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
    from timbrush.audio import containers, files
    from timbrush.cli.costs import metered, remark
    from timbrush.cli.folders import check_beside, convert, pair_files, warn_of_loss
    from timbrush.datasets.folder import find_sounds
    from timbrush.effect.model import load
    from timbrush.effect.stroke import load_strokes
    from timbrush.errors import StrokeError

    edit, fingerprint = load_strokes(strokes)
    pairs = pair_files(source, output, find=find_sounds, force=force)
    containers.check_suffixes(target for _, target in pairs)
    check_beside(pairs, record, force=force)
    effect = load(model, device=device)
    if effect.fingerprint != fingerprint:
        raise StrokeError(
            f"{strokes} was painted with model {fingerprint}, this is {effect.fingerprint}; "
            "name that model with --model"
        )

    def paint(path: Path, target: Path) -> None:
        sound = files.read(path)
        canvas = effect.open(sound.samples, sample_rate=sound.sample_rate)
        for stroke in edit:
            canvas = canvas.paint(stroke)
        files.write(target, replace(sound, samples=canvas.samples), force=force)

    remark("seeds " + (" ".join(str(stroke.seed) for stroke in edit) or "none: no strokes"))
    warn_of_loss(pairs)
    with metered("replay", record=record):
        convert(pairs, "replaying", paint)
