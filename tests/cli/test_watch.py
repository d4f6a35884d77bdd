"""``timbrush watch``: what changes is painted, once; what is half-written waits."""

import shutil
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from timbrush.cli import watch
from timbrush.effect.model import load

Run = Callable[..., Any]
POLL = 0.01


def changed(source: Path, out: Path, strokes: Path, do: list[Callable[[], None]]) -> list[Path]:
    """Do one thing after each change that is told; return the changes."""
    found = []
    for action, path in zip(do, watch.changes(source, out, strokes, POLL), strict=False):
        found.append(path)
        action()
    return found


def test_new_sounds_and_a_new_edit_are_told_once_each(tmp_path: Path) -> None:
    edit, a, b = tmp_path / "edit.json", tmp_path / "a.wav", tmp_path / "b.wav"
    edit.write_text("one")
    a.write_bytes(b"1")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.wav").write_bytes(b"a result is no source")

    found = changed(
        tmp_path,
        tmp_path / "out",
        edit,
        [
            lambda: b.write_bytes(b"1"),
            lambda: edit.write_text("another"),
            lambda: None,
            lambda: None,
            lambda: a.write_bytes(b"longer"),
            lambda: None,
        ],
    )

    assert found == [a, b, edit, a, b, a]


def test_a_file_that_grows_is_left_alone_until_it_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit, growing = tmp_path / "edit.json", tmp_path / "a.wav"
    edit.write_text("one")
    growing.write_bytes(b"x")

    def write_a_little(seconds: float) -> None:
        if (size := growing.stat().st_size) < 30:
            growing.write_bytes(b"x" * (size + 1))

    monkeypatch.setattr(watch.time, "sleep", write_a_little)

    assert next(watch.changes(tmp_path, tmp_path / "out", edit, POLL)) == growing
    assert growing.stat().st_size == 30


def test_watching_paints_as_replay_does(
    run: Run, model: Path, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit, takes, out = tmp_path / "edit.json", tmp_path / "takes", tmp_path / "out"
    how = ("--seconds", 0.3, 0.5, "--hertz", 300, 2000, "--seed", 1, "--model", model)
    run("blur", sound, "-o", tmp_path / "x.wav", *how, "--strokes-out", edit)
    takes.mkdir()
    shutil.copy(sound, takes / "take.wav")
    (takes / "bad.wav").write_bytes(b"no sound")
    plain = watch.changes
    monkeypatch.setattr(watch, "changes", lambda *a: islice(plain(*a[:3], POLL), 2))

    result = run("watch", takes, "--strokes", edit, "-o", out, "--model", model)

    assert result.stdout.splitlines() == [str(out / "take.wav")]
    assert "bad.wav" in result.stderr
    assert (out / "take.wav").read_bytes() == (tmp_path / "x.wav").read_bytes()

    (takes / "bad.wav").unlink()
    monkeypatch.setattr(watch, "changes", lambda *a: islice(plain(*a[:3], POLL), 1))
    again = run("watch", takes, "--strokes", edit, "-o", out, "--model", model)
    assert again.stdout == "" and "take.wav exists" in again.stderr


def test_what_is_not_there_cannot_be_watched(run: Run, tmp_path: Path) -> None:
    told = run("watch", tmp_path / "no", "--strokes", "e.json", "-o", tmp_path, code=1).stderr
    assert told.startswith("Error: expected a sound or a folder")


def test_a_single_sound_is_painted_again_once_it_changes(tmp_path: Path) -> None:
    edit, take = tmp_path / "edit.json", tmp_path / "take.wav"
    edit.write_text("one")
    soundfile.write(take, np.zeros(10), 8000)

    found = changed(
        take,
        tmp_path / "out.wav",
        edit,
        [lambda: soundfile.write(take, np.zeros(20), 8000), lambda: None],
    )

    assert found == [take, take]


def test_the_strokes_are_those_of_the_model(run: Run, model: Path, tmp_path: Path) -> None:
    edit = tmp_path / "edit.json"
    load(model).edit([]).save(edit)
    told = run("watch", tmp_path, "--strokes", edit, "-o", "x", "--model", "notes", code=1)
    assert "were painted with model" in told.stderr
