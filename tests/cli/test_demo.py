"""``timbrush demo``: everything that it promises is there to hear and to see."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from timbrush.cli import demo
from timbrush.effect.edit import Edit

Run = Callable[..., Any]


def test_the_demo_writes_what_there_is_to_hear_and_to_see(
    run: Run, model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "new" / "demo"

    text = run("demo", "-o", out, "--model", model).stdout

    assert {path.name for path in out.iterdir()} == {
        *("original.wav", "reconstruction.wav", "note.codes", "strokes.json", "picture.png"),
        *("loop.wav", "loop-blurred.wav"),
        *("blurred-30.wav", "blurred-60.wav", "blurred-100.wav"),
    }
    note = soundfile.read(Path(demo.__file__).parents[1] / "notes" / demo.NOTE, dtype="int16")[
        0
    ]
    original, *blurred = (
        soundfile.read(out / f"{name}.wav", dtype="int16")[0]
        for name in ("original", "blurred-30", "blurred-60", "blurred-100")
    )
    assert np.array_equal(original, note)
    n_changed = [int((sound != note).sum()) for sound in blurred]
    assert 0 < n_changed[0] and max(n_changed) < 0.5 * len(note)
    assert (out / "picture.png").read_bytes()[:4] == b"\x89PNG"
    strokes = Edit.load(out / "strokes.json").strokes
    assert [stroke.strength for stroke in strokes] == [1.0]
    for arrow in ("samples → codes", "codes → samples", "stroke of strength 0.6"):
        line = next(line for line in text.splitlines() if arrow in line)
        assert " ms, " in line and " J" in line
    assert str(out) in text and "CC BY 4.0" in text
    loop, rate = soundfile.read(out / "loop.wav", dtype="int16")
    painted = soundfile.read(out / "loop-blurred.wav", dtype="int16")[0]
    assert (rate, loop.shape[1]) == (44100, 2) and (loop[:, 0] != loop[:, 1]).any()
    first, last = (round(edge * rate) for edge in demo.LOOP_SECONDS)
    assert np.array_equal(painted[: first - rate // 4], loop[: first - rate // 4])
    assert (painted[first:last] != loop[first:last]).any()
    assert "timbrush serve --open" in text.splitlines()[-1]


def test_nothing_of_an_older_demo_is_replaced_without_force(
    run: Run, model: Path, tmp_path: Path
) -> None:
    (tmp_path / "picture.png").write_bytes(b"mine")

    result = run("demo", "-o", tmp_path, "--model", model, code=1)

    assert "picture.png exists" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["picture.png"]


def test_without_matplotlib_the_demo_says_so_and_goes_on(
    run: Run, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "find_spec", lambda name: None)
    monkeypatch.delitem(sys.modules, "timbrush.cli.demo_picture", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib.axes", None)  # its import fails, as there

    text = run("demo", "-o", tmp_path, "--model", model).stdout

    (line,) = (line for line in text.splitlines() if "picture" in line)
    assert "no picture.png" in line and "pip install 'timbrush[picture]'" in line
    assert (tmp_path / "strokes.json").exists() and not (tmp_path / "picture.png").exists()


def test_the_next_command_is_named_as_it_must_be_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "timbrush"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr("sys.argv", [str(program), "demo"])

    monkeypatch.setenv("PATH", "/usr/bin")
    assert demo._command() == str(program)
    monkeypatch.setenv("PATH", str(program.parent))
    assert demo._command() == "timbrush"
