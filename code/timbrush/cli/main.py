"""The ``timbrush`` command: one file per subcommand, no heavy import before one runs."""

from typing import Annotated

import typer

from timbrush.cli.program import add_commands, help_of, new_app, run

COMMANDS = {
    "Paint": ("demo", "blur", "replay", "watch", "serve", "edit"),
    "Codes": ("encode", "decode"),
    "Train": ("learn", "train", "extract", "download"),
    "Look": ("info", "doctor"),
}

app = new_app("timbrush")


def _version(wanted: bool) -> bool:
    if wanted:
        from timbrush import __version__

        typer.echo(f"timbrush {__version__}")
        raise typer.Exit
    return wanted


def timbrush(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Say it and end."),
    ] = False,
) -> None:
    """Paint a zone of a sound, redraw its codes, hear it at once.

    Example: timbrush blur note.wav -o blurred.wav --seconds 0.5 1.5 --hertz 200 2000
    """


app.callback(help=help_of(timbrush))(timbrush)
add_commands(app, "timbrush.cli", COMMANDS)


def main() -> None:
    """Run the ``timbrush`` command."""
    run(app)
