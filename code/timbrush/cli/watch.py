"""``timbrush watch``: a saved edit over every sound that appears or changes in a folder."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from timbrush.cli.options import Device, Force, Model, Output

if TYPE_CHECKING:
    from timbrush.cli.painting import Painting

Stamp = tuple[int, int]


def watch(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A sound or a folder.")],
    strokes: Annotated[
        Path, typer.Option("--strokes", metavar="EDIT.json", help="A saved edit.")
    ],
    output: Output,
    interval: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.01, help="How often to look.")
    ] = 1.0,
    model: Model = None,
    device: Device = "auto",
    allow_commands: Annotated[
        bool,
        typer.Option(
            "--allow-commands", help="Run the programs that its strokes name; trust the edit."
        ),
    ] = False,
    force: Force = False,
) -> None:
    """Apply a saved edit to sounds again whenever one, or the edit, changes.

    Files that are still being written are left alone until they stay the same between two
    looks. Ctrl-C ends it.

    Example: timbrush watch takes/ --strokes edit.json -o edited/
    """
    from timbrush.errors import OutputError, TimbrushError
    from timbrush.terminal import remark

    if not source.exists():
        raise TimbrushError(f"expected a sound or a folder to watch, {source} does not exist")
    if source.is_dir() and output.is_file():
        raise OutputError(f"{source} is a folder, so OUT must be a folder too, not {output}")
    paint = _painting(strokes, model, device, source, allow_commands, force)
    ours: set[Path] = set()
    for changed in changes(source, output, strokes, interval):
        if changed == strokes:
            paint = _painting(strokes, model, device, source, allow_commands, force)
            continue
        target = output / changed.relative_to(source) if source.is_dir() else output
        try:
            _paint(paint, changed, target, may_replace=force or target in ours)
        except TimbrushError as error:
            remark(f"{changed}: {error}")
            continue
        ours.add(target)
        typer.echo(target)


def changes(source: Path, output: Path, strokes: Path, interval: float) -> Iterator[Path]:
    """Return files without end, each once it is new or other than before and stays so.

    After ``strokes`` itself changed, all sounds follow it. Names that begin with a dot, and
    what lies below ``output``, are left out.
    """
    before: dict[Path, Stamp] = {}
    told: dict[Path, Stamp] = {strokes: _stamp(strokes) or (0, 0)}
    while True:
        now = {
            path: stamp
            for path in [strokes, *_sounds(source, output)]
            if (stamp := _stamp(path)) is not None
        }
        for path, stamp in now.items():
            if before.get(path) == stamp and told.get(path) != stamp:
                if path == strokes:
                    told.clear()
                told[path] = stamp
                yield path
        before = now
        time.sleep(interval)


def _sounds(source: Path, output: Path) -> Iterable[Path]:
    from timbrush.datasets.folder import find_sounds

    if not source.is_dir():
        return [source]
    results = output.resolve()
    return [path for path in find_sounds(source) if not path.resolve().is_relative_to(results)]


def _stamp(path: Path) -> Stamp | None:
    try:
        state = path.stat()
    except OSError:  # it went away meanwhile
        return None
    return state.st_mtime_ns, state.st_size


def _painting(
    strokes: Path,
    model: Path | None,
    device: str,
    source: Path,
    allow_commands: bool,
    force: bool,
) -> "Painting":
    from timbrush.cli.painting import Painting, load_once
    from timbrush.effect import bundled
    from timbrush.effect.edit import Edit

    edit = Edit.load(strokes)
    chosen = bundled.find(model, made_by=edit.model)
    load_once(chosen, device=device).check(edit)
    return Painting(
        strokes=edit.strokes,
        model=chosen,
        device=device,
        force=force,
        is_one_of_many=source.is_dir(),
        allow_commands=allow_commands,
    )


def _paint(paint: "Painting", source: Path, target: Path, *, may_replace: bool) -> None:
    from dataclasses import replace

    from timbrush.whole import check_writable

    target.parent.mkdir(parents=True, exist_ok=True)
    check_writable(target, force=may_replace)
    replace(paint, force=may_replace)(source, target)
