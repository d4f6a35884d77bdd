"""A tiny codec trained on tones, from run file to checkpoint."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from timbrush.checkpoints import load_codec
from timbrush.config import read_toml
from timbrush.errors import ConfigError
from timbrush.training.codec.vqvae2.config import CodecRunConfig
from timbrush.training.codec.vqvae2.task import CodecTask, train

RUN = """
output = "{folder}/run"
[data]
train = ["{folder}/sounds"]
valid = "{folder}/sounds"
batch_size = 4
crop_columns = 2
n_valid = 2
[loop]
n_steps = {n_steps}
learning_rate = 3e-3
decay_share = 0.0
validate_every = 30
save_every = 5
[spectrogram]
n_fft = 64
hop_length = 16
[codec]
row_heights = [4, 4, 8, 16]
frames_per_column = 2
n_bins = 33
n_channels = 16
n_encoder_blocks = 1
n_decoder_blocks = 1
[codec.quantizer]
codebook_size = 16
n_features = 4
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sounds").mkdir()
    times = np.arange(4000) / 16_000
    for index, hertz in enumerate((440, 1200, 3000)):
        tone = 0.5 * np.sin(2 * np.pi * hertz * times) * np.exp(-4 * times)
        soundfile.write(tmp_path / "sounds" / f"{index}.wav", tone, 16_000)
    return tmp_path


def config(folder: Path, n_steps: int) -> CodecRunConfig:
    path = folder / "run.toml"
    path.write_text(RUN.format(folder=folder.as_posix(), n_steps=n_steps))
    return read_toml(path, CodecRunConfig)


def test_training_improves_and_leaves_a_model_a_record_and_a_chart(folder: Path) -> None:
    record = train(config(folder, 90))
    first, last = record["history"][0], record["history"][-1]
    assert last["lsd"] < 0.8 * first["lsd"]
    codec, checkpoint = load_codec(folder / "run" / "codec.safetensors")
    assert checkpoint.extra["spectrogram"]["n_fft"] == 64
    assert codec.grids[1].row_edges == (0, 4, 8, 16, 32)
    saved = json.loads((folder / "run" / "record.json").read_text())
    assert saved["fingerprint"] == checkpoint.fingerprint
    assert saved["sounds_seen"] == 360
    assert (folder / "run" / "history.png").read_bytes().startswith(b"\x89PNG")
    for path in (folder / "run").glob("state*"):
        path.unlink()
    with pytest.raises(ConfigError, match=r"codec\.safetensors exists; remove it"):
        train(config(folder, 90))


def test_a_resumed_run_publishes_the_same_weights(folder: Path) -> None:
    whole = config(folder, 10)
    train(whole)
    path = folder / "run" / "codec.safetensors"
    expected = load_codec(path)[0].state_dict()
    (folder / "run").rename(folder / "before")
    train(config(folder, 5))
    train(config(folder, 10), resume=True)
    got = load_codec(path)[0].state_dict()
    assert all(torch.equal(expected[name], got[name]) for name in expected)


def test_a_run_can_start_from_a_trained_codec(folder: Path) -> None:
    train(config(folder, 30))
    (folder / "run").rename(folder / "before")
    start = f'start = "{(folder / "before" / "codec.safetensors").as_posix()}"\n'
    path = folder / "run.toml"
    path.write_text(start + path.read_text().replace("n_steps = 30", "n_steps = 1"))
    started = train(read_toml(path, CodecRunConfig))
    (folder / "run").rename(folder / "started")
    fresh = train(config(folder, 1))
    assert started["history"][0]["lsd"] < 0.9 * fresh["history"][0]["lsd"]


def test_a_start_of_other_sizes_is_refused(folder: Path) -> None:
    train(config(folder, 1))
    path = folder / "run.toml"
    start = f'start = "{(folder / "run" / "codec.safetensors").as_posix()}"\n'
    text = (start + path.read_text()).replace("n_channels = 16", "n_channels = 8")
    path.write_text(text.replace('/run"', '/other"'))
    with pytest.raises(ConfigError, match="has other sizes"):
        train(read_toml(path, CodecRunConfig))


def test_a_start_that_learned_from_other_spectrograms_is_refused(folder: Path) -> None:
    train(config(folder, 1))
    start = str(folder / "run" / "codec.safetensors")
    other = replace(config(folder, 1), output=str(folder / "other"), start=start)
    other = replace(other, spectrogram=replace(other.spectrogram, floor_decibels=-40.0))
    with pytest.raises(ConfigError, match=r"other spectrograms .* floor_decibels=-"):
        train(other)


def test_bins_that_do_not_match_the_spectrogram_are_refused(folder: Path) -> None:
    path = folder / "run.toml"
    text = RUN.format(folder=folder.as_posix(), n_steps=1).replace("n_bins = 33", "n_bins = 65")
    path.write_text(text)
    with pytest.raises(ConfigError, match="makes 33 bins"):
        read_toml(path, CodecRunConfig)


def test_a_step_learns_from_the_distances_and_the_commitment_alike(folder: Path) -> None:
    task = CodecTask(config(folder, 1), torch.device("cpu"))
    commitments = []
    task.module.register_forward_hook(lambda *call: commitments.append(call[2].loss.item()))

    loss, terms = task.loss(task.module.train(), (0, 0))

    distances = terms["lsd"] / 2.5 + terms["active"] / 8 + terms["convergence"] / 0.5
    assert commitments[0] > 1e-3
    assert loss.item() - distances == pytest.approx(commitments[0], rel=0.01)


def test_a_run_without_folders_is_refused(folder: Path) -> None:
    path = folder / "run.toml"
    text = RUN.format(folder=folder.as_posix(), n_steps=1)
    path.write_text(text.replace(f'train = ["{folder.as_posix()}/sounds"]', "train = []"))
    with pytest.raises(ConfigError, match="at least one folder of sounds"):
        read_toml(path, CodecRunConfig)
