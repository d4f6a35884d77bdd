from pathlib import Path

import pytest
import torch

from timbrush.checkpoints import load_codec
from timbrush.codec.quantizer import QuantizerConfig
from timbrush.codec.vqvae import VQVAEConfig
from timbrush.config import read_toml
from timbrush.training.loop.config import LoopConfig
from timbrush_lab.digits.training import DigitsConfig, MnistRunConfig, MnistTask, train

pytest.importorskip("sklearn")


def run_config(folder: Path, n_steps: int = 6) -> MnistRunConfig:
    return MnistRunConfig(
        output=str(folder),
        digits=DigitsConfig(batch_size=8, n_valid=40),
        loop=LoopConfig(n_steps=n_steps, warmup_steps=2, validate_every=3, save_every=3),
        codec=VQVAEConfig(
            n_channels=12,
            n_encoder_blocks=1,
            n_decoder_blocks=1,
            quantizer=QuantizerConfig(codebook_size=16, n_features=4),
        ),
    )


def test_a_run_leaves_a_codec_of_digits_that_got_better(tmp_path: Path) -> None:
    record = train(run_config(tmp_path, n_steps=30))
    assert record["history"][-1]["error"] < record["history"][0]["error"]
    codec, checkpoint = load_codec(tmp_path / "codec.safetensors")
    assert checkpoint.kind == "vqvae"
    (codemap,) = codec.encode(torch.rand(2, 28, 28))
    assert codemap.shape == (2, 7, 7)


def test_the_batch_is_a_function_of_its_seed(tmp_path: Path) -> None:
    task = MnistTask(run_config(tmp_path), torch.device("cpu"))
    task.module.eval()  # in training, codewords move with each batch
    losses = [float(task.loss(task.module, (0, step, 0))[0].detach()) for step in (4, 5, 4)]
    assert losses[0] == losses[2] != losses[1]


def test_the_run_file_in_the_repository_fits() -> None:
    path = Path(__file__).parents[3] / "experiments" / "mnist.toml"
    assert read_toml(path, MnistRunConfig).codec.n_bins == 28
