"""The ``timbrush-lab`` command line in this process, with a tiny model and a run file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Run, model, runner, sound, sounds

from timbrush_lab.cli.main import app

__all__ = ["model", "sound", "sounds"]

DIGITS_RUN = """
output = "{output}"
[digits]
n_valid = 8
batch_size = 4
[loop]
n_steps = {n_steps}
validate_every = 1
save_every = 1
[codec]
n_channels = 4
[codec.quantizer]
codebook_size = 8
n_features = 2
"""


@pytest.fixture
def run() -> Run:
    return runner(app)


@pytest.fixture
def digits_run(tmp_path: Path) -> Callable[..., Path]:
    """Writes a run file that trains on digits, and returns its path."""

    def write(output: str = "out", n_steps: int = 2) -> Path:
        path = tmp_path / f"{output}.toml"
        path.write_text(DIGITS_RUN.format(output=tmp_path / output, n_steps=n_steps))
        return path

    return write
