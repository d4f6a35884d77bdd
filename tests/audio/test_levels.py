import math

import numpy as np
import pytest
import torch

from timbrush.audio.levels import (
    LevelsConfig,
    impose,
    measure,
    to_levels,
    to_power,
    widen,
)
from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.errors import ConfigError

CONFIG = LevelsConfig(sample_rate=16_000, edges_hertz=(0.0, 500.0, 1500.0, 4000.0, 8000.0))
LONG = SpectrogramConfig(sample_rate=16_000, n_fft=2048, hop_length=512)


def noise(length: int, seed: int = 0) -> torch.Tensor:
    return 0.1 * torch.randn(1, length, generator=torch.Generator().manual_seed(seed))


def test_levels_are_what_a_plain_loop_over_windows_measures() -> None:
    waveform = noise(2048)
    found = measure(waveform, CONFIG)[0].numpy()

    samples = np.pad(waveform[0].double().numpy(), 256)
    window = np.hanning(513)[:-1]
    middles = np.array([250.0, 1000.0, 2750.0, 6000.0])
    erb = lambda hertz: 21.4 * np.log10(1 + 0.00437 * hertz)  # noqa: E731
    shares = np.array(
        [np.interp(erb(np.arange(257) * 31.25), erb(middles), row) for row in np.eye(4)]
    )
    for step in range(8):
        power = np.zeros(257)
        for start in (256 * step, 256 * step + 128):
            spectrum = np.fft.rfft(samples[start : start + 512] * window * 2 / window.sum())
            power += np.abs(spectrum) ** 2 / 2
        np.testing.assert_allclose(found[:, step], shares @ power, rtol=1e-4)


def test_a_bin_counts_for_all_bands_together_once() -> None:
    assert torch.allclose(CONFIG.weights(300, 25.0).sum(0), torch.ones(300))


def test_imposing_the_levels_that_are_there_changes_nothing() -> None:
    waveform = noise(8192)
    assert torch.allclose(
        impose(waveform, measure(waveform, CONFIG), CONFIG), waveform, atol=1e-5
    )


def test_a_steady_noise_takes_on_the_rhythm_of_another_sound() -> None:
    beat = 10 ** (-2 * (torch.arange(16_384) % 4096 / 4096))
    wanted = measure(noise(16_384, 1) * beat, CONFIG)
    got = measure(impose(noise(16_384, 2), wanted, CONFIG), CONFIG)
    error = 10 * torch.log10(got / wanted)
    assert error.abs().median() < 1.0
    assert 10 * math.log10(float(got.mean() / wanted.mean())) == pytest.approx(0, abs=0.3)


def test_one_band_is_turned_down_and_the_others_stay() -> None:
    waveform = noise(16_384)
    wanted = measure(waveform, CONFIG)
    wanted[:, 3] *= 0.01
    changed = measure(impose(waveform, wanted, CONFIG), CONFIG) / measure(waveform, CONFIG)
    assert changed[:, 3].mean() < 0.05
    assert changed[:, 0].mean() == pytest.approx(1, abs=0.05)


def test_no_band_is_turned_up_without_bound() -> None:
    waveform = 1e-4 * noise(8192)
    loud = torch.ones(1, 4, 32)
    assert impose(waveform, loud, CONFIG).abs().max() < waveform.abs().max() * 10 ** (25 / 20)


def test_levels_and_power_are_inverse_above_the_floor() -> None:
    band_power = 10 ** torch.linspace(-6, 0.5, 24).reshape(1, 4, 6)
    gain = torch.tensor([0.5])
    levels = to_levels(band_power, gain, -100.0)
    assert torch.allclose(to_power(levels, gain, -100.0), band_power, rtol=1e-3)
    assert to_power(torch.zeros(1, 4, 6), gain, -100.0).max() == 0


def test_a_long_window_sees_a_short_burst_as_wide_as_itself() -> None:
    steps = torch.zeros(1, 4, 32)
    steps[:, :, 16] = 1.0
    wide = widen(steps, CONFIG, LONG)[0, 0]

    expected = np.zeros(16)
    offsets = 256 * np.arange(-4, 4) + 64
    shares = np.cos(np.pi * offsets / 2048) ** 4
    shares /= shares.sum()
    for frame in range(16):
        for step, share in zip(range(2 * frame - 4, 2 * frame + 4), shares, strict=True):
            expected[frame] += share * (step == 16)
    np.testing.assert_allclose(wide.numpy(), expected, atol=1e-6)


def test_levels_line_up_with_the_frames_of_a_long_window() -> None:
    click = torch.zeros(1, 16_384)
    click[:, 8192] = 1.0
    wide = widen(measure(click, CONFIG), CONFIG, LONG)[0, 1]
    assert int(wide.argmax()) == 16


@pytest.mark.parametrize(
    "settings",
    [
        {"edges_hertz": (0.0, 100.0)},
        {"edges_hertz": (0.0, 200.0, 100.0)},
        {"edges_hertz": (0.0, 100.0, 200.0), "step_length": 200},
        {"edges_hertz": (0.0, 100.0, 200.0), "hop_length": 256},
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        LevelsConfig(sample_rate=16_000, **settings)  # type: ignore[arg-type]
