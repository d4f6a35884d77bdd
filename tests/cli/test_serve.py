"""``timbrush serve`` as a process: it prints its address and serves this computer only."""

import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from typer.testing import CliRunner

from timbrush import checkpoints
from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.cli.main import app
from timbrush.codec.quantizer import QuantizerConfig
from timbrush.codec.vqvae2 import VQVAE2, VQVAE2Config
from timbrush.config import to_dict

START = [sys.executable, "-c", "from timbrush.cli.main import main; main()"]
PIPED = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}


@pytest.fixture
def tiny_model(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    config = VQVAE2Config(
        n_channels=8, quantizer=QuantizerConfig(codebook_size=16, n_features=4)
    )
    extra = {"spectrogram": to_dict(SpectrogramConfig())}
    path = tmp_path / "codec.safetensors"
    checkpoints.save_codec(path, VQVAE2(config).eval(), extra=extra)
    return tmp_path


def test_the_address_that_is_printed_answers_with_the_page(tiny_model: Path) -> None:
    options = ["--port", "0", "--model", str(tiny_model)]
    with subprocess.Popen([*START, "serve", *options], **PIPED) as server:
        assert server.stdout is not None and server.stderr is not None
        address = server.stdout.readline().strip()
        try:
            with urllib.request.urlopen(address, timeout=20) as page:
                assert b"<title>timbrush</title>" in page.read()
        finally:
            server.send_signal(signal.SIGINT)
            errors = server.stderr.read()
    assert address.startswith("http://127.0.0.1:") and "Traceback" not in errors


def test_a_port_that_is_taken_is_refused_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(app, ["serve", "--port", str(port)])
    assert result.exit_code == 1
    assert f"cannot listen on port {port}" in result.output and "--port" in result.output


def test_edit_prints_a_page_for_each_file_and_ends_once_all_are_closed(
    tiny_model: Path,
) -> None:
    paths = [tiny_model / name for name in ("one.wav", "two.flac")]
    for path in paths:
        soundfile.write(path, np.zeros(8000), 16_000)
    options = ["--no-open", "--model", tiny_model]
    command = [*START, "edit", *map(str, [*paths, *options])]
    with subprocess.Popen(command, **PIPED) as server:
        assert server.stdout is not None and server.stderr is not None
        pages = [server.stdout.readline().strip() for _ in paths]
        try:
            for page, path in zip(pages, paths, strict=True):
                address, key = page.split("?document=")
                document = f"{address}api/documents/{key}"
                with urllib.request.urlopen(document, timeout=20) as answer:
                    assert path.name.encode() in answer.read()
                closed = urllib.request.Request(f"{document}/closed", method="POST")
                urllib.request.urlopen(closed, timeout=20).close()
            assert server.wait(timeout=30) == 0
        finally:
            server.kill()


def test_edit_refuses_what_is_no_file() -> None:
    result = CliRunner().invoke(app, ["edit", "none.wav", "--no-open"])
    assert result.exit_code == 1
    assert "none.wav is no file; expected a sound file to edit" in result.output
