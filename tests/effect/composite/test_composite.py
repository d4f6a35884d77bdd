import numpy as np
import pytest
import torch

from timbrush.audio.spectrogram import SpectrogramConfig, stft
from timbrush.effect.composite import composite

CONFIG = SpectrogramConfig(sample_rate=8000, n_fft=256, hop_length=64)


def sine(hertz, length=8192, level=0.3):
    return level * torch.sin(2 * torch.pi * hertz * torch.arange(length) / 8000)[None]


def box(weights_shape, bins, frames):
    weights = torch.zeros(weights_shape)
    weights[:, bins, frames] = 1.0
    return weights


def test_a_feather_falls_off_inside_the_zone_and_goes_on_beyond_the_ends():
    zone = box((1, 40, 30), slice(10, 25), slice(8, 30))

    weights = composite.feather(zone)[0]

    assert (weights[zone[0] == 0] == 0).all()
    assert weights[17, 15] == 1
    assert 0 < weights[10, 15] < weights[11, 15] < weights[12, 15] == 1
    assert 0 < weights[17, 8] < 1
    assert weights[17, 29] == 1  # the picture ends here, the zone does not


@pytest.mark.parametrize(("n_bins", "n_frames"), [(1, 20), (2, 20), (20, 1), (1, 1), (3, 2)])
def test_a_narrow_zone_keeps_its_weight_in_the_middle(n_bins, n_frames):
    zone = box((1, 40, 40), slice(10, 10 + n_bins), slice(8, 8 + n_frames))

    weights = composite.feather(zone)[0]

    assert weights.max() == 1
    assert (weights[zone[0] == 0] == 0).all()


def test_a_thin_part_keeps_its_weight_up_to_a_wide_one():
    zone = box((1, 40, 40), slice(12, 13), slice(5, 35))
    zone += box(zone.shape, slice(8, 18), slice(20, 30)) * (zone == 0)

    weights = composite.feather(zone)[0]

    assert (weights[12, 6:34] == 1).all()
    assert weights[13, 19] == 0 < weights[13, 20] < weights[13, 22] == 1


def test_nothing_to_replace_is_no_difference():
    waveform = sine(440.0)
    magnitudes = torch.rand(1, CONFIG.n_bins, 128)

    change = composite.difference(waveform, magnitudes, torch.zeros_like(magnitudes), CONFIG)

    assert change.abs().max() < 1e-5


def test_a_zone_gets_its_new_magnitudes_and_the_rest_keeps_its_own():
    waveform = sine(500.0) + sine(2500.0)
    spectrum = stft(waveform, CONFIG)[:, :, :128]
    weights = composite.feather(box(spectrum.shape, slice(60, 100), slice(30, 100)))
    silenced = torch.zeros(spectrum.shape)

    after = waveform + composite.difference(waveform, silenced, weights, CONFIG)

    # The partial at 2500 Hz is gone between frames 36 and 94, the one at 500 Hz as it was.
    magnitudes = stft(after, CONFIG).abs()[0]
    assert magnitudes[80, 36:94].max() < 0.01 < 0.29 < magnitudes[80, 10:20].min()
    before = spectrum.abs()[0]
    torch.testing.assert_close(magnitudes[:50, :128], before[:50], atol=2e-3, rtol=0)


def test_a_partial_that_stays_keeps_its_phase_across_the_zone():
    waveform = sine(1000.0)
    magnitudes = stft(waveform, CONFIG).abs()[:, :, :128]
    weights = composite.feather(box(magnitudes.shape, slice(20, 45), slice(30, 90)))

    change = composite.difference(waveform, magnitudes, weights, CONFIG)

    # The same magnitudes again: the best answer is not to change anything.
    assert change.square().mean() < 0.01 * waveform.square().mean()


@pytest.mark.parametrize("band", [(0.0, 1000.0), (1000.0, 3000.0), (3000.0, 4000.0)])
def test_a_band_keeps_what_lies_well_inside_and_removes_what_lies_outside(band):
    for hertz in (250.0, 500.0, 2000.0, 3500.0):
        waveform = sine(hertz, length=8000)

        kept = composite.keep_band(waveform, band, edge=100.0, sample_rate=8000)

        expected = waveform if band[0] <= hertz <= band[1] else torch.zeros_like(waveform)
        torch.testing.assert_close(kept, expected, atol=1e-3, rtol=0)


def test_the_whole_band_is_left_alone_to_the_bit():
    waveform = sine(440.0)

    kept = composite.keep_band(waveform, (0.0, 4000.0), edge=100.0, sample_rate=8000)

    assert torch.equal(kept, waveform)


@pytest.mark.parametrize("length", [0, 1, 2, 7, 1000, 44_100])
def test_ramps_rise_from_nothing_and_fall_to_nothing(length):
    gains = composite.ramps(length, 44_100, 60.0)

    assert gains.shape == (length,)
    assert ((gains >= 0) & (gains <= 1)).all()
    assert np.allclose(gains, gains[::-1])
    if length >= 1000:
        assert gains[0] < 1e-3
        assert (np.diff(gains[: length // 2]) >= 0).all()
    if length == 44_100:
        assert gains[length // 2] == 1


def test_a_narrow_band_asks_for_slow_ramps():
    narrow = composite.edge_hertz((400.0, 480.0))
    wide = composite.edge_hertz((100.0, 4000.0))

    assert narrow == pytest.approx(10.0)
    assert wide == pytest.approx(composite.EDGE_RAMP / composite.SHORTEST_RAMP_SECONDS)
    assert (
        composite.ramps(8000, 8000, narrow)[500] < composite.ramps(8000, 8000, wide)[500] == 1
    )
