"""A command line whose every error is one plain line, made of one file per command."""

import inspect
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from timbrush.cli.refusals import is_the_worlds, plain_line
from timbrush.errors import TimbrushError
from timbrush.terminal import remark

# The base of all that is wrong with a command line. Newer Typers carry their own click.
UsageError: Any = typer.BadParameter.__mro__[1]

WHOLE_SENTENCE = 500
"""Characters that help may take to say what a command does: all that any first line has."""


class PlainErrors(TyperGroup):
    """A group whose commands refuse in one line on stderr: ``Error: …``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Keep the arguments as they came, for the records of what the command costs."""
        ctx.meta["arguments"] = list(args)
        return super().parse_args(ctx, args)

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Parse the options before the command; help is printed here."""
        with _plain_errors():
            return super().make_context(*args, **kwargs)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands in their groups, each with the whole of its first sentence."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            command: Any = self.get_command(ctx, name)
            line = command.get_short_help_str(limit=WHOLE_SENTENCE)
            groups.setdefault(_group_of(command), []).append((name, line))
        for group, rows in groups.items():
            with formatter.section(group):
                formatter.write_dl(rows)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        from timbrush.energy.record import called_as

        with _plain_errors(), called_as([self.name or "timbrush", *ctx.meta["arguments"]]):
            return super().invoke(ctx)


def _group_of(command: Any) -> str:
    group = command.rich_help_panel
    return group if isinstance(group, str) else "Commands"


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Print an error that is no bug of ours as one line, and end the command."""
    try:
        yield
    except BrokenPipeError:  # who read our output has gone: nothing left to say
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123
        raise typer.Exit(1) from None
    except (TimbrushError, OSError, MemoryError, RuntimeError, KeyboardInterrupt) as error:
        if not is_the_worlds(error):
            raise
        remark(f"Error: {plain_line(error)}")
        raise typer.Exit(130 if isinstance(error, KeyboardInterrupt) else 1) from None
    except UsageError as error:
        if "NoArgsIsHelp" in type(error).__name__:
            raise
        where = error.ctx.command_path if error.ctx else "timbrush"
        line = f"{error.format_message()} (see `{where} --help`)"
        remark(f"Error: {' '.join(line.split())}")
        raise typer.Exit(2) from None


def new_app(name: str) -> typer.Typer:
    """Return a command line without commands."""
    return typer.Typer(
        name=name,
        cls=PlainErrors,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def add_commands(app: typer.Typer, package: str, groups: Mapping[str, Sequence[str]]) -> None:
    """Add commands to a command line, in the order in which help lists them.

    Args:
        app: The command line.
        package: Where each command is a module; in it lies a function, or a group of functions,
            of the module's name.
        groups: The modules under the heading of each group. An underscore in a name is a hyphen
            in the command.
    """
    for group, names in groups.items():
        for name in names:
            command = getattr(import_module(f"{package}.{name}"), name)
            words = name.replace("_", "-")
            if not isinstance(command, typer.Typer):
                app.command(words, help=help_of(command), rich_help_panel=group)(command)
                continue
            for subcommand in command.registered_commands:
                subcommand.help = help_of(subcommand.callback)
            app.add_typer(command, name=words, rich_help_panel=group)


def help_of(command: Callable[..., None] | None) -> str:
    """Return a command's docstring; its example, which is to be copied, is kept in one line."""
    return inspect.cleandoc(command.__doc__ or "").replace("Example: ", "\b\nExample:\n  ")


def run(app: Callable[[], Any]) -> None:
    """Run a command line with this process's arguments."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # names of files need not be UTF-8
        sys.stdout.reconfigure(errors="backslashreplace")
    if sys.stderr is None:  # closed by the caller: remarks would go where data goes
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123
    # Waiting threads spin for a while, then sleep: to spin on makes a busy machine ten times
    # slower, to sleep sooner an idle one half as fast. torch reads this on import.
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", "10000")
    signal.signal(signal.SIGTERM, _end)
    app()


def _end(number: int, frame: object) -> None:
    """End the command as an error does, so that nothing half-written stays."""
    raise SystemExit(128 + number)
