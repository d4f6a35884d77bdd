"""The parts of the instrument against plain loops, and at the edges of what they take."""

import numpy as np
import pytest
from lab.hearing import sounds

from timbrush.audio.mel import mel_filters
from timbrush_lab.hearing import visqol
from timbrush_lab.hearing.envelopes import envelopes, step_length
from timbrush_lab.hearing.onsets import find_onsets
from timbrush_lab.hearing.signal import Signal, magnitudes
from timbrush_lab.hearing.thirds import (
    holes_against,
    holes_among,
    third_octave_edges,
    third_octaves,
)
from timbrush_lab.hearing.tones import chroma


def test_magnitudes_are_those_of_a_plain_transform() -> None:
    sound = sounds.noise(0, 100)
    found = magnitudes(sound, 16, 4)
    padded = np.concatenate([np.zeros(8), sound, np.zeros(12)])
    assert len(found) == 1 + (100 + 4) // 4
    for frame in (0, 7, 26):
        for k in (0, 3, 8):
            total = 0j
            for n in range(16):
                gain = 0.5 - 0.5 * np.cos(2 * np.pi * n / 16)
                angle = np.exp(-2j * np.pi * k * n / 16)
                total += padded[4 * frame + n] * gain * angle
            assert found[frame, k] == pytest.approx(abs(total) / 4, rel=1e-4)


def test_a_full_sine_has_magnitude_one() -> None:
    sine = np.sin(2 * np.pi * 32 * np.arange(4096) / 1024)
    assert magnitudes(sine, 1024, 256)[8, 32] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("size", "n_bands"), [(32, 5), (512, 80), (2048, 320)])
def test_mel_filters_are_triangles_and_none_is_empty(size: int, n_bands: int) -> None:
    filters, middles = mel_filters(44_100, size, n_bands)

    def mel(hertz: float) -> float:
        return 2595 * np.log10(1 + hertz / 700)

    def hertz_of(mels: float) -> float:
        return 700 * (10 ** (mels / 2595) - 1)

    step = mel(22_050) / (n_bands + 1)
    for band in (0, n_bands // 2, n_bands - 1):
        low, middle, high = (hertz_of((band + i) * step) for i in range(3))
        assert middles[band] == pytest.approx(middle)
        for k in range(size // 2 + 1):
            hertz = k * 44_100 / size
            height = min((hertz - low) / (middle - low), (high - hertz) / (high - middle))
            if filters[:, band].sum() > 1:
                assert filters[k, band] == pytest.approx(max(height, 0), abs=1e-5)
    assert (filters.sum(axis=0) > 0).all()


def test_envelopes_of_all_bands_sum_up_to_the_sound() -> None:
    """Gains sum to 1 inside the range: a tone between two bands loses nothing in amplitude."""
    time = np.arange(44_100) / 44_100
    for hertz in (300.0, 1000.0, 1234.5, 5000.0):
        power = envelopes(np.sin(2 * np.pi * hertz * time), 44_100)[:, 100:400]
        assert np.sqrt(power).sum(axis=0) == pytest.approx(1, abs=0.02)


def test_an_envelope_follows_within_a_step_or_two() -> None:
    sound = np.zeros(44_100)
    sound[22_050:] = 0.1 * sounds.noise(1, 22_050)
    power = envelopes(sound, 44_100)
    step = 22_050 // step_length(44_100)
    assert (power[4:, : step - 3] < 1e-4 * power[4:, step + 3 :].mean()).all()


def test_onsets_are_found_where_hits_start() -> None:
    lead = np.zeros(sounds.RATE // 10)
    power = envelopes(np.concatenate([lead, sounds.loop()]), sounds.RATE)
    found = np.array(find_onsets(power)) * step_length(sounds.RATE) / sounds.RATE - 0.1
    assert found == pytest.approx(np.array(sounds.STARTS), abs=0.004)


def test_steady_sounds_and_silence_have_no_onset_but_their_start() -> None:
    lead = np.zeros(sounds.RATE // 10)
    power = envelopes(np.concatenate([lead, sounds.hiss()]), sounds.RATE)
    assert len(find_onsets(power)) == 1
    assert find_onsets(np.zeros((8, 500))) == []


def test_third_octaves_hold_the_power_of_their_bins() -> None:
    signal = Signal(sounds.loop(), sounds.RATE)
    cells = third_octaves(signal)
    edges = third_octave_edges(sounds.RATE)
    power = magnitudes(sounds.loop(), 2048, 882) ** 2
    width = sounds.RATE / 2048
    for band in (0, 9, 20):
        low, high = edges[band], max(edges[band + 1], edges[band] + width)
        bins = [k for k in range(1025) if low - width / 2 <= k * width < high]
        assert cells[band, 11] == pytest.approx(power[11, bins].sum(), rel=1e-5)


def test_a_hole_is_20_decibels_too_soft() -> None:
    original = np.ones((6, 30))
    restored = original.copy()
    restored[2, 10], restored[3, 20] = 0.0099, 0.0101
    assert holes_against(original, restored).sum() == 1
    assert holes_among(original, restored).sum() == 1
    original[:, 15:] = 1e-8  # 80 dB softer is not heard
    assert not holes_against(original, np.zeros_like(original))[:, 15:].any()


def test_chroma_of_a_tone_is_its_pitch_class() -> None:
    time = np.arange(44_100) / 44_100
    for hertz, pitch_class in ((440.0, 0), (1760.0, 0), (523.25, 3), (830.61, 11)):
        found = chroma(Signal(np.sin(2 * np.pi * hertz * time), 44_100))[10]
        assert found.argmax() == pitch_class


@pytest.mark.skipif(not visqol.is_installed(), reason="needs visqol-python")
def test_visqol_prefers_the_original() -> None:
    sound = sounds.loop()
    original = Signal(sound, sounds.RATE)
    best = visqol.opinion(original, original)
    worse = visqol.opinion(original, Signal(sounds.smeared(sound, 0.128), sounds.RATE))
    assert best is not None and worse is not None
    assert best > 4.5 > worse > 1
    assert visqol.opinion(original, Signal(np.zeros_like(sound), sounds.RATE)) is not None


def test_visqol_is_not_asked_of_too_short_a_sound() -> None:
    click = Signal(sounds.noise(0, 2000), sounds.RATE)
    assert visqol.opinion(click, click) is None
