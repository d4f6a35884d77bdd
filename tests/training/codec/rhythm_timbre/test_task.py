"""A tiny codec of rhythm and timbre trained on tones, from run file to checkpoint."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from timbrush.checkpoints import load_codec
from timbrush.config import from_dict, read_sections, read_toml
from timbrush.errors import ConfigError
from timbrush.training.codec.rhythm_timbre.config import RhythmTimbreRunConfig
from timbrush.training.codec.rhythm_timbre.losses import TermWeights
from timbrush.training.codec.rhythm_timbre.task import RhythmTimbreTask
from timbrush.training.runs import train

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
validate_every = 20
save_every = 5
[rhythm_timbre]
row_heights = [4, 4, 8, 8, 16, 16]
n_bands = 3
frames_per_column = 8
rhythm_columns = 4
step_length = 32
n_channels = 16
n_rhythm_channels = 8
n_encoder_blocks = 1
n_decoder_blocks = 1
[rhythm_timbre.spectrogram]
sample_rate = 8000
n_fft = 256
hop_length = 64
floor_decibels = -100.0
[rhythm_timbre.rhythm_quantizer]
codebook_size = 16
n_features = 4
[rhythm_timbre.timbre_quantizer]
codebook_size = 16
n_features = 4
[augmentation]
softer_share = 0.3
percussion_share = 0.2
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sounds").mkdir()
    times = np.arange(4000) / 8000
    for index, hertz in enumerate((440, 1200, 3000)):
        tone = 0.5 * np.sin(2 * np.pi * hertz * times) * np.exp(-4 * times)
        soundfile.write(tmp_path / "sounds" / f"{index}.wav", tone, 8000)
    return tmp_path


def run_file(folder: Path, n_steps: int, *, before: str = "") -> Path:
    path = folder / "run.toml"
    path.write_text(before + RUN.format(folder=folder.as_posix(), n_steps=n_steps))
    return path


def test_training_improves_and_leaves_a_model_a_record_and_a_chart(folder: Path) -> None:
    record = train(run_file(folder, 60))
    first, last = record["history"][0], record["history"][-1]
    assert last["log"] < 0.9 * first["log"]
    assert last["level"] < 0.9 * first["level"]
    assert {"lsd", "sc", "mel", "slow", "rhythm_perplexity", "timbre_perplexity"} <= set(last)
    codec, checkpoint = load_codec(folder / "run" / "codec.safetensors")
    assert checkpoint.kind == "rhythm_timbre"
    assert checkpoint.extra["spectrogram"] == checkpoint.config["spectrogram"]
    assert codec.config.spectrogram.sample_rate == 8000
    saved = json.loads((folder / "run" / "record.json").read_text())
    assert saved["fingerprint"] == checkpoint.fingerprint
    assert saved["sounds_seen"] == 240
    assert (folder / "run" / "history.png").read_bytes().startswith(b"\x89PNG")


def test_a_resumed_run_publishes_the_same_weights(folder: Path) -> None:
    train(run_file(folder, 10))
    path = folder / "run" / "codec.safetensors"
    expected = load_codec(path)[0].state_dict()
    (folder / "run").rename(folder / "before")
    train(run_file(folder, 5))
    train(run_file(folder, 10), resume=True)
    got = load_codec(path)[0].state_dict()
    assert all(torch.equal(expected[name], got[name]) for name in expected)


def test_a_run_goes_on_from_a_trained_codec_of_its_sizes(folder: Path) -> None:
    train(run_file(folder, 40))
    (folder / "run").rename(folder / "before")
    start = f'start = "{(folder / "before" / "codec.safetensors").as_posix()}"\n'
    started = train(run_file(folder, 1, before=start))
    (folder / "run").rename(folder / "started")
    fresh = train(run_file(folder, 1))
    assert started["history"][0]["log"] < 0.9 * fresh["history"][0]["log"]
    path = run_file(folder, 1, before=start)
    path.write_text(path.read_text().replace("n_channels = 16", "n_channels = 8"))
    with pytest.raises(ConfigError, match="has other sizes"):
        train(path)


def test_a_deeper_codec_begins_as_the_trained_one(folder: Path) -> None:
    train(run_file(folder, 40))
    (folder / "run").rename(folder / "before")
    trained, _ = load_codec(folder / "before" / "codec.safetensors")
    start = f'start = "{(folder / "before" / "codec.safetensors").as_posix()}"\n'
    path = run_file(folder, 1, before=start)
    deeper = (
        path.read_text()
        .replace("n_decoder_blocks = 1", "n_decoder_blocks = 3\nn_rhythm_decoder_blocks = 4")
        .replace("n_encoder_blocks = 1", "n_encoder_blocks = 2")
    )
    path.write_text(deeper)
    config = read_toml(path, RhythmTimbreRunConfig)
    codec = RhythmTimbreTask(config, torch.device("cpu")).module.eval()
    assert len(codec.timbre.decoder) == 6
    spectrogram, levels = torch.rand(1, 129, 16), torch.rand(1, 3, 32)
    for one, other in zip(
        trained.encode(spectrogram, levels), codec.encode(spectrogram, levels), strict=True
    ):
        assert torch.equal(one, other)
    codes = trained.encode(spectrogram, levels)
    assert torch.equal(trained.decode(codes), codec.decode(codes))
    path.write_text(deeper.replace("n_encoder_blocks = 2", "n_encoder_blocks = 0"))
    with pytest.raises(ConfigError, match="has other sizes"):
        train(path)


def test_a_step_learns_from_the_terms_and_the_commitment_alike(folder: Path) -> None:
    config = read_toml(run_file(folder, 1), RhythmTimbreRunConfig)
    task = RhythmTimbreTask(config, torch.device("cpu"))
    commitments = []
    task.module.register_forward_hook(lambda *call: commitments.append(call[2].loss.item()))

    loss, terms = task.loss(task.module.train(), (0, 0))

    weights = TermWeights()
    weighted = sum(getattr(weights, name) * value for name, value in terms.items())
    assert commitments[0] > 1e-3
    assert loss.item() - weighted == pytest.approx(commitments[0], rel=0.05)


@pytest.mark.parametrize("name", ["wide", "wide-second", "wide-third", "own-wide"])
def test_the_run_files_that_are_shipped_can_be_read(name: str) -> None:
    path = Path(__file__).parents[4] / "experiments" / f"{name}.toml"
    config = from_dict(RhythmTimbreRunConfig, read_sections(path))
    assert config.output == f"runs/{name}"
