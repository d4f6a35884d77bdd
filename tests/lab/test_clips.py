"""Clips are read at their own rates, with the kind that a table gives."""

from pathlib import Path

import numpy as np
import pytest

from timbrush.audio import files
from timbrush.errors import DatasetError
from timbrush_lab.clips import as_stereo, read_clips


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "valid").mkdir()
    for name, rate, n_channels in (("a.wav", 8000, 1), ("b.wav", 11_025, 2)):
        samples = np.linspace(-0.5, 0.5, n_channels * rate, dtype=np.float32)
        sound = files.Sound(samples.reshape(n_channels, rate), rate, "FLOAT", "WAV")
        files.write(tmp_path / "valid" / name, sound)
    (tmp_path / "clips.csv").write_text("path,kind,seconds\nvalid/a.wav,drum,1\n")
    return tmp_path / "valid"


def test_a_table_above_the_folder_tells_the_kinds(folder: Path) -> None:
    one, other = read_clips(folder)
    assert (one.name, one.kind, one.sample_rate) == ("a.wav", "drum", 8000)
    assert (other.name, other.kind, other.sample_rate) == ("b.wav", "unknown", 11_025)
    assert one.seconds == other.seconds == 1
    assert [clip.kind for clip in read_clips(folder, kind="loop")] == ["loop", "loop"]


def test_what_is_longer_is_cut_off(folder: Path) -> None:
    assert [clip.samples.shape[1] for clip in read_clips(folder, most_seconds=0.5)] == [
        4000,
        5512,
    ]


def test_mono_becomes_two_channels_that_are_alike(folder: Path) -> None:
    one, other = (as_stereo(clip) for clip in read_clips(folder))
    assert np.array_equal(one.samples[0], one.samples[1])
    assert not np.array_equal(other.samples[0], other.samples[1])
    assert np.array_equal(one.mono, one.samples[0])


def test_a_folder_without_sounds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no sound below"):
        list(read_clips(tmp_path))
