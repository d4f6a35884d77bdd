"""NSynth's folder (``examples.json`` beside ``audio/``) to labelled examples.

Source: Engel et al. 2017, "Neural Audio Synthesis of Musical Notes with WaveNet Autoencoders".
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from timbrush.datasets.examples import Example, read_mono
from timbrush.errors import DatasetError
from timbrush.families import FAMILIES
from timbrush.texts import read_text

_SUFFIXES = (".wav", ".flac")


class Note(NamedTuple):
    """One line of ``examples.json``: a note's file and its labels."""

    path: Path
    pitch: int
    velocity: int
    family: int
    instrument: str


class NSynth:
    """The notes of one split, sorted by name.

    Args:
        folder: Holds ``examples.json`` and ``audio/*.wav`` or ``audio/*.flac``.
        sample_rate: Rate of the waveforms; NSynth's own is 16000.

    Raises:
        DatasetError: If ``examples.json`` is missing or malformed, or a note has no file.
    """

    def __init__(self, folder: Path, *, sample_rate: int = 16_000) -> None:
        self._sample_rate = sample_rate
        self.notes = _read_notes(Path(folder))

    @property
    def sample_rate(self) -> int:
        """Rate of every waveform."""
        return self._sample_rate

    def __len__(self) -> int:
        return len(self.notes)

    def __getitem__(self, index: int) -> Example:
        note = self.notes[index]
        waveform = read_mono(str(note.path), self._sample_rate)
        return Example(waveform, note.pitch, note.family, note.path.stem)


def _read_notes(folder: Path) -> tuple[Note, ...]:
    path = folder / "examples.json"
    try:
        entries = json.loads(read_text(path))
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:  # bad JSON or bad UTF-8
        raise DatasetError(f"{path} is not valid JSON: {error}") from error
    if not isinstance(entries, dict) or not entries:
        raise DatasetError(f"{path} must be an object of notes by name, got {_brief(entries)}")
    files = _audio_files(folder / "audio")
    return tuple(_note(path, files, name, entries[name]) for name in sorted(entries))


def _audio_files(folder: Path) -> dict[str, Path]:
    """Map the stem of every sound in the folder to its path: one listing, not one a note."""
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise DatasetError(f"cannot read the folder {folder}: {error.strerror}") from error
    return {path.stem: path for path in paths if path.suffix.lower() in _SUFFIXES}


def _note(path: Path, files: Mapping[str, Path], name: str, entry: object) -> Note:
    if not isinstance(entry, dict):
        raise DatasetError(f"{path}: note {name!r} must be an object, got {_brief(entry)}")
    if name not in files:
        raise DatasetError(f"{path}: note {name!r} has no file {name}.wav or .flac in audio/")
    return Note(
        path=files[name],
        pitch=_integer(path, name, entry, "pitch", 127),
        velocity=_integer(path, name, entry, "velocity", 127),
        family=_integer(path, name, entry, "instrument_family", len(FAMILIES) - 1),
        instrument=str(entry.get("instrument_str", name.rsplit("-", 2)[0])),
    )


def _integer(path: Path, name: str, entry: dict[str, Any], key: str, maximum: int) -> int:
    value = entry.get(key)
    if type(value) is not int or not 0 <= value <= maximum:
        raise DatasetError(
            f"{path}: {key} of note {name!r} must be an integer from 0 to {maximum}, "
            f"got {_brief(value)}"
        )
    return value


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
