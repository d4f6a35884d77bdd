"""The example in the help of each command runs as it is typed."""

import shlex
import shutil
from collections.abc import Callable
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
import soundfile
import typer.main
from command_line import note

from timbrush.cli import watch
from timbrush.cli.main import app

Run = Callable[..., Any]
NOT_RUN = {
    "serve": "serves until it is interrupted; tests/cli/test_serve.py",
    "edit": "serves until its pages are closed; tests/web/test_documents.py",
    "download": "needs a network; tests/datasets",
    "extract": "needs NSynth; tests/cli/test_training.py",
    "train": "takes hours; tests/cli/test_training.py",
}


def examples() -> list[list[str]]:
    group: Any = typer.main.get_command(app)
    helps = [command.help.split("Example:")[1] for command in group.commands.values()]
    return [shlex.split(text.split("\n\n")[0])[1:] for text in helps]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the examples name."""
    place = tmp_path_factory.mktemp("examples")
    for name in ("note.wav", "samples/a.wav", "takes/a.wav"):
        (place / name).parent.mkdir(exist_ok=True)
        soundfile.write(place / name, note(2.0), 11025)
    return place


@pytest.mark.slow
@pytest.mark.parametrize("words", examples(), ids=lambda words: words[0])
def test_the_example_runs(
    run: Run, words: list[str], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if words[0] in NOT_RUN:
        return
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    if "edit.json" in words:
        stroke = ("--seconds", 0.5, 1, "--seed", 1, "--strokes-out", "edit.json")
        run("blur", "note.wav", "-o", "x.wav", *stroke)
    if words[0] in {"decode", "info"}:
        run("encode", "note.wav", "-o", "note.codes")
    if words[0] == "decode":
        Path("note.wav").unlink()
    plain = watch.changes
    monkeypatch.setattr(watch, "changes", lambda *a: islice(plain(*a[:3], 0.01), 1))

    said = run(*words)

    for option, target in pairwise(words):
        if option == "-o":
            assert Path(target).exists(), said.output


def test_each_command_has_an_example_that_names_it() -> None:
    group: Any = typer.main.get_command(app)
    assert [words[0] for words in examples()] == list(group.commands)
    assert set(NOT_RUN) < set(group.commands)
