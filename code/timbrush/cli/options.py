"""Options that several commands share, spelt once."""

from pathlib import Path
from typing import Annotated

import typer

Output = Annotated[
    Path,
    typer.Option("-o", "--output", metavar="OUT", help="Where to write.", show_default=False),
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that exist.")]
Model = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="MODEL",
        help="wide, notes, a folder of models, or a model file; left out: wide.",
        show_default=False,
    ),
]
Device = Annotated[
    str, typer.Option("-d", "--device", help="auto, cpu or cuda; auto falls back to the CPU.")
]
Record = Annotated[
    Path | None,
    typer.Option("--record", metavar="FILE", help="Keep joules and seconds, as JSON."),
]
Jobs = Annotated[
    int,
    typer.Option(
        "-j", "--jobs", metavar="N", min=1, help="Work on N files of a folder at a time."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
