"""What a notebook shows of a canvas: a picture that can be read, and samples as they are."""

import base64
import io
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from command_line import RATE, model, note
from PIL import Image

import timbrush
from timbrush.effect import showing
from timbrush.effect.canvas import Canvas
from timbrush.effect.model import Effect

__all__ = ["model"]
STROKE = timbrush.Stroke(seconds=(0.3, 0.6), hertz=(500, 2000), seed=7)


@pytest.fixture
def effect(model: Path) -> Effect:
    return timbrush.load(model)


@pytest.fixture
def canvas(effect: Effect) -> Canvas:
    samples = np.rint(note(n_channels=2).T * 32768 * 0.1).astype(np.int16)
    return effect.open(samples, sample_rate=RATE)


def parts(canvas: Canvas, kind: str) -> list[bytes]:
    found = re.findall(f'data:{kind};base64,([^"]+)', canvas._repr_html_())
    return [base64.b64decode(data) for data in found]


def test_players_hold_the_samples_themselves_before_and_after(canvas: Canvas) -> None:
    painted = canvas.paint(STROKE)

    before, after = (
        soundfile.read(io.BytesIO(data), dtype="int16") for data in parts(painted, "audio/wav")
    )

    assert np.array_equal(before[0].T, canvas.samples) and before[1] == RATE
    assert np.array_equal(after[0].T, painted.samples)
    assert len(parts(canvas, "audio/wav")) == 1


def test_what_is_beyond_full_scale_is_cut_and_nothing_wraps() -> None:
    data = showing.encode_wav(np.array([[0.0, 1.5, -1.5, 0.5]], dtype=np.float32), 8000)
    samples = soundfile.read(io.BytesIO(data), dtype="int16")[0]
    assert samples.tolist() == [0, 32767, -32768, 16384]


def test_the_picture_is_a_png_in_which_the_zone_is_outlined(canvas: Canvas) -> None:
    pixels = np.asarray(Image.open(io.BytesIO(parts(canvas.paint(STROKE), "image/png")[0])))
    plain = np.asarray(Image.open(io.BytesIO(parts(canvas, "image/png")[0])))

    assert pixels.shape == (showing.HEIGHT, showing.WIDTH, 3)
    outlined = (pixels == showing.ZONE_COLOUR).all(axis=2)
    assert not (plain == showing.ZONE_COLOUR).all(axis=2).any()
    columns = np.flatnonzero(outlined.any(axis=0)) / showing.WIDTH
    # the zone lies from 0.3 to 0.6 s of a sound of 1 s, in cells of 32 ms
    assert columns[0] == pytest.approx(0.3, abs=0.05)
    assert columns[-1] == pytest.approx(0.6, abs=0.05)


def test_png_agrees_with_another_reader() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    assert np.array_equal(
        np.asarray(Image.open(io.BytesIO(showing.encode_png(pixels)))), pixels
    )


def test_seed_time_and_energy_are_told(canvas: Canvas) -> None:
    painted = canvas.paint(STROKE)
    text = painted._repr_html_()
    assert "seed 7" in text and f"{painted.reports[0].milliseconds:.0f} ms" in text
    assert f"{painted.reports[0].joules:.2g} J" in text and painted.reports[0].joules > 0


def test_a_long_sound_is_shown_only_so_far(
    effect: Effect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "MAX_SECONDS", 0.5)
    canvas = effect.open(note()[:, 0], sample_rate=RATE)
    (data,) = parts(canvas, "audio/wav")
    assert soundfile.info(io.BytesIO(data)).frames == round(0.5 * RATE)
    assert "the first 0.5 s" in canvas._repr_html_()


def test_reprs_say_what_there_is(effect: Effect, canvas: Canvas) -> None:
    assert repr(canvas.paint(STROKE)) == "Canvas(1.00 s at 11025 Hz, 2 channels, 1 stroke)"
    codes = effect.encode(canvas.samples, sample_rate=RATE)
    assert (
        f"1.00 s at 11025 Hz, 2 channels; {'×'.join(map(str, codes.codemaps[0].shape[1:]))}"
        in (repr(codes))
    )
    assert effect.fingerprint in repr(effect) and "naive-bayes" in repr(effect)
    assert "8000 Hz" in repr(effect)


def test_plot_draws_each_channel_and_each_stroke(canvas: Canvas) -> None:
    figure = canvas.paint(STROKE).paint(STROKE).plot()
    assert [len(axis.patches) for axis in figure.axes] == [2, 2]
    assert figure.axes[0].patches[0].get_xy() == (0.3, 500)


def test_without_matplotlib_plot_says_what_to_install(
    canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(timbrush.TimbrushError, match=r"timbrush\[picture\]"):
        canvas.plot()


def test_the_root_names_shapes_and_codes() -> None:
    for name in timbrush.__all__:
        assert getattr(timbrush, name).__name__ == name
    assert {"Codes", "Rectangle", "Brush", "Lasso", "Harmonics", "Mask"} <= set(
        timbrush.__all__
    )
