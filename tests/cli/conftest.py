"""The ``timbrush`` command line in this process, with a tiny model and sounds to work on."""

import pytest
from command_line import Run, model, runner, sound, sounds

from timbrush.cli.main import app

__all__ = ["model", "sound", "sounds"]


@pytest.fixture
def run() -> Run:
    return runner(app)
