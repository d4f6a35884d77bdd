"""NSynth's folders, whole and broken."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

from timbrush.datasets.examples import Remembered, Sounds
from timbrush.datasets.folder import Folder, open_sounds
from timbrush.datasets.nsynth import NSynth
from timbrush.errors import DatasetError, SoundError
from timbrush.families import FAMILIES

RATE = 16000


def label(**changes: Any) -> dict[str, Any]:
    entry = {"pitch": 60, "velocity": 100, "instrument_family": 2, "instrument_str": "flute_1"}
    return entry | changes


def make(folder: Path, entries: Any, suffix: str = ".wav") -> Path:
    (folder / "audio").mkdir(parents=True)
    (folder / "examples.json").write_text(json.dumps(entries))
    for index, name in enumerate(entries):
        tone = np.full(400 + index, (index + 1) / 10)
        soundfile.write(folder / "audio" / f"{name}{suffix}", tone, RATE)
    return folder


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_notes_come_sorted_by_name_with_their_labels(tmp_path: Path, suffix: str) -> None:
    folder = make(
        tmp_path / "x", {"b": label(pitch=61), "a": label(instrument_family=8)}, suffix
    )

    notes = NSynth(folder)

    assert [notes[i].name for i in range(len(notes))] == ["a", "b"]
    assert (notes[0].pitch, FAMILIES[notes[0].family]) == (60, "string")
    assert (notes[1].pitch, FAMILIES[notes[1].family]) == (61, "flute")
    assert notes[1].waveform.shape == (400,)
    assert torch.allclose(notes[1].waveform, torch.tensor(0.1), atol=1e-4)
    assert isinstance(notes, Sounds)


def test_waveforms_come_mono_at_the_rate_that_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    stereo = np.stack([np.full(44100, 0.5), np.full(44100, -0.1)], axis=1)
    soundfile.write(tmp_path / "deep" / "x.wav", stereo, 44100)

    example = Folder(tmp_path, sample_rate=RATE)[0]

    assert example.waveform.shape == (RATE,)
    assert torch.allclose(example.waveform[1000:-1000], torch.tensor(0.2), atol=1e-3)
    assert (example.name, example.pitch, example.family) == ("deep/x", -1, -1)


def test_a_folder_is_nsynth_if_it_has_a_list_of_examples(tmp_path: Path) -> None:
    make(tmp_path / "x", {"a": label()})

    assert isinstance(open_sounds(tmp_path / "x"), NSynth)
    assert isinstance(open_sounds(tmp_path / "x" / "audio"), Folder)


def test_a_folder_answers_its_sounds_only_and_in_order(tmp_path: Path) -> None:
    for name in ("b.wav", "sub/a.flac", ".hidden/c.wav", "B.AIFF", "a.ogg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        soundfile.write(tmp_path / name, np.zeros(100), RATE)
    (tmp_path / "notes.txt").write_text("no sound")

    names = [path.relative_to(tmp_path).as_posix() for path in Folder(tmp_path).paths]

    assert names == ["B.AIFF", "a.ogg", "b.wav", "sub/a.flac"]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "is not valid JSON"),
        ("{", "is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
        ("[1, 2]", "must be an object of notes"),
        ("{}", "must be an object of notes"),
        ('{"a": 3}', "note 'a' must be an object, got 3"),
        ('{"../a": {}}', "note '../a' has no file"),
        ('{"b": {}}', "note 'b' has no file b.wav or .flac"),
        ('{"a": {"velocity": 1}}', "pitch of note 'a' must be an integer from 0 to 127"),
        ('{"a": {"pitch": 60.0}}', "pitch of note 'a' .* got 60.0"),
        ('{"a": {"pitch": true}}', "pitch of note 'a' .* got True"),
        ('{"a": {"pitch": 128}}', "from 0 to 127, got 128"),
        (
            '{"a": {"pitch": 1, "velocity": 1, "instrument_family": 11}}',
            "instrument_family of note 'a' must be an integer from 0 to 10",
        ),
    ],
)
def test_a_malformed_list_is_one_clear_line(tmp_path: Path, text: str, match: str) -> None:
    folder = make(tmp_path / "x", {"a": label()})
    (folder / "examples.json").write_text(text)

    with pytest.raises(DatasetError, match=match) as caught:
        NSynth(folder)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "examples.json").write_text('{"a": {}}')

    with pytest.raises(DatasetError, match=r"cannot read the folder .*audio"):
        NSynth(tmp_path / "x")
    with pytest.raises(DatasetError, match=r"cannot read .*examples\.json: No such file"):
        NSynth(tmp_path / "y")
    with pytest.raises(DatasetError, match="is no folder"):
        Folder(tmp_path / "y")
    with pytest.raises(DatasetError, match="no sound below"):
        Folder(tmp_path / "x")


def test_a_damaged_sound_is_named_when_it_is_read(tmp_path: Path) -> None:
    folder = make(tmp_path / "x", {"a": label()})
    (folder / "audio" / "a.wav").write_bytes(b"no sound")

    with pytest.raises(SoundError, match=r"a\.wav cannot be read"):
        NSynth(folder)[0]


def test_remembered_sounds_are_read_once_up_to_the_limit(tmp_path: Path) -> None:
    folder = make(tmp_path / "x", {"a": label(), "b": label()})
    sounds = Remembered(NSynth(folder), limit_bytes=4 * 400)
    first = [sounds[0], sounds[1]]

    for name in ("a", "b"):
        soundfile.write(folder / "audio" / f"{name}.wav", np.zeros(7), RATE)

    assert sounds[0].waveform is first[0].waveform
    assert sounds[1].waveform.shape == (7,)  # 401 samples did not fit any more
    assert (len(sounds), sounds.sample_rate) == (2, RATE)
