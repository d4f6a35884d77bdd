"""The same bytes whatever defaults torch has, in copies, in other processes and after forks."""

import copy
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import torch

import timbrush
from timbrush.errors import SoundError
from timbrush.torch_defaults import own_defaults

RATE = 16_000
STROKE = timbrush.Stroke(seconds=(0.3, 0.7), seed=4)


def sound() -> np.ndarray:
    times = np.arange(RATE) / RATE
    partials = [np.sin(2 * np.pi * 220 * k * times) / k for k in range(1, 8)]
    return (0.2 * sum(partials) * np.exp(-times)).astype(np.float32)


def outcome(model: str) -> bytes:
    """All that a model makes of a sound: codes, strokes by two inpainters, and its decoding."""
    effect = timbrush.load(model)
    canvas = effect.open(sound(), sample_rate=RATE)
    painted = canvas.paint(STROKE).paint(timbrush.Stroke(inpainter="transformer", seed=1))
    codes = effect.encode(sound(), sample_rate=RATE)
    arrays = [
        painted.samples,
        effect.decode(codes),
        *(level.numpy() for level in codes.codemaps),
    ]
    arrays += [canvas.spectrogram(), *canvas.cells(STROKE), *canvas.surprise()]
    return b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)


@pytest.fixture(scope="module", params=["notes", "wide"])
def plain(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    return request.param, outcome(request.param)


@contextmanager
def default_dtype(dtype: torch.dtype) -> Iterator[None]:
    torch.set_default_dtype(dtype)
    try:
        yield
        assert torch.get_default_dtype() == dtype  # given back
    finally:
        torch.set_default_dtype(torch.float32)


SETTINGS: dict[str, Callable[[], Any]] = {
    "float64": lambda: default_dtype(torch.float64),
    "bfloat16": lambda: default_dtype(torch.bfloat16),
    "device": lambda: torch.device("meta"),
    "autocast": lambda: torch.autocast("cpu", dtype=torch.bfloat16),
    "inference": torch.inference_mode,
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_defaults_of_the_caller_change_no_byte(plain: tuple[str, bytes], setting: str) -> None:
    model, wanted = plain

    with SETTINGS[setting]():
        came = outcome(model)

    assert came == wanted


def test_threads_that_leave_one_another_keep_the_type_until_the_last() -> None:
    inside, may_leave = threading.Event(), threading.Event()
    seen = []

    def stay() -> None:
        with own_defaults():
            inside.set()
            may_leave.wait(5)
            seen.append(torch.get_default_dtype())

    with default_dtype(torch.float64):
        thread = threading.Thread(target=stay)
        thread.start()
        inside.wait(5)
        with own_defaults():
            pass
        assert torch.get_default_dtype() == torch.float32
        may_leave.set()
        thread.join()
    assert seen == [torch.float32]


@pytest.mark.parametrize("again", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_copies_of_an_effect_and_a_canvas_paint_the_same(again: Callable[[Any], Any]) -> None:
    effect = timbrush.load()
    canvas = effect.open(sound(), sample_rate=RATE).paint(STROKE)
    later = timbrush.Stroke(seconds=(0.5, 0.9), seed=9)
    wanted = canvas.paint(later).samples

    assert np.array_equal(again(canvas).paint(later).samples, wanted)
    fresh = again(effect).open(sound(), sample_rate=RATE).paint(STROKE).paint(later)
    assert np.array_equal(fresh.samples, wanted)
    assert again(canvas).reports == canvas.reports


FORK = """
import os, sys, numpy as np, torch, timbrush
torch.set_num_threads(2)
n_channels = int(sys.argv[1])
noise = 0.1 * np.random.default_rng(0).normal(size=(n_channels, 64_000)).astype(np.float32)
canvas = timbrush.load().open(noise, sample_rate=16_000)
stroke = timbrush.Stroke(seconds=(0.5, 3.5), seed=1)
wanted = canvas.paint(stroke).samples
child = os.fork()
if child == 0:
    os._exit(0 if np.array_equal(canvas.paint(stroke).samples, wanted) else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
@pytest.mark.parametrize("n_channels", [1, 2])
def test_a_forked_process_paints_the_same(n_channels: int) -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": "2"}

    command = [sys.executable, "-c", FORK, str(n_channels)]
    done = subprocess.run(command, env=environment, timeout=120)

    assert done.returncode == 0


@pytest.mark.parametrize("kind", [np.asarray, torch.from_numpy])
def test_where_time_may_come_first_it_is_asked(kind: Callable[[np.ndarray], Any]) -> None:
    effect, columns = timbrush.load(), np.zeros((100, 2), np.float32)

    with pytest.raises(SoundError, match=r"2 samples of 100 channels; transpose .* n_channels"):
        effect.open(kind(columns), sample_rate=RATE)
    with pytest.raises(SoundError, match="transpose"):
        effect.encode(kind(columns), sample_rate=RATE)
    with pytest.raises(SoundError, match="with 2 channels as told"):
        effect.open(kind(columns), sample_rate=RATE, n_channels=2)
    assert effect.open(kind(columns), sample_rate=RATE, n_channels=100).length == 2
    assert effect.open(kind(columns.T), sample_rate=RATE).length == 100


def test_timbrush_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "timbrush", "--version"], capture_output=True, text=True
    )

    assert done.stdout == f"timbrush {timbrush.__version__}\n"
