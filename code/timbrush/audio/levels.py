"""Measure how loud each band of a sound is, every few milliseconds, and impose such levels.

A long window tells tones apart and smears attacks; levels are seen through a short one. Bands
overlap like tents: between the middles of two bands a bin counts for both, in shares that add
up to one, linear on the ERB scale of hearing.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from timbrush.audio.spectrogram import (
    SILENT,
    SpectralPeak,
    SpectrogramConfig,
    istft,
    power,
    stft,
)
from timbrush.errors import ConfigError
from timbrush.tensors import Stft, Waveform

BandPower = Float[Tensor, "batch band step"]
"""Power of each band, summed over its bins; a full-scale sine has about 1 over its bands."""

Levels = Float[Tensor, "batch band step"]
"""The same on the decibel scale of a spectrogram: 0 at its floor, 1 at its 0 dB."""

FramePower = Float[Tensor, "batch band frame"]
"""Power of each band, one value for each frame of a transform."""

BandWeights = Float[Tensor, "band bin"]

MOST_DECIBELS = 12.0
LEAST_DECIBELS = -40.0
"""How far a band is turned up or down at a time: more would lift what is only noise."""
N_PASSES = 2
"""Short windows overlap, so gains leak into the steps beside them; a second pass mends it."""
SMALLEST = 1e-12
HIGHEST_LEVEL = 1.2
"""A click is short: through a short window it is far louder than a long window's loudest bin,
which is what 0 dB is taken from. Models are told of no more than this."""
PIECE_STEPS = 4096
"""Steps that are shaped at a time, 24 seconds at 44.1 kHz."""


@dataclass(frozen=True, kw_only=True)
class LevelsConfig:
    """How levels are measured.

    Args:
        sample_rate: Rate of the waveform in hertz.
        edges_hertz: Where bands begin, low first, and where the last one ends.
        n_fft: Samples of the short window (Hann).
        hop_length: Samples from one short window to the next; at most a quarter of ``n_fft``.
        step_length: Samples that a level stands for; a multiple of ``hop_length``.

    Raises:
        ConfigError: For fewer than two bands, edges that do not rise, or lengths that do not
            fit each other.
    """

    sample_rate: int
    edges_hertz: tuple[float, ...]
    n_fft: int = 512
    hop_length: int = 128
    step_length: int = 256

    def __post_init__(self) -> None:
        edges = self.edges_hertz
        if len(edges) < 3 or any(b <= a for a, b in pairwise(edges)):
            raise ConfigError("levels need two bands at least, with edges that rise")
        if self.step_length < 1 or self.step_length % self.hop_length:
            raise ConfigError(
                "step_length must be a multiple of hop_length, "
                f"got {self.step_length} and {self.hop_length}"
            )
        _ = self.window

    @property
    def n_bands(self) -> int:
        """Bands, low first."""
        return len(self.edges_hertz) - 1

    @property
    def window(self) -> SpectrogramConfig:
        """The short-time transform that levels are measured through."""
        return SpectrogramConfig(
            sample_rate=self.sample_rate, n_fft=self.n_fft, hop_length=self.hop_length
        )

    def weights(self, n_bins: int, bin_hertz: float) -> BandWeights:
        """Return how much each of some bins counts for each band; a bin's shares sum to 1."""
        return _weights(self.edges_hertz, n_bins, bin_hertz)


def measure(waveform: Waveform, config: LevelsConfig) -> BandPower:
    """Return the power of each band in every whole step of a waveform; silence surrounds it."""
    n_steps = waveform.shape[1] // config.step_length
    return _to_steps(_band_power(stft(waveform, config.window), config), config)[:, :, :n_steps]


def measure_part(
    read: Callable[[int, int], Waveform], first: int, last: int, config: LevelsConfig
) -> BandPower:
    """Return some steps of a sound, as ``measure`` of the whole has them.

    Args:
        read: Returns samples between two numbers; silence surrounds the sound.
        first: The first step.
        last: The one after the last.
        config: How levels are measured.
    """
    around = -(-config.n_fft // config.step_length)
    low, high = (first - around) * config.step_length, (last + around) * config.step_length
    return measure(read(low, high), config)[:, :, around : around + last - first]


def to_levels(band_power: BandPower, gain: SpectralPeak, floor_decibels: float) -> Levels:
    """Return levels relative to ``gain``: 0 at the floor, 1 at ``gain``, at most 1.2."""
    relative = band_power / gain.square().clamp(min=1e-30)[:, None, None]
    decibels = 10 * torch.log10(relative.clamp(min=1e-15))
    return (1 - decibels / floor_decibels).clamp(0, HIGHEST_LEVEL)


def to_power(levels: Levels, gain: SpectralPeak, floor_decibels: float) -> BandPower:
    """Inverse of ``to_levels``; levels of at most ``SILENT`` become silence."""
    decibels = (1 - levels) * floor_decibels
    relative = 10 ** (decibels / 10) * (levels > SILENT)
    return relative * gain.square()[:, None, None]


def widen(
    band_power: BandPower, config: LevelsConfig, spectrogram: SpectrogramConfig
) -> FramePower:
    """Return what a longer window sees of levels, one value for each of its frames.

    Args:
        band_power: Steps from the first frame on.
        config: How they were measured.
        spectrogram: The longer window, whose hop is a whole number of steps.
    """
    kernel = _kernel(config, spectrogram).to(band_power)
    reach = len(kernel) // 2
    stride = spectrogram.hop_length // config.step_length
    lines = functional.pad(band_power, (reach, reach)).flatten(0, 1)[:, None]
    widened = functional.conv1d(lines, kernel[None, None], stride=stride)[:, 0]
    n_frames = band_power.shape[2] // stride
    return widened[:, :n_frames].unflatten(0, band_power.shape[:2])


def impose(waveform: Waveform, wanted: BandPower, config: LevelsConfig) -> Waveform:
    """Turn each band up and down, step by step, until it has the wanted levels.

    Args:
        waveform: The sound; a copy is returned.
        wanted: Power of its bands from its first sample on; the last step goes on to its end.
        config: How levels are measured.

    Source: temporal noise shaping, Herre and Johnston 1996, with gains in place of prediction.
    """
    for _ in range(N_PASSES):
        spectrum = stft(waveform, config.window)
        gains = _gains(_band_power(spectrum, config), wanted, config)
        waveform = istft(spectrum * gains, config.window, length=waveform.shape[1])
    return waveform


def impose_in_pieces(
    waveform: Waveform, wanted: Callable[[int, int], BandPower], config: LevelsConfig
) -> Waveform:
    """Return what ``impose`` returns, a piece after the other: bounds the memory.

    Args:
        waveform: The sound; a copy is returned.
        wanted: Returns the power of its bands between two steps.
        config: How levels are measured.
    """
    step, length = config.step_length, waveform.shape[1]
    around = (N_PASSES + 1) * -(-config.n_fft // step)
    pieces = []
    for start in range(0, -(-length // step), PIECE_STEPS):
        first, stop = max(start - around, 0), start + PIECE_STEPS
        last = min(stop + around, -(-length // step))
        seen = waveform[:, first * step : last * step]
        shaped = impose(seen, wanted(first, last), config)
        pieces.append(shaped[:, (start - first) * step : (stop - first) * step])
    return torch.cat(pieces, dim=1)


def _gains(
    own: FramePower, wanted: BandPower, config: LevelsConfig
) -> Float[Tensor, "batch bin frame"]:
    steps = _to_steps(own, config)
    n_steps = min(steps.shape[2], wanted.shape[2])
    ratio = (wanted[:, :, :n_steps] + SMALLEST) / (steps[:, :, :n_steps] + SMALLEST)
    decibels = (10 * torch.log10(ratio)).clamp(LEAST_DECIBELS, MOST_DECIBELS)
    size = n_steps * _frames_per_step(config)
    smooth = functional.interpolate(decibels, size=size, mode="linear")
    missing = max(0, own.shape[2] - size)
    smooth = functional.pad(smooth, (0, missing), mode="replicate")[:, :, : own.shape[2]]
    return 10 ** (torch.einsum("bx,zbf->zxf", _short_weights(config, own), smooth) / 20)


def _band_power(spectrum: Stft, config: LevelsConfig) -> FramePower:
    weights = _short_weights(config, spectrum.real)
    return torch.einsum("bx,zxf->zbf", weights, power(spectrum))


def _to_steps(band_power: FramePower, config: LevelsConfig) -> BandPower:
    per_step = _frames_per_step(config)
    missing = -band_power.shape[2] % per_step
    whole = functional.pad(band_power, (0, missing), mode="replicate")
    return whole.unflatten(2, (-1, per_step)).mean(3)


def _frames_per_step(config: LevelsConfig) -> int:
    return config.step_length // config.hop_length


def _short_weights(config: LevelsConfig, like: Tensor) -> BandWeights:
    window = config.window
    return _weights(config.edges_hertz, window.n_bins, window.bin_hertz).to(like)


def _erb_number(hertz: Float[Tensor, " any"]) -> Float[Tensor, " any"]:
    """Glasberg and Moore 1990, equation 4."""
    return 21.4 * torch.log10(1 + 0.00437 * hertz)


@cache
def _weights(edges_hertz: tuple[float, ...], n_bins: int, bin_hertz: float) -> BandWeights:
    edges = torch.tensor(edges_hertz)
    middles = _erb_number((edges[:-1] + edges[1:]) / 2)
    places = _erb_number(torch.arange(n_bins) * bin_hertz)
    left = (torch.searchsorted(middles, places) - 1).clamp(0, len(middles) - 2)
    share = ((places - middles[left]) / (middles[left + 1] - middles[left])).clamp(0, 1)
    weights = torch.zeros(len(middles), n_bins)
    bins = torch.arange(n_bins)
    weights[left, bins] = 1 - share
    weights[left + 1, bins] = share
    return weights


@cache
def _kernel(config: LevelsConfig, spectrogram: SpectrogramConfig) -> Float[Tensor, " step"]:
    """The longer window's share in each step around the middle of its frame."""
    reach = spectrogram.n_fft // 2 // config.step_length
    # A step's middle lies half of what its windows span behind its first window's middle.
    shift = (config.step_length - config.hop_length) / 2
    offsets = config.step_length * torch.arange(-reach, reach) + shift
    shares = torch.cos(math.pi * offsets / spectrogram.n_fft).clamp(min=0) ** 4
    return shares / shares.sum()
