"""What all pictures share: colours, an empty figure, a file that appears whole."""

from pathlib import Path
from typing import TYPE_CHECKING

from timbrush.whole import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("#3b6ea5", "#d1603d", "#5b8c5a", "#8a5a9e", "#b8912f", "#4d4d4d", "#c05a83")


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty figure of so many inches."""
    from matplotlib.figure import Figure  # lazy: takes half a second to load

    return Figure(figsize=(width, height), layout="constrained")


def save(figure: "Figure", path: Path) -> None:
    """Write a picture whole; the same figure gives the same bytes."""
    kind = path.suffix.removeprefix(".")
    dated = {"pdf": {"CreationDate": None}, "png": {"Software": None}}
    with write_whole(path, force=True, parents=True) as file:
        figure.savefig(file, format=kind, dpi=150, metadata=dated.get(kind))
