"""HARP's endpoint without HARP: what it paints, and what it offers through stand-ins."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest
import soundfile
from command_line import model, sound

import timbrush

__all__ = ["model", "sound"]
FILE = Path(__file__).parents[2] / "integrations" / "harp.py"


@pytest.fixture
def harp() -> Any:
    spec = importlib.util.spec_from_file_location("harp_endpoint", FILE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_harp_gets_is_the_sound_painted_in_its_zone(
    harp: Any, model: Path, sound: Path
) -> None:
    out, stroke = harp.paint(
        sound,
        seconds=(0.4, 0.6),
        hertz=(200, 20000),
        strength=0.8,
        keep=0.5,
        seed=3,
        inpainter="naive-bayes",
        effect=timbrush.load(model),
    )

    before, rate = soundfile.read(sound, dtype="int32")
    after = soundfile.read(out, dtype="int32")[0]
    assert stroke.hertz == (200, 4000) and (stroke.seed, stroke.keep_level) == (3, 0.5)
    assert after.shape == before.shape and soundfile.info(out).subtype == "PCM_24"
    assert np.array_equal(after[: int(0.3 * rate)], before[: int(0.3 * rate)])
    assert (after != before).any()


def test_the_endpoint_offers_its_controls_in_the_order_of_its_function(
    harp: Any, model: Path, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gradio, pyharp = MagicMock(), ModuleType("pyharp")
    pyharp.LabelList = lambda: MagicMock(labels=[])
    pyharp.AudioLabel = lambda start, label, **more: (start, label, more["duration"])
    pyharp.ModelCard, pyharp.build_endpoint = MagicMock(), MagicMock()
    monkeypatch.setitem(sys.modules, "gradio", gradio)
    monkeypatch.setitem(sys.modules, "pyharp", pyharp)
    effect = timbrush.load(model)
    monkeypatch.setattr(timbrush, "load", lambda: effect)

    harp.serve()

    _, inputs, outputs, process = pyharp.build_endpoint.call_args.args
    assert (len(inputs), len(outputs)) == (9, 2)
    path, labels = process(sound, 0.4, 0.6, 200, 4000, 1, 1, 5.0, "naive-bayes")
    assert Path(path).is_file() and labels.labels == [(0.4, "redrawn", pytest.approx(0.2))]
    launched = gradio.Blocks().__enter__().queue().launch
    assert launched.call_args.kwargs["server_name"] == "127.0.0.1"
