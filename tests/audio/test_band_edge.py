"""Where the band of a sound ends, on sounds whose end is known."""

import numpy as np
import pytest
import soxr
from scipy import signal

from timbrush.audio.band_edge import band_edge

RATE = 44_100


def noise(seconds: float = 2.0, rate: int = RATE, seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return 0.1 * generator.standard_normal(int(rate * seconds)).astype(np.float32)


@pytest.mark.parametrize("hertz", [5000, 8000, 11_025, 16_000, 19_000])
def test_the_edge_of_low_passed_noise_is_its_cutoff(hertz: int) -> None:
    steep = signal.ellip(12, 0.1, 80, hertz, fs=RATE, output="sos")
    sound = signal.sosfilt(steep, noise()).astype(np.float32)
    assert 0.93 * hertz - 2 * RATE / 256 < band_edge(sound, RATE) <= hertz


def test_an_mp3_s_edge_is_found_below_what_16_bits_add() -> None:
    steep = signal.ellip(12, 0.1, 80, 16_000, fs=RATE, output="sos")
    sound = np.round(signal.sosfilt(steep, noise()) * 32767) / 32768
    assert 15_000 < band_edge(sound.astype(np.float32), RATE) <= 16_000


def test_noise_of_full_band_ends_nowhere() -> None:
    assert band_edge(noise(), RATE) == RATE / 2
    assert band_edge(noise(rate=16_000), 16_000) == 8000


def test_what_falls_off_gently_is_not_cut_off() -> None:
    gentle = signal.butter(2, 1000, fs=RATE, output="sos")
    assert band_edge(signal.sosfilt(gentle, noise()).astype(np.float32), RATE) == RATE / 2


@pytest.mark.parametrize("hertz", [60, 440, 2000])
@pytest.mark.parametrize("dies_away", [0.0, 3.0])
def test_a_low_tone_is_not_taken_for_a_sound_that_was_cut_off(
    hertz: float, dies_away: float
) -> None:
    times = np.arange(2 * RATE) / RATE
    tone = 0.5 * np.sin(2 * np.pi * hertz * times) * np.exp(-dies_away * times)
    assert band_edge(tone.astype(np.float32), RATE) == RATE / 2


def test_a_sound_of_a_lower_rate_ends_at_half_of_it() -> None:
    sound = soxr.resample(noise(rate=16_000), 16_000, RATE).astype(np.float32)
    assert 7000 < band_edge(sound, RATE) <= 8000


def test_silence_and_what_is_too_short_to_tell_end_nowhere() -> None:
    assert band_edge(np.zeros(RATE, np.float32), RATE) == RATE / 2
    assert band_edge(noise()[:3000], RATE) == RATE / 2
