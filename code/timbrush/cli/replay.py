"""``timbrush replay``: a saved edit over a sound, or over every sound of a folder."""

from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Device, Force, Jobs, Model, Output, Record


def replay(
    strokes: Annotated[Path, typer.Argument(metavar="STROKES.json", help="A saved edit.")],
    source: Annotated[Path, typer.Argument(metavar="IN", help="A sound, a folder, or -.")],
    output: Output,
    model: Model = None,
    device: Device = "auto",
    allow_commands: Annotated[
        bool,
        typer.Option(
            "--allow-commands", help="Run the programs that its strokes name; trust the edit."
        ),
    ] = False,
    record: Record = None,
    jobs: Jobs = 1,
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
        find_and_tell,
        pair_files,
        warn_of_loss,
    )
    from timbrush.cli.painting import Painting, load_once
    from timbrush.effect import bundled
    from timbrush.effect.edit import Edit
    from timbrush.terminal import remark

    edit = Edit.load(strokes)
    pairs = pair_files(source, output, find=find_and_tell, force=force)
    containers.check_suffixes(target for _, target in pairs)
    check_beside([*pairs, (strokes, output)], record, force=force)
    chosen = bundled.find(model, made_by=edit.model)
    effect = load_once(chosen, device=device)
    effect.check(edit)

    paint = Painting(
        strokes=edit.strokes,
        model=chosen,
        device=device,
        force=force,
        is_one_of_many=source.is_dir(),
        allow_commands=allow_commands,
    )

    seeds = " ".join(str(stroke.seed) for stroke in edit.strokes)
    remark(f"seeds {seeds or 'none: no strokes'}")
    warn_of_loss(pairs)
    with metered("replay", record=record):
        convert(pairs, "replaying", paint, jobs=jobs)
