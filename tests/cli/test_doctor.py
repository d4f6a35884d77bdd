"""``timbrush doctor``: it says what is there, and it notices a stroke that goes wrong."""

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch

import timbrush
from timbrush.effect.bundled import FOLDER
from timbrush.effect.canvas import Canvas

Run = Callable[..., Any]


def test_the_doctor_says_what_is_there_and_where(run: Run) -> None:
    found = json.loads(run("doctor", "--json").stdout)

    assert found["timbrush"] == timbrush.__version__
    assert sys.executable in found["python"] and torch.__version__ in found["torch"]
    assert str(FOLDER / "wide") in found["model wide"]
    assert float(found["a stroke takes"].removesuffix(" ms")) > 0


def test_the_doctor_notices_a_stroke_that_does_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        Canvas, "samples", property(lambda canvas: canvas.source.recording.array)
    )

    assert "install timbrush again" in run("doctor", code=1).stderr
