"""Commands over many files: what is left out is said, what does not fit is skipped."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from command_line import RATE, note

from timbrush.audio import containers
from timbrush.datasets.folder import Folder, find_sounds
from timbrush.errors import DatasetError
from timbrush.terminal import pulse

Run = Callable[..., Any]
KINDS = {".wave": "WAV", ".bwf": "WAV", ".rf64": "RF64", ".w64": "W64", ".caf": "CAF"} | {
    ".aifc": "AIFF",
    ".aif": "AIFF",
    ".au": "AU",
    ".snd": "AU",
    ".oga": "OGG",
}


def test_sounds_of_every_kind_in_a_folder_are_painted(
    run: Run, model: Path, tmp_path: Path
) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    for suffix, kind in KINDS.items():
        soundfile.write(source / f"x{suffix}", note(0.3), RATE, format=kind)

    result = run("blur", source, "-o", out, "--seed", 1, "--model", model)

    assert sorted(path.suffix for path in out.iterdir()) == sorted(KINDS)
    for suffix, kind in KINDS.items():
        info = soundfile.info(out / f"x{suffix}")
        assert (info.format, info.samplerate, info.frames) == (kind, RATE, int(0.3 * RATE))
    assert "left out" not in result.stderr


def test_what_a_folder_holds_and_is_not_painted_is_named(
    run: Run, model: Path, sounds: Path
) -> None:
    (sounds / "b.m4a").touch()
    (sounds / "sub" / "c.WMA").touch()
    (sounds / ".hidden.m4a").touch()

    result = run("blur", sounds, "-o", sounds.with_name("out"), "--model", model)

    named = [line for line in result.stderr.splitlines() if line.startswith("left out: ")]
    assert len(named) == 2 and "b.m4a is of a kind" in named[0] and "c.WMA" in named[1]


@pytest.fixture
def closed(sounds: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that nobody may read, even root."""
    folder = sounds / "closed"
    folder.mkdir()
    soundfile.write(folder / "d.wav", note(0.3), RATE)
    scan = os.scandir

    def refuse(path: str) -> Any:
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    return folder


def test_a_folder_that_cannot_be_read_is_named(
    run: Run, model: Path, sounds: Path, closed: Path
) -> None:
    out = sounds.with_name("out")

    result = run("blur", sounds, "-o", out, "--model", model)

    assert f"left out: {closed} cannot be read: Permission denied" in result.stderr
    assert (out / "a.wav").exists()
    with pytest.raises(DatasetError, match="closed cannot be read: Permission denied"):
        Folder(sounds)
    with pytest.raises(DatasetError, match="closed cannot be read: Permission denied"):
        find_sounds(closed, left_out=print)


def edit(path: Path, *spans: tuple[float, float], model: str) -> Path:
    strokes = [{"seconds": list(span), "seed": 1} for span in spans]
    saved = {"format": "timbrush strokes", "version": 1, "model": model, "strokes": strokes}
    path.write_text(json.dumps(saved))
    return path


@pytest.fixture
def fingerprint(model: Path) -> str:
    from timbrush.effect.model import load

    return load(model).fingerprint


def test_a_stroke_beyond_a_sounds_end_is_left_out_and_the_sound_written(
    run: Run, model: Path, sounds: Path, fingerprint: str
) -> None:
    soundfile.write(sounds / "long.wav", note(2.0), RATE)
    strokes = edit(sounds.with_name("e.json"), (0.1, 0.2), (1.0, 1.5), model=fingerprint)
    first = edit(sounds.with_name("f.json"), (0.1, 0.2), model=fingerprint)
    out, alone = sounds.with_name("out"), sounds.with_name("alone")

    result = run("replay", strokes, sounds, "-o", out, "--model", model)
    run("replay", first, sounds, "-o", alone, "--model", model)

    said = [line for line in result.stderr.splitlines() if "left out" in line]
    assert len(said) == 2
    assert all("stroke 2: left out: the sound lasts 0.29" in line for line in said)
    assert (out / "a.wav").read_bytes() == (alone / "a.wav").read_bytes()
    assert (out / "long.wav").read_bytes() != (alone / "long.wav").read_bytes()


def test_a_sound_of_a_folder_that_no_stroke_reaches_is_written_as_it_is(
    run: Run, model: Path, sounds: Path
) -> None:
    out = sounds.with_name("out")

    result = run("blur", sounds, "-o", out, "--seconds", 1, 2, "--model", model)

    assert result.stderr.count("left out: the sound lasts 0.29") == 2
    for name in ("a.wav", "sub/b.flac"):
        same = [soundfile.read(folder / name, dtype="int16")[0] for folder in (sounds, out)]
        assert np.array_equal(*same)


def test_a_stroke_that_cannot_be_meant_fails_for_every_sound(
    run: Run, model: Path, sounds: Path
) -> None:
    out = sounds.with_name("out")

    result = run("blur", sounds, "-o", out, "--inpainter", "x", "--model", model, code=1)

    assert "2 of 2 files could not be done" in result.stderr and not out.exists()


def test_several_jobs_give_the_same_bytes_and_say_what_failed(
    run: Run, model: Path, sounds: Path
) -> None:
    (sounds / "bad.wav").write_bytes(b"no sound")
    one, two = sounds.with_name("one"), sounds.with_name("two")
    options = ("--seed", 3, "--model", model)

    first = run("blur", sounds, "-o", one, *options, code=1)
    second = run("blur", sounds, "-o", two, *options, "-j", 2, code=1)

    for name in ("a.wav", "sub/b.flac"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    for result in (first, second):
        assert "bad.wav cannot be read" in result.stderr
        assert "Error: 1 of 3 files could not be done" in result.stderr
    assert "Error" in run("blur", sounds, "-o", two, "-j", 0, code=2).stderr


def test_progress_is_told_where_stderr_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pulse("blurring", every_seconds=0.05) as progress:
        progress(1, 4)
        time.sleep(0.2)
    lines = capsys.readouterr().err.splitlines()

    assert "blurring: 1 of 4 done after 0 s, about 0 s left" in lines
    with pulse("blurring", every_seconds=5.0):
        pass
    assert capsys.readouterr().err == ""


def test_samples_that_a_stroke_takes_beyond_full_scale_are_counted(
    run: Run, model: Path, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    master = np.clip(4 * rng.standard_normal(RATE), -0.99, 0.99)  # limited all along
    kept, cut = tmp_path / "float.wav", tmp_path / "int.wav"
    soundfile.write(kept, master, RATE, subtype="FLOAT")
    soundfile.write(cut, master, RATE, subtype="PCM_16")

    said = run("blur", cut, "-o", tmp_path / "a.wav", "--seed", 1, "--model", model).stderr
    quiet = run("blur", kept, "-o", tmp_path / "b.wav", "--seed", 1, "--model", model).stderr

    samples = soundfile.read(tmp_path / "b.wav")[0]
    n_over = int((np.abs(samples) > 1).sum())
    assert n_over > 100
    counted = next(line for line in said.splitlines() if "beyond full scale" in line)
    n_counted = int(counted.split("took ")[1].split()[0])
    assert abs(n_counted - n_over) <= 0.1 * n_over
    assert "beyond full scale" not in quiet


def test_a_zone_that_is_too_narrow_to_be_heard_is_said(
    run: Run, model: Path, tmp_path: Path
) -> None:
    times = np.arange(2 * RATE) / RATE
    hum = note(2.0)[:, 0] + 0.03 * np.sin(2 * np.pi * 50 * times)
    soundfile.write(tmp_path / "x.wav", hum, RATE)
    options = ("--seed", 1, "--model", model, "--force")

    for band, said in (((49, 51), True), ((440.0, 441.0), True), ((200, 2000), False)):
        words = ("--hertz", *band, *options)
        result = run("blur", tmp_path / "x.wav", "-o", tmp_path / "y.wav", *words)
        assert ("next to nothing is heard" in result.stderr) == said, result.stderr


def test_every_ending_that_is_found_can_be_written(tmp_path: Path) -> None:
    for suffix in containers.SUFFIXES:
        (tmp_path / f"x{suffix}").touch()

    assert len(find_sounds(tmp_path)) == len(containers.SUFFIXES)


def lives(process: str) -> bool:
    """Whether a process runs; one that ended and that nobody asked after does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_terminated_command_ends_its_processes_and_leaves_nothing_half_written(
    model: Path, tmp_path: Path
) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    for index in range(6):
        soundfile.write(source / f"{index}.wav", note(5.0), RATE)
    command = [sys.executable, "-m", "timbrush", "blur", source, "-o", out, "-j", "2"]
    process = subprocess.Popen(
        [*map(str, command), "--model", str(model)], stderr=subprocess.PIPE, text=True
    )
    until = time.monotonic() + 120
    while not list(out.glob("*.wav")) and time.monotonic() < until:
        time.sleep(0.05)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()

    process.terminate()
    _, said = process.communicate(timeout=60)

    assert process.returncode == 128 + signal.SIGTERM
    assert "Traceback" not in said
    until = time.monotonic() + 20
    while any(lives(child) for child in children) and time.monotonic() < until:
        time.sleep(0.05)
    assert children and not any(lives(child) for child in children)
    written = list(out.iterdir())
    assert 0 < len(written) < 6
    assert all(soundfile.info(path).frames == 5 * RATE for path in written)
