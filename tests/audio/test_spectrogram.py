"""The spectrogram against SciPy, and its inverses."""

import hypothesis
import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from scipy import signal

from timbrush.audio.spectrogram import (
    SpectrogramConfig,
    istft,
    n_frames,
    peak_spectrogram,
    power,
    stft,
    to_magnitudes,
    to_spectrogram,
)
from timbrush.errors import ConfigError

SIZES = [(16, 4), (64, 16), (256, 50), (512, 128), (2048, 512), (1024, 100)]


def noise(length: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(2, length, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize(("n_fft", "hop_length"), SIZES)
def test_it_agrees_with_scipy(n_fft: int, hop_length: int) -> None:
    config = SpectrogramConfig(n_fft=n_fft, hop_length=hop_length)
    waveform = noise(3000)
    window = signal.get_window("hann", n_fft)
    transform = signal.ShortTimeFFT(window, hop_length, fs=1.0, mfft=n_fft)
    frames = range(n_frames(3000, config))
    padded = np.pad(waveform.numpy(), ((0, 0), (n_fft // 2, n_fft)))
    expected = np.stack(
        [np.fft.rfft(padded[:, t * hop_length :][:, :n_fft] * window) for t in frames], axis=-1
    )
    mine = stft(waveform, config)
    np.testing.assert_allclose(mine.numpy() * window.sum() / 2, expected, atol=1e-9)
    # SciPy's own transform counts its frames from before the sound; magnitudes tell the same.
    theirs = transform.stft(waveform.numpy(), p0=0, p1=len(frames))
    np.testing.assert_allclose(abs(mine.numpy()) * window.sum() / 2, abs(theirs), atol=1e-9)


@pytest.mark.parametrize(("n_fft", "hop_length"), SIZES)
@pytest.mark.parametrize("length", [1, 7, 511, 2048, 5001])
def test_the_inverse_is_exact(n_fft: int, hop_length: int, length: int) -> None:
    config = SpectrogramConfig(n_fft=n_fft, hop_length=hop_length)
    waveform = noise(length)
    spectrum = stft(waveform, config)
    assert spectrum.shape == (2, config.n_bins, n_frames(length, config))
    torch.testing.assert_close(istft(spectrum, config, length=length), waveform)


def test_power_is_the_square_of_the_magnitude() -> None:
    spectrum = stft(noise(3000), SpectrogramConfig(n_fft=256, hop_length=64))
    torch.testing.assert_close(power(spectrum), spectrum.abs() ** 2)


def test_a_full_scale_sine_has_magnitude_one() -> None:
    config = SpectrogramConfig()
    samples = torch.arange(16_000, dtype=torch.float64)
    sine = torch.sin(2 * torch.pi * 40 * config.bin_hertz * samples / 16_000)
    assert float(stft(sine[None], config).abs()[0, 40, 10]) == pytest.approx(1, abs=1e-6)


@hypothesis.given(st.lists(st.floats(-79, 0), min_size=1, max_size=20), st.floats(1e-6, 1e3))
@hypothesis.settings(max_examples=40, deadline=None)
def test_log_magnitudes_come_back_above_the_floor(levels: list[float], gain: float) -> None:
    config = SpectrogramConfig()
    magnitudes = gain * 10 ** (torch.tensor(levels, dtype=torch.float64) / 20)[None, :, None]
    gains = torch.tensor([gain], dtype=torch.float64)
    spectrogram = to_spectrogram(magnitudes, gains, config)
    assert 0 <= spectrogram.min() and spectrogram.max() <= 1
    torch.testing.assert_close(to_magnitudes(spectrogram, gains, config), magnitudes)


def test_the_scale_is_linear_in_decibels_and_the_floor_is_silence() -> None:
    config = SpectrogramConfig(floor_decibels=-60.0)
    magnitudes = torch.tensor([2.0, 0.2, 0.02, 0.002, 1e-9, 0.0])[None, :, None]
    spectrogram = to_spectrogram(magnitudes, torch.tensor([2.0]), config)
    expected = torch.tensor([1, 2 / 3, 1 / 3, 0, 0, 0])
    torch.testing.assert_close(spectrogram[0, :, 0], expected, atol=1e-6, rtol=0)
    assert to_magnitudes(spectrogram, torch.tensor([2.0]), config)[0, 4:].abs().max() == 0


def test_what_is_all_but_silent_is_silence() -> None:
    config, one = SpectrogramConfig(), torch.ones(1)
    decibels = torch.tensor([-79.9, -79.3, -79.1, -40.0])
    magnitudes = 10 ** (decibels / 20)[None, :, None]
    answer = to_magnitudes(to_spectrogram(magnitudes, one, config), one, config)
    assert answer[0, :2].abs().max() == 0
    torch.testing.assert_close(answer[0, 2:], magnitudes[0, 2:])


def test_silence_stays_finite() -> None:
    config = SpectrogramConfig()
    magnitudes = stft(torch.zeros(1, 4000), config).abs()
    spectrogram = to_spectrogram(magnitudes, magnitudes.amax(dim=(1, 2)), config)
    assert spectrogram.abs().max() == 0
    assert to_magnitudes(spectrogram, torch.zeros(1), config).abs().max() == 0


@pytest.mark.parametrize(("length", "n_columns"), [(8 * 512, 8), (8 * 512 - 1, 8), (1, 1)])
def test_the_loudest_cell_of_each_sound_is_at_the_peak(length: int, n_columns: int) -> None:
    waveform = noise(length) * torch.tensor([[0.01], [3.0]])
    waveform[:, -1] += 1e4  # louder still in the frame behind the last hop
    spectrogram = peak_spectrogram(waveform, SpectrogramConfig())
    assert spectrogram.shape == (2, 1025, n_columns)
    assert spectrogram.amax(dim=(1, 2)).tolist() == [1, 1]
    assert peak_spectrogram(torch.zeros(1, 4000), SpectrogramConfig()).abs().max() == 0


@pytest.mark.parametrize(
    "settings",
    [{"n_fft": 7}, {"hop_length": 513}, {"hop_length": 0}, {"floor_decibels": 0.0}],
)
def test_settings_without_an_inverse_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="got"):
        SpectrogramConfig(**settings)
