import numpy as np
import pytest
import torch

from timbrush.effect.composite.above import follow, keep_above, top_change
from timbrush.effect.stroke import Stroke


def sine(hertz, rate=44_100, seconds=0.5):
    return np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)[None]


@pytest.mark.parametrize(("hertz", "kept"), [(3000.0, 0.0), (3990.0, 0.0), (5000.0, 1.0)])
def test_only_what_lies_above_the_top_is_taken(hertz, kept):
    tone = sine(hertz).astype(np.float32)

    above = keep_above(tone, 44_100, top=4000.0)[:, 2000:-2000]

    assert np.sqrt(np.mean(above**2)) == pytest.approx(kept * np.sqrt(0.5), abs=0.01)


def test_the_change_of_the_highest_rows_is_told_in_decibels():
    generator = torch.Generator().manual_seed(0)
    old = torch.randn(1, 16_000, generator=generator)
    new = old * torch.where(torch.arange(16_000) < 8000, 1.0, 0.1)

    decibels, step = top_change(old, new, 8000, top=4000.0, floor=1e-6)

    steps = round(1 / step)
    assert np.allclose(decibels[:, 10 : steps - 10], 0)
    assert np.allclose(decibels[:, steps + 10 : 2 * steps - 10], -20, atol=0.1)


def test_what_follows_is_turned_as_the_rows_were():
    above = sine(5000.0).astype(np.float32)
    places = np.linspace(0, 3, above.shape[1])

    added = follow(above, above, np.array([[0.0, 0.0, -20.0, -20.0]]), places)

    ratio = (above + added)[0, 1:] / above[0, 1:]
    assert np.allclose(ratio[:5000], 1) and np.allclose(ratio[-5000:], 0.1, rtol=1e-3)


def test_above_the_band_a_sound_follows_its_zone_and_only_if_the_zone_ends_there(effect):
    random = np.random.default_rng(0)
    samples = (0.1 * random.standard_normal((1, 44_100))).astype(np.float32)
    canvas = effect.open(samples, sample_rate=44_100)
    loose = {"keep_level": 0, "keep_rhythm": 0, "keep_width": 0, "inpainter": "uniform"}

    def level(hertz, **keeps):
        stroke = Stroke(seconds=(0.2, 0.8), hertz=hertz, seed=4, **{**loose, **keeps})
        painted = canvas.paint(stroke).samples
        band = (6000, 15_000)
        energies = []
        for sound in (samples, painted):
            spectrum = np.fft.rfft(sound[0, 13_000:31_000])
            hertz = np.fft.rfftfreq(18_000, 1 / 44_100)
            inside = (hertz > band[0]) & (hertz < band[1])
            energies.append(np.square(np.abs(spectrum[inside])).sum())
        return 10 * np.log10(energies[1] / energies[0])

    assert abs(level(None, keep_band=1)) > 0.1
    assert level(None, keep_band=0) == pytest.approx(0, abs=0.05)
    assert level((200, 2000), keep_band=1) == pytest.approx(0, abs=0.05)
    assert abs(level(None, keep_band=1, keep_level=1, keep_rhythm=1)) < 2
