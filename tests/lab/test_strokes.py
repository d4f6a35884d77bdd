from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from timbrush.audio.files import Sound
from timbrush.effect.stroke import Stroke
from timbrush_lab import strokes
from timbrush_lab.strokes import (
    measure_beside,
    measure_containment,
    measure_long,
    measure_strokes,
    quarter_stroke,
    shift_by_columns,
    show_stroke,
)
from timbrush_lab.timing import benchmark


@pytest.fixture(scope="module")
def sound() -> Sound:
    seconds = np.arange(16000) / 8000
    tone = sum(np.sin(2 * np.pi * 200 * k * seconds) / k for k in range(1, 12))
    noise = 0.01 * np.random.default_rng(0).standard_normal(len(seconds))
    return Sound((0.2 * tone + noise)[None].astype(np.float32), 8000)


def test_a_quarter_is_half_the_time_by_half_the_coarse_rows(effect) -> None:  # type: ignore[no-untyped-def]
    stroke = quarter_stroke(effect, 8.0, "uniform")
    assert stroke.seconds == (2.0, 6.0)
    bin_hertz = 8000 / 256
    assert stroke.hertz == (0 * bin_hertz, 32 * bin_hertz)  # 3 coarse rows: edges 0 8 32 128


def test_nothing_changes_outside_the_span_and_little_outside_the_band(effect, sound) -> None:  # type: ignore[no-untyped-def]
    stroke = Stroke(seconds=(0.8, 1.2), hertz=(500, 1500), inpainter="uniform")
    found = measure_containment(effect, sound, stroke)
    assert found["identical_outside"] == 1.0
    assert found["leak_decibels"] < -30
    assert 300 <= found["milliseconds_of_change"] < 1000


def test_a_stroke_that_changes_nothing_leaks_nothing(effect, sound) -> None:  # type: ignore[no-untyped-def]
    stroke = Stroke(seconds=(0.8, 1.2), strength=0.0, inpainter="uniform")
    assert measure_containment(effect, sound, stroke)["leak_decibels"] is None


def test_every_rung_gets_its_time_and_its_joules(  # type: ignore[no-untyped-def]
    effect, sound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark, "MATMUL_SIZE", 64)
    found = measure_strokes(effect, sound, n_rounds=3, most_seconds=0.1)
    assert set(found["strokes"]) == set(effect.inpainters)
    for stroke in found["strokes"].values():
        assert stroke["milliseconds"] > 0
        assert stroke["joules"] > 0
    assert found["containment"]["uniform"]["identical_outside"] == 1.0
    assert found["long"]["seconds_of_sound"] == 600.0


def test_a_stroke_in_ten_minutes_is_timed_beside_one_in_a_short_sound(  # type: ignore[no-untyped-def]
    effect, sound, monkeypatch: pytest.MonkeyPatch
) -> None:
    timed: list[Callable[[], object]] = []

    def clock(*actions: Callable[[], object], n_rounds: int) -> list[float]:
        timed.extend(actions)
        for action in actions:
            action()
        return [2.0, 9.0, 1.0]  # short, long, a copy of the long

    monkeypatch.setattr(strokes, "median_milliseconds", clock)
    found = measure_long(effect, sound, "uniform", n_rounds=2)
    assert (found["short_milliseconds"], found["milliseconds"]) == (2.0, 9.0)
    assert found["ratio"] == (9 - 1) / 2
    short, long = (action.args[0] for action in timed[:2])
    assert (short.length, long.length) == (sound.length, 300 * sound.length)
    assert np.asarray(long.samples).shape[0] == found["channels"] == 2


def test_a_later_stroke_touches_as_many_columns(effect, sound) -> None:  # type: ignore[no-untyped-def]
    stroke = quarter_stroke(effect, sound.seconds, "uniform")
    long = np.tile(sound.samples, (1, 20))
    widths = []
    for samples, each in (
        (sound.samples, stroke),
        (long, shift_by_columns(effect, stroke, 17.3)),
    ):
        canvas = effect.open(samples, sample_rate=8000)
        first, last = canvas.painter.columns(canvas, each)
        widths.append(last - first)
    assert widths[0] == widths[1]


def test_a_stroke_is_shown(effect, sound, tmp_path) -> None:  # type: ignore[no-untyped-def]
    show_stroke(tmp_path / "effect.png", effect, sound, "uniform")
    assert (tmp_path / "effect.png").read_bytes().startswith(b"\x89PNG")


def test_a_model_is_timed_beside_another_and_itself(effect, sound) -> None:  # type: ignore[no-untyped-def]
    fewer = {"uniform": effect.inpainters["uniform"]}
    found = measure_beside(effect, replace(effect, inpainters=fewer), sound, n_rounds=3)
    assert set(found["strokes"]) == set(fewer)
    for pair in (found["round_trip"], *found["strokes"].values()):
        assert pair["milliseconds"] > 0
        assert pair["times"] == pair["milliseconds"] / pair["beside_milliseconds"]
    assert set(found["keeping"]) == {"1", "2"}
    for cost in found["keeping"].values():
        assert cost["times"] == cost["milliseconds"] / cost["nothing_kept_milliseconds"]
