"""``timbrush serve`` as a process: it prints its address and serves this computer only."""

import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import torch
from typer.testing import CliRunner

from timbrush import checkpoints
from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.cli.main import app
from timbrush.codec.quantizer import QuantizerConfig
from timbrush.codec.vqvae2 import VQVAE2, VQVAE2Config
from timbrush.config import to_dict


def test_the_address_that_is_printed_answers_with_the_page(tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = VQVAE2Config(
        n_channels=8, quantizer=QuantizerConfig(codebook_size=16, n_features=4)
    )
    extra = {"spectrogram": to_dict(SpectrogramConfig())}
    path = tmp_path / "codec.safetensors"
    checkpoints.save_codec(path, VQVAE2(config).eval(), extra=extra)
    start = [sys.executable, "-c", "from timbrush.cli.main import main; main()"]
    options = ["--port", "0", "--model", str(tmp_path)]
    with subprocess.Popen(
        [*start, "serve", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
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
