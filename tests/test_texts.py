"""Texts of other programs: with a byte order mark, in other encodings, and without an end."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from timbrush.config import read_toml
from timbrush.datasets.nsynth import NSynth
from timbrush.effect.edit import Edit
from timbrush.errors import TimbrushError
from timbrush.texts import read_text


@dataclass(frozen=True, kw_only=True)
class Run:
    name: str


def read_strokes(path: Path) -> Any:
    return Edit.load(path)


def read_run(path: Path) -> Any:
    return read_toml(path, Run)


def read_notes(path: Path) -> Any:
    (path.parent / "audio").mkdir(exist_ok=True)
    soundfile.write(path.parent / "audio" / "ä.wav", np.ones(10), 16_000)
    path.replace(path.with_name("examples.json"))
    return NSynth(path.parent).notes


STROKES = {"format": "timbrush strokes", "version": 1, "model": "ä", "strokes": []}
NOTES = {"ä": {"pitch": 60, "velocity": 9, "instrument_family": 2, "instrument_str": "flute"}}
READERS = [
    (read_strokes, json.dumps(STROKES, ensure_ascii=False)),
    (read_run, 'name = "ä"'),
    (read_notes, json.dumps(NOTES, ensure_ascii=False)),
]


@pytest.mark.parametrize(("read", "text"), READERS)
def test_a_byte_order_mark_makes_no_difference(
    tmp_path: Path, read: Callable[[Path], Any], text: str
) -> None:
    (tmp_path / "plain").write_text(text, encoding="utf-8")
    (tmp_path / "marked").write_text(text, encoding="utf-8-sig")

    assert read(tmp_path / "marked") == read(tmp_path / "plain")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
@pytest.mark.parametrize(("read", "text"), READERS)
def test_another_encoding_is_one_plain_line(
    tmp_path: Path, read: Callable[[Path], Any], text: str, encoding: str
) -> None:
    (tmp_path / "x").write_text(text, encoding=encoding)

    with pytest.raises(TimbrushError, match="UTF-8") as caught:
        read(tmp_path / "x")

    assert "\n" not in str(caught.value) and "codec" not in str(caught.value)


@pytest.mark.parametrize("read", [read_strokes, read_run])
def test_a_device_without_end_is_refused_by_its_first_bytes(
    read: Callable[[Path], Any],
) -> None:
    with pytest.raises(TimbrushError, match="zero bytes"):
        read(Path("/dev/zero"))


def test_a_text_beyond_a_bound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("1" * 2**20)

    assert len(read_text(tmp_path / "x", max_bytes=2**20)) == 2**20
    with pytest.raises(ValueError, match="longer than 0 MiB"):
        read_text(tmp_path / "x", max_bytes=2**20 - 1)
