"""Which sounds a codec learns from, and how often."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile

from timbrush.datasets import edges
from timbrush.datasets.examples import Sounds
from timbrush.errors import ConfigError, DatasetError
from timbrush.training.codec.data import DataConfig, open_training, open_validation, some

NAMES = ("0_drum_a", "1_drum_b", "2_loop_a", "3_note_a")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES:
        soundfile.write(tmp_path / f"{name}.wav", np.full(100, 0.1), 8000)
    return tmp_path


def opened(folder: Path, *train: str, times: tuple[float, ...] = ()) -> Sounds:
    names = tuple(str(folder / name) if name else str(folder) for name in train)
    config = DataConfig(train=names, valid=str(folder), times=times)
    return open_training(config, 8000)


def counted(sounds: Sounds) -> Counter[str]:
    return Counter(sounds[index].name for index in range(len(sounds)))


def test_a_folder_named_twice_counts_twice_in_the_order_of_the_names(folder: Path) -> None:
    sounds = opened(folder, "", "*_loop_*", "")
    names = [sounds[index].name for index in range(len(sounds))]
    assert names == [*NAMES, "2_loop_a", *NAMES]


def test_kinds_count_as_often_as_times_says(folder: Path) -> None:
    sounds = opened(folder, "*_drum_*", "*_loop_*", "*_note_*", times=(1.0, 5.0, 2.0))
    assert counted(sounds) == {"0_drum_a": 1, "1_drum_b": 1, "2_loop_a": 5, "3_note_a": 2}


def test_a_part_of_a_folder_is_taken_evenly(folder: Path) -> None:
    assert set(counted(opened(folder, "", times=(0.5,)))) == {"0_drum_a", "2_loop_a"}


def test_a_sound_that_counts_often_is_kept_once(folder: Path) -> None:
    sounds = opened(folder, "", "", times=(3.0, 2.0))
    kept = {sounds[index].waveform.data_ptr() for index in range(len(sounds))}
    assert len(sounds) == 20
    assert len(kept) == 4


def test_a_pattern_that_fits_no_sound_is_refused(folder: Path) -> None:
    with pytest.raises(DatasetError, match=r"no sound named \*_voice_\*"):
        opened(folder, "*_voice_*")


@pytest.mark.parametrize("times", [(1.0, 2.0), (0.0,), (-1.0,), (float("nan"),)])
def test_times_that_do_not_fit_are_refused(folder: Path, times: tuple[float, ...]) -> None:
    with pytest.raises(ConfigError, match="times must"):
        DataConfig(train=("x",), valid="y", times=times)


def test_validation_sounds_are_spread_evenly(folder: Path) -> None:
    config = DataConfig(train=("x",), valid=str(folder))
    valid = open_validation(config, 8000)
    assert set(counted(some(valid, 2))) == {"0_drum_a", "2_loop_a"}
    assert len(some(valid, 0)) == len(some(valid, 9)) == 4


def test_the_edge_of_a_sound_is_measured_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def band_edge(samples: np.ndarray, sample_rate: int) -> float:
        asked.append(sample_rate)
        return 1234.0

    monkeypatch.setattr(edges, "band_edge", band_edge)
    sounds = opened(folder, "*_loop_*", times=(3.0,))
    assert [sounds[index].edge_hertz for index in (0, 1, 0, 2, 0)] == [1234.0] * 5
    assert asked == [8000]
