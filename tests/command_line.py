"""A tiny model on disk, sounds to work on, and the command line in this process."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from typer.testing import CliRunner

from timbrush.checkpoints import save_codec, save_inpainter
from timbrush.cli.painting import load_once
from timbrush.codec.quantizer import QuantizerConfig
from timbrush.codec.vqvae2 import VQVAE2, VQVAE2Config
from timbrush.effect.model import load
from timbrush.inpainting.counting.naive_bayes import NaiveBayes

SPECTROGRAM = {"sample_rate": 8000, "n_fft": 256, "hop_length": 64}
RATE = 11025
Run = Callable[..., Any]


def note(seconds: float = 1.0, rate: int = RATE, n_channels: int = 1) -> np.ndarray:
    """A note of three partials and a little noise: ``[time, channel]``."""
    times = np.arange(int(seconds * rate)) / rate
    tone = sum(np.sin(2 * np.pi * 220 * k * times) / k for k in (1, 2, 5))
    noise = np.random.default_rng(0).normal(size=(len(times), n_channels))
    return 0.3 * tone[:, None] * np.exp(-times)[:, None] + 0.01 * noise


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    torch.manual_seed(0)
    codec = VQVAE2(
        VQVAE2Config(
            row_heights=(4, 4, 8, 16, 32, 64),
            frames_per_column=4,
            n_bins=129,
            n_channels=8,
            quantizer=QuantizerConfig(codebook_size=8, n_features=4),
        )
    )
    fingerprint = save_codec(
        folder / "codec.safetensors", codec, extra={"spectrogram": SPECTROGRAM}
    )
    effect = load(folder)
    codes = effect.encode(note()[:, 0], sample_rate=RATE)
    shape = effect.inpainters["uniform"].shape
    counted = NaiveBayes.fit([codes.codemaps], shape)
    save_inpainter(folder / "naive-bayes.safetensors", counted, codec=fingerprint)
    return folder


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "in.wav"
    soundfile.write(path, note(n_channels=2), RATE, subtype="PCM_24")
    return path


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    for name in ("a.wav", "sub/b.flac"):
        (tmp_path / "sounds" / name).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(tmp_path / "sounds" / name, note(0.3), RATE)
    (tmp_path / "sounds" / "readme.txt").write_text("no sound")
    return tmp_path / "sounds"


def runner(app: Callable[..., Any]) -> Run:
    """Return a function that runs a command line with arguments, and shows what went wrong."""

    def run(*arguments: object, code: int = 0, stdin: bytes | None = None) -> Any:
        load_once.cache_clear()  # as in a process of its own
        result = CliRunner().invoke(app, [str(a) for a in arguments], input=stdin)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return run


def torchrun(n_processes: int, *command: object) -> str:
    """Return what a command prints, started so often; nothing but the loopback is needed."""
    start = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--no-python"]
    start += ["--local-addr", "127.0.0.1", "--nproc-per-node", str(n_processes)]
    loopback = "lo" if sys.platform == "linux" else "lo0"
    done = subprocess.run(
        [*start, *map(str, command)],
        env={**os.environ, "GLOO_SOCKET_IFNAME": loopback},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
