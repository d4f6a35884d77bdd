"""``timbrush info``: what a file that timbrush reads or writes holds."""

from pathlib import Path
from typing import Annotated, Any

import typer

from timbrush.cli.options import Json


def info(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="Of any kind below, or a folder of models.")
    ],
    as_json: Json = False,
) -> None:
    """Say what a sound, codes, strokes, extracted codemaps or a model hold.

    Example: timbrush info note.codes
    """
    import json

    from timbrush.cli.facts import describe
    from timbrush.terminal import printable

    facts = describe(path)
    if as_json:
        typer.echo(json.dumps(facts, indent=2))
        return
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        typer.echo(printable(f"{name.replace('_', ' '):<{width}}  {_text(value)}"))


def _text(value: Any) -> str:
    if isinstance(value, list):
        parts = ("×".join(map(str, v)) if isinstance(v, list) else str(v) for v in value)
        return ", ".join(parts) or "none"
    return "–" if value is None else str(value)
