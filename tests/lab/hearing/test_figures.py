"""The figures are those of an independent script, and each reacts to what it names."""

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from lab.hearing import sounds

from timbrush_lab.hearing.figures import Figures, Original, mean

JUDGED = json.loads((Path(__file__).parent / "judged.json").read_text())["figures"]
"""What another implementation found of the same sounds; the file says which."""
TOLERANCE = {"level_db": 0.001, "pre_echo_db": 0.02, "onset_correlation": 0.002}


@cache
def measured(name: str) -> Figures:
    original, restored = sounds.pairs()[name]
    return Original(original, sounds.RATE).compare(restored)


@pytest.mark.parametrize("name", JUDGED)
def test_the_figures_are_those_of_an_independent_script(name: str) -> None:
    found = asdict(measured(name))
    for figure, value in JUDGED[name].items():
        expected = pytest.approx(value, abs=TOLERANCE.get(figure, 0.005), rel=0.001)
        assert found[figure] == expected, figure


def test_nothing_is_wrong_with_the_original() -> None:
    perfect = Original(sounds.loop(), sounds.RATE).compare(sounds.loop())
    assert perfect.onset_correlation == pytest.approx(1)
    assert perfect.chroma == pytest.approx(0, abs=1e-6)
    distances = asdict(perfect)
    for name in ("onset_correlation", "chroma", "visqol"):
        del distances[name]
    assert list(distances.values()) == pytest.approx([0.0] * 10, abs=1e-3)


def test_longer_smears_are_worse() -> None:
    smears = [measured(f"smear of {length} ms") for length in (23, 46, 128)]
    correlations = [smear.onset_correlation for smear in smears]
    echoes = [smear.pre_echo_db for smear in smears]
    levels = [smear.onset_level_db for smear in smears]
    assert correlations == sorted(correlations, reverse=True)
    assert echoes == sorted(echoes)
    assert levels == sorted(levels, reverse=True)


def test_dull_attacks_lower_the_level_after_onsets() -> None:
    dulled = measured("dull attacks")
    assert dulled.onset_level_db < -5
    assert dulled.pre_echo_db < 0
    assert dulled.holes == 0


def test_an_echo_before_a_hit_is_heard_there_and_not_after_it() -> None:
    echo = measured("echoes before")
    assert echo.pre_echo_db > 10
    assert abs(echo.onset_level_db) < 0.1
    assert abs(echo.level_db) < 0.3


def test_a_gap_is_made_of_holes() -> None:
    gap = measured("gap")
    assert gap.holes == pytest.approx(0.1 / sounds.SECONDS, abs=0.03)
    assert gap.onset_correlation > 0.99
    assert measured("softer").holes == 0


def test_lost_highs_cost_what_is_above_and_nothing_below() -> None:
    lost = measured("no highs")
    assert lost.high_db < -30
    assert lost.low_mel_db < 0.2
    assert lost.mel_db > 5


def test_smoothed_noise_has_less_grain_and_the_same_pitch() -> None:
    smooth = measured("smoothed hiss")
    assert smooth.grain_db < -5
    assert smooth.modulation_db < -5
    assert smooth.chroma < 0.01


def test_another_pitch_is_another_chroma() -> None:
    assert measured("transposed").chroma > 0.1 > measured("smear of 128 ms").chroma


def test_a_softer_sound_is_softer_and_nothing_else() -> None:
    softer = measured("softer")
    for figure in (softer.level_db, softer.onset_level_db, softer.high_db):
        assert figure == pytest.approx(-6.02, abs=0.01)
    assert softer.onset_correlation == pytest.approx(1, abs=1e-3)
    assert softer.chroma == pytest.approx(0, abs=1e-6)
    assert softer.grain_db == pytest.approx(0, abs=0.01)
    assert softer.modulation_db == pytest.approx(0, abs=0.01)


def test_what_is_cut_short_is_filled_with_silence() -> None:
    sound = sounds.loop()
    original = Original(sound, sounds.RATE)
    short = sound[: len(sound) // 2]
    padded = np.concatenate([short, np.zeros(len(sound) - len(short))])
    assert original.compare(short) == original.compare(padded)


def test_silence_has_no_figure_that_needs_a_sound() -> None:
    silence = np.zeros(sounds.RATE)
    figures = Original(silence, sounds.RATE).compare(silence)
    assert figures.onset_correlation is figures.grain_db is figures.high_db is None
    assert figures.mel_db == figures.holes == figures.chroma == 0


def test_any_sound_can_come_back_silent() -> None:
    sound = sounds.loop()
    lost = Original(sound, sounds.RATE).compare(np.zeros_like(sound))
    assert lost.holes == 1
    assert lost.onset_correlation == 0
    assert lost.tonal_convergence == pytest.approx(1)


def test_the_mean_is_over_the_sounds_that_have_a_figure() -> None:
    one, other = measured("gap"), measured("smoothed hiss")
    without = Original(np.zeros(sounds.RATE), sounds.RATE).compare(np.zeros(sounds.RATE))
    means = mean([one, other, without])
    assert means["grain_db"] == pytest.approx((one.grain_db + other.grain_db) / 2)
    assert means["level_db"] == pytest.approx((one.level_db + other.level_db) / 3)
    assert means["absolute_level_db"] == pytest.approx(-(one.level_db + other.level_db) / 3)
    assert means["visqol"] is None
