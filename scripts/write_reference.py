"""Write docs/reference from the code: each command with its options, each public name."""

import dataclasses
import inspect
from pathlib import Path
from typing import Any

import typer.main

import timbrush
from timbrush.cli.main import app

FOLDER = Path(__file__).parent.parent / "docs" / "reference"
REMARK = "<!-- written by scripts/write_reference.py from the code; do not edit -->\n"


def commands() -> str:
    """Return the page of the command line."""
    group: Any = typer.main.get_command(app)
    parts = [REMARK, "# The command line\n"]
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            for word, inner in command.commands.items():
                parts += _command(f"timbrush {name} {word}", inner)
        else:
            parts += _command(f"timbrush {name}", command)
    return "\n".join(parts)


def _command(words: str, command: Any) -> list[str]:
    about = inspect.cleandoc(command.help).replace("\b\n", "")
    text, _, example = about.partition("Example:")
    lines = [f"## {words}\n", text.strip() + "\n"]
    lines += ["```", example.strip(), "```\n", "| | |", "|---|---|"]
    for parameter in command.params:
        names = " ".join([*parameter.opts, *parameter.secondary_opts])
        if parameter.param_type_name == "argument":
            names = parameter.metavar or parameter.name
        about = " ".join((getattr(parameter, "help", None) or "").split())
        lines.append(f"| `{names.replace('|', '/')}` | {about.replace('|', '/')} |")
    return [*lines, ""]


def python() -> str:
    """Return the page of the Python interface."""
    parts = [REMARK, "# Python: `import timbrush`\n"]
    for name in timbrush.__all__:
        thing = getattr(timbrush, name)
        parts += [f"## {name}\n", "```text", inspect.getdoc(thing) or "", "```\n"]
        if inspect.isclass(thing):
            parts += _methods(thing)
    return "\n".join(parts)


def _methods(thing: type) -> list[str]:
    parts = []
    fields = {field.name for field in dataclasses.fields(thing)} if _is_data(thing) else set()
    for name, member in vars(thing).items():
        if name.startswith("_") or name in fields:
            continue
        function = getattr(member, "fget", None) or getattr(member, "__func__", member)
        if about := callable(function) and inspect.getdoc(function):
            call = "" if isinstance(member, property) else "()"
            parts += [f"### {thing.__name__}.{name}{call}\n", "```text", about, "```\n"]
    return parts


def _is_data(thing: type) -> bool:
    return dataclasses.is_dataclass(thing)


PAGES = {"commands.md": commands, "python.md": python}

if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for page, write in PAGES.items():
        (FOLDER / page).write_text(write())
