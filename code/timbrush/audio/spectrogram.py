"""Waveform to short-time spectrum to log-magnitudes, and back."""

import math
from dataclasses import dataclass
from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from timbrush.errors import ConfigError
from timbrush.tensors import Magnitudes, Spectrogram, Stft, Waveform

SpectralPeak = Float[Tensor, " batch"]
"""Spectral peak of each sound: the magnitude that 0 dB stands for."""

SILENT = 0.01
"""Levels below this, 0.8 dB above a floor of 80 dB, are a decoder's way to say silence: to take
them at their word costs 0.02 dB of log-spectral distance, and 0.05 of mel distance."""


@dataclass(frozen=True, kw_only=True)
class SpectrogramConfig:
    """Settings of the spectrogram.

    Args:
        sample_rate: Rate of the waveform in hertz.
        n_fft: Samples of an analysis window (Hann).
        hop_length: Samples from one frame to the next; at most a quarter of ``n_fft``, so
            that magnitudes determine phases.
        floor_decibels: Level below the peak at which magnitudes are cut off; negative.

    Raises:
        ConfigError: For settings without an inverse.
    """

    sample_rate: int = 16_000
    n_fft: int = 2048
    hop_length: int = 512
    floor_decibels: float = -80.0

    def __post_init__(self) -> None:
        if self.sample_rate < 1:
            raise ConfigError(f"sample_rate must be at least 1 Hz, got {self.sample_rate}")
        if self.n_fft < 4 or self.n_fft % 2:
            raise ConfigError(f"n_fft must be even and at least 4, got {self.n_fft}")
        if not 1 <= self.hop_length <= self.n_fft // 4:
            raise ConfigError(
                f"hop_length must lie in 1 to n_fft/4 = {self.n_fft // 4}, "
                f"got {self.hop_length}"
            )
        if not -math.inf < self.floor_decibels < 0:
            raise ConfigError(f"floor_decibels must be negative, got {self.floor_decibels}")

    @property
    def n_bins(self) -> int:
        """Bins of a frame, from 0 Hz to half the sample rate."""
        return self.n_fft // 2 + 1

    @property
    def bin_hertz(self) -> float:
        """Distance between two bins."""
        return self.sample_rate / self.n_fft

    @property
    def frame_seconds(self) -> float:
        """Distance between two frames."""
        return self.hop_length / self.sample_rate


def n_frames(length: int, config: SpectrogramConfig) -> int:
    """Return how many frames ``stft`` makes of ``length`` samples."""
    return 1 + length // config.hop_length


def stft(waveform: Waveform, config: SpectrogramConfig) -> Stft:
    """Short-time Fourier transform with centred frames; silence surrounds the sound.

    Frame ``t`` is centred on sample ``t * hop_length``. Values are scaled so that a full-scale
    sine in the middle of a bin has magnitude 1.
    """
    half, hop = config.n_fft // 2, config.hop_length
    window = window_of(waveform, config)
    padded = functional.pad(waveform, (half, half))
    windows = padded.unfold(-1, config.n_fft, hop) * (window * (2 / window.sum()))
    return torch.fft.rfft(windows).transpose(1, 2)


def power(spectrum: Stft) -> Magnitudes:
    """Return squared magnitudes; below 1e-19, magnitudes vanish.

    Its root takes a third of the time that ``abs`` takes.
    """
    squares = torch.view_as_real(spectrum).square()
    return squares[..., 0] + squares[..., 1]


def phasors(spectrum: Stft) -> Stft:
    """Return the spectrum with every magnitude 1; what is 0 stays 0."""
    return spectrum * power(spectrum).clamp_(min=1e-30).rsqrt_()


def istft(spectrum: Stft, config: SpectrogramConfig, *, length: int) -> Waveform:
    """Inverse of ``stft``: exact for an unchanged spectrum, else the least-squares waveform.

    Args:
        spectrum: At least ``n_frames(length)`` frames.
        config: The settings that ``stft`` was called with.
        length: Samples to answer.

    Source: Griffin and Lim 1984, equation 6.
    """
    window = window_of(spectrum.real, config)
    return torch.istft(
        spectrum * (window.sum() / 2),
        config.n_fft,
        config.hop_length,
        window=window,
        center=True,
        length=length,
    )


def to_spectrogram(
    magnitudes: Magnitudes, gain: SpectralPeak, config: SpectrogramConfig
) -> Spectrogram:
    """Log-magnitudes relative to ``gain``: 0 at or below the floor, 1 at ``gain``."""
    smallest = torch.finfo(magnitudes.dtype).tiny
    relative = magnitudes / gain.clamp(min=smallest)[:, None, None]
    decibels = 20 * torch.log10(relative.clamp(min=1e-30))
    return (1 - decibels / config.floor_decibels).clamp(0, 1)


def peak_spectrogram(waveform: Waveform, config: SpectrogramConfig) -> Spectrogram:
    """Return a spectrogram for each sound in which its own loudest cell is at 0 dB (1).

    Returns:
        As many frames as hops have begun; silence where the sound is silent.
    """
    magnitudes = begun_magnitudes(waveform, config)
    return to_spectrogram(magnitudes, magnitudes.amax(dim=(1, 2)), config)


def begun_magnitudes(waveform: Waveform, config: SpectrogramConfig) -> Magnitudes:
    """Return the magnitudes of the frames that are centred on a sample of the sound.

    ``stft`` makes one more of whole hops, half of which lies in the silence behind.
    """
    begun = -(-waveform.shape[1] // config.hop_length)
    return stft(waveform, config)[:, :, :begun].abs()


def to_magnitudes(
    spectrogram: Spectrogram, gain: SpectralPeak, config: SpectrogramConfig
) -> Magnitudes:
    """Inverse of ``to_spectrogram``; levels of at most ``SILENT`` become silence."""
    octaves = config.floor_decibels / 20 * math.log2(10)
    # A power of two takes a fifth of the time that one of ten takes.
    magnitudes = torch.exp2((1 - spectrogram) * octaves) * gain[:, None, None]
    # torch.where takes ten times as long.
    return magnitudes * functional.hardshrink(spectrogram, SILENT).sign()


def window_of(like: Tensor, config: SpectrogramConfig) -> Tensor:
    """Return the analysis window, of a tensor's type and where it lies; not to be changed."""
    return hann(config.n_fft, like.dtype, like.device)


@cache
def hann(size: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Return a Hann window, made once; not to be changed."""
    return torch.hann_window(size, dtype=dtype, device=device)
