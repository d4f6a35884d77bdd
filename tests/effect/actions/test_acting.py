"""Actions on a zone against plain NumPy: inside they act, outside nothing moves."""

import math
import re
import sys

import numpy as np
import pytest

from timbrush.effect.actions import commands
from timbrush.effect.actions.actions import Action, Copy, Fade, Gain, Process
from timbrush.effect.edit import Edit
from timbrush.effect.stroke import Stroke
from timbrush.effect.zone.shapes import Rectangle
from timbrush.errors import OutsideError, StrokeError

RATE = 11_025
BOX = (0.4, 0.9)
INSIDE = slice(int(0.47 * RATE), int(0.83 * RATE))
"""Where neither a window nor a ramp of the box's ends reaches."""


@pytest.fixture
def noise() -> np.ndarray:
    return 0.1 * np.random.default_rng(0).standard_normal((2, 2 * RATE)).astype(np.float32)


def band(samples: np.ndarray, low: float, high: float) -> float:
    """Return the energy of samples between two frequencies."""
    power = np.abs(np.fft.rfft(samples * np.hanning(samples.shape[-1]))) ** 2
    hertz = np.fft.rfftfreq(samples.shape[-1], 1 / RATE)
    return float(power[..., (hertz >= low) & (hertz < high)].sum())


def painted(effect, sound: np.ndarray, action: Action, **fields) -> np.ndarray:
    canvas = effect.open(sound, sample_rate=RATE)
    return canvas.paint(Stroke(action=action, **{"seconds": BOX, **fields})).samples


@pytest.mark.parametrize("decibels", [-6.0, 3.0, -120.0])
def test_a_gain_turns_the_span_of_its_box_up_or_down_and_nothing_else(
    effect, noise, decibels: float
) -> None:
    after = painted(effect, noise, Gain(decibels=decibels))
    factor = 10 ** (decibels / 20) if decibels > -120 else 0
    np.testing.assert_allclose(after[:, INSIDE], factor * noise[:, INSIDE], atol=1e-5)
    first, last = (math.ceil(second * RATE) for second in BOX)
    assert np.array_equal(after[:, :first], noise[:, :first])
    assert np.array_equal(after[:, last:], noise[:, last:])
    assert not np.allclose(after[:, first:last], noise[:, first:last], atol=1e-3)


def test_no_decibels_change_no_bit(effect, noise) -> None:
    assert np.array_equal(painted(effect, noise, Gain(decibels=0)), noise)


def test_silence_over_a_whole_sound_reaches_its_ends(effect, noise) -> None:
    after = painted(effect, noise, Gain(decibels=-120), seconds=None)
    assert np.abs(after).max() < 1e-5


def test_a_gain_of_a_band_leaves_the_others(effect, noise) -> None:
    after = painted(effect, noise, Gain(decibels=-120), hertz=(1000, 2000))
    old, new = noise[:, INSIDE], after[:, INSIDE]
    assert band(new, 1200, 1800) < 1e-3 * band(old, 1200, 1800)
    difference = new - old
    assert band(difference, 0, 850) < 1e-4 * band(old, 0, 850)
    assert band(difference, 2150, 5500) < 1e-4 * band(old, 2150, 5500)


def test_what_lies_above_the_models_band_follows_a_zone_that_reaches_its_top(
    effect, noise
) -> None:
    low = painted(effect, noise, Gain(decibels=-120), hertz=(1000, 3000))
    top = painted(effect, noise, Gain(decibels=-120), hertz=(1000, 9000))
    above = (4200, 5500)  # the model's rate is 8 kHz
    assert band(low[:, INSIDE], *above) > 0.99 * band(noise[:, INSIDE], *above)
    assert band(top[:, INSIDE], *above) < 1e-3 * band(noise[:, INSIDE], *above)


@pytest.mark.parametrize("direction", ["in", "out"])
def test_a_fade_is_a_straight_line_from_end_to_end(effect, direction: str) -> None:
    steady = np.full((1, 2 * RATE), 0.0, np.float32)
    steady[0] = np.sin(2 * np.pi * 500 * np.arange(2 * RATE) / RATE)
    after = painted(effect, steady, Fade(direction=direction))
    first, last = (math.ceil(second * RATE) for second in BOX)
    rise = (np.arange(first, last) + 0.5 - first) / (last - first)
    gains = rise if direction == "in" else 1 - rise
    part = slice(INSIDE.start - first, INSIDE.stop - first)
    expected = steady[0, INSIDE] * gains[part]
    np.testing.assert_allclose(after[0, INSIDE], expected, atol=2e-3)


def test_a_copy_is_the_sound_of_the_other_time(effect, noise) -> None:
    after = painted(effect, noise, Copy(seconds=1.2))
    offset = round(1.2 * RATE) - math.ceil(0.4 * RATE)
    other = noise[:, INSIDE.start + offset : INSIDE.stop + offset]
    np.testing.assert_allclose(after[:, INSIDE], other, atol=1e-5)


def test_a_copy_from_beyond_the_end_is_refused(effect, noise) -> None:
    with pytest.raises(OutsideError, match="copy from inside the sound"):
        painted(effect, noise, Copy(seconds=1.8))


def test_a_zone_of_shapes_bounds_an_action(effect, noise) -> None:
    zone = (
        Rectangle(seconds=BOX, hertz=(500, 2500)),
        Rectangle(hertz=(1000, 2000), mode="subtract"),
    )
    after = painted(effect, noise, Gain(decibels=-120), zone=zone)[:, INSIDE]
    before = noise[:, INSIDE]
    assert band(after, 650, 850) < 0.01 * band(before, 650, 850)
    assert band(after, 1200, 1800) > 0.99 * band(before, 1200, 1800)


def test_a_long_span_changes_as_its_pieces_do(effect, monkeypatch, noise) -> None:
    whole = painted(effect, noise, Gain(decibels=-12), seconds=None)
    monkeypatch.setattr("timbrush.effect.actions.acting.PIECE_WINDOWS", 3)
    pieces = painted(effect, noise, Gain(decibels=-12), seconds=None)
    np.testing.assert_allclose(pieces, whole, atol=1e-6)


def test_codes_follow_the_sound(effect, noise) -> None:
    canvas = effect.open(noise, sample_rate=RATE)
    silent = canvas.paint(Stroke(action=Gain(decibels=-120), seconds=None))
    assert all(int(level.max()) <= 16 for level in silent.codemaps)
    assert int(silent.codemaps[0].max()) == 0
    assert silent.reports[0].shares_changed[0] == 1
    assert silent.reports[0].level_decibels < -40


@pytest.mark.parametrize(
    ("channels", "kept"),
    [
        ("left", lambda x: x[1]),
        ("right", lambda x: x[0]),
        ("mid", lambda x: x[0] - x[1]),
        ("side", lambda x: x[0] + x[1]),
    ],
)
@pytest.mark.parametrize("action", [Gain(decibels=-120), None])
def test_a_stroke_in_some_channels_leaves_the_rest(
    effect, noise, channels: str, kept, action: Action | None
) -> None:
    canvas = effect.open(noise, sample_rate=RATE)
    stroke = Stroke(action=action, channels=channels, seconds=BOX, inpainter="uniform")
    after = canvas.paint(stroke).samples
    np.testing.assert_allclose(kept(after), kept(noise), atol=1e-7)
    if channels in ("left", "right"):
        assert np.array_equal(kept(after), kept(noise))
    assert np.abs(after - noise).max() > 0.01


def test_channels_of_a_sound_that_has_not_two_are_refused(effect, noise) -> None:
    with pytest.raises(StrokeError, match="must be all for a sound of 1 channel"):
        painted(effect, noise[:1], Gain(decibels=-6), channels="left")


def halve(samples: np.ndarray, rate: int) -> np.ndarray:
    assert rate == RATE
    return samples / 2


def test_a_python_function_is_a_stroke(effect, noise) -> None:
    canvas = effect.open(noise, sample_rate=RATE)
    after = canvas.process(halve, Stroke(seconds=BOX))
    np.testing.assert_allclose(after.samples[:, INSIDE], noise[:, INSIDE] / 2, atol=1e-5)
    assert after.strokes[0].action == Process(command="python:halve")
    with pytest.raises(StrokeError, match="made by the Python function halve"):
        canvas.replay(after.strokes)
    with commands.commands_allowed(), pytest.raises(StrokeError, match=r"Canvas\.process"):
        canvas.replay(after.strokes)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda samples, _: samples[:, :-1], "2 channels of"),
        (lambda samples, _: samples * np.nan, "finite samples"),
        (lambda samples, _: np.ones_like(samples, dtype=np.int16), "finite samples"),
        (lambda samples, _: samples + 1e6, "finite samples"),
        (lambda *_: [[0.0, 1.0], [2.0]], "uneven rows"),
    ],
)
def test_a_function_that_returns_something_else_is_refused(
    effect, noise, function, message: str
) -> None:
    canvas = effect.open(noise, sample_rate=RATE)
    with pytest.raises(StrokeError, match=re.escape(message)):
        canvas.process(function, Stroke(seconds=BOX))


PROGRAM = """
import sys, soundfile
samples, rate = soundfile.read(sys.argv[1], dtype="float32")
{change}
soundfile.write(sys.argv[2], samples, rate, subtype="FLOAT")
"""


def command(tmp_path, change: str = "samples *= 0.5") -> str:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM.format(change=change))
    return f"{sys.executable} '{script}' {{in}} {{out}}"


def test_a_program_is_run_only_where_commands_are_allowed(effect, noise, tmp_path) -> None:
    action = Process(command=command(tmp_path))
    with pytest.raises(StrokeError, match="if you trust it"):
        painted(effect, noise, action)
    with commands.commands_allowed():
        after = painted(effect, noise, action)
    np.testing.assert_allclose(after[:, INSIDE], noise[:, INSIDE] / 2, atol=1e-5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("samples = samples[:-5]", "channels of"),
        ("rate = 8000", "must keep 11025 Hz, got 8000 Hz"),
        ("sys.exit('it broke')", "failed with status 1: it broke"),
        ("sys.exit(0)", "cannot read what"),
        ("samples[3] = float('nan')", "finite samples"),
    ],
)
def test_a_program_that_fails_is_told_in_one_line(
    effect, noise, tmp_path, change: str, message: str
) -> None:
    with (
        commands.commands_allowed(),
        pytest.raises(StrokeError, match=re.escape(message)) as caught,
    ):
        painted(effect, noise, Process(command=command(tmp_path, change)))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("no-such-program {in} {out}", "cannot run 'no-such-program'"),
        ("echo", "must name {in} and {out}"),
        ("echo 'a", "cannot read the command"),
    ],
)
def test_a_command_that_cannot_be_run_is_told(effect, noise, line: str, message: str) -> None:
    with commands.commands_allowed(), pytest.raises(StrokeError, match=re.escape(message)):
        painted(effect, noise, Process(command=line))


@pytest.mark.parametrize(
    "action",
    [Gain(decibels=-3), Fade(direction="in"), Copy(seconds=0.5), Process(command="a {out}")],
)
def test_actions_are_saved_and_read_again(action: Action, tmp_path) -> None:
    edit = Edit(strokes=(Stroke(action=action, channels="mid"),), model="m")
    edit.save(tmp_path / "edit.json")
    assert Edit.load(tmp_path / "edit.json") == edit


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"action": "explode"}, "action must be one of gain, fade, copy, process"),
        ({"action": "gain"}, "lacks the settings decibels"),
        ({"action": "gain", "decibels": 50}, "decibels must lie in"),
        ({"action": "fade", "direction": "up"}, "direction must be one of in, out"),
        ({"action": "copy", "seconds": -1}, "seconds must lie in"),
        ({"action": "process", "command": ""}, "1 to 4000 characters"),
        (7, "must be an object"),
    ],
)
def test_what_is_no_action_is_refused(action: object, message: str) -> None:
    with pytest.raises(StrokeError, match=re.escape(message)):
        Stroke.from_dict({"action": action})


def test_a_redrawing_stroke_alone_asks_for_its_inpainter() -> None:
    assert Stroke(action=Gain(decibels=1)).inpainters == set()
    assert Stroke().inpainters == {"naive-bayes"}
