"""The notebooks of the documentation run from top to bottom, and show what they make."""

import json
from pathlib import Path
from typing import Any

import pytest

from timbrush.cli.main import app
from timbrush.effect.canvas import Canvas

FOLDER = Path(__file__).parent.parent / "docs" / "notebooks"
NAMES = sorted(path.name for path in FOLDER.glob("*.ipynb"))


def code_cells(name: str) -> list[str]:
    cells = json.loads((FOLDER / name).read_text())["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def run_cell(source: str, names: dict[str, Any]) -> Any:
    """Run a cell; return what Jupyter would show: the last line, if it is an expression."""
    *before, last = source.rstrip().split("\n")
    try:
        final = compile(last, "cell", "eval")
    except SyntaxError:
        exec(compile(source, "cell", "exec"), names)
        return None
    exec(compile("\n".join(before), "cell", "exec"), names)
    return eval(final, names)


@pytest.mark.parametrize("name", NAMES)
def test_notebooks_are_committed_without_their_outputs(name: str) -> None:
    book = json.loads((FOLDER / name).read_text())
    assert book["nbformat"] == 4
    assert not any(cell.get("outputs") for cell in book["cells"])
    for source in code_cells(name):
        compile(source, name, "exec")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_notebooks_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app(["demo", "-o", "demo"], standalone_mode=False)
    names: dict[str, Any] = {}

    shown = [run_cell(source, names) for source in code_cells(name)]

    canvases = [value for value in shown if isinstance(value, Canvas)]
    assert canvases and all("<audio" in canvas._repr_html_() for canvas in canvases)
