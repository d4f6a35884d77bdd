"""The ``timbrush-lab`` command: measure models, add up their costs, write the report."""

from importlib.util import find_spec

from timbrush.cli.program import add_commands, new_app, run
from timbrush.errors import ConfigError

COMMANDS = {
    "Measure": ("evaluate", "energy", "report"),
    "Listen": ("listen", "listened"),
    "Train": ("train_digits",),
}

LIBRARIES = ("matplotlib", "sklearn")
"""Libraries of the extra ``lab`` without which no command is whole."""

app = new_app("timbrush-lab")


@app.callback()
def timbrush_lab() -> None:
    """Measure models of timbrush, add up what they cost, and write the report.

    Example: timbrush-lab evaluate codec my-sounds/
    """
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"the laboratory needs {' and '.join(missing)}; install them with: "
            "pip install 'timbrush[lab]'"
        )


add_commands(app, "timbrush_lab.cli", COMMANDS)


def main() -> None:
    """Run the ``timbrush-lab`` command."""
    run(app)
