"""Cut training crops from sounds, and bend, colour, distort and mix them with others."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import soxr
import torch
from jaxtyping import Float
from torch import Tensor

from timbrush.audio.spectrogram import SpectralPeak
from timbrush.datasets.examples import Sounds
from timbrush.errors import ConfigError
from timbrush.tensors import Magnitudes, Waveform
from timbrush.training.codec.crops.percussion import draw_pattern
from timbrush.training.codec.crops.tones import draw_tones

LOWEST_HERTZ = 40.0
"""Where the octaves of a random filter begin."""
DRIVE_DECIBELS = (6.0, 36.0)
"""How far above full scale a distorted sound is driven, from least to most."""
MIX_DECIBELS = (0.0, 20.0)
"""How far a second sound's peak lies below that of the first, from least to most."""


@dataclass(frozen=True, kw_only=True)
class AugmentationConfig:
    """How crops are varied. All shares are probabilities; 0 turns a variation off.

    Args:
        bend_share: Crops played faster or slower.
        bend_semitones: Largest shift of such a crop, either way.
        colour_share: Crops that go through a random filter, as if of another instrument.
        colour_decibels: Standard deviation of that filter's gain, from octave to octave.
        drive_share: Crops that are distorted, as if by an amplifier.
        tones_share: Crops with made-up steady notes in place of a sound.
        mix_share: Crops to which a second sound is added, 0 to 20 dB below; of those, as many
            get a third, and so on.
        percussion_share: Crops with made-up drum hits.
        percussion_alone_share: Share of those in which nothing else sounds.
        percussion_decibels: How far below the peak of a sound the drums' peak lies, from least
            to most.
        softer_share: Crops that are taken for softer than they are: their peak lies below 0 dB,
            as those of quiet parts of a sound do.
        softer_decibels: Most by which such a crop is softer.
        early_seconds: A crop may begin up to so much before the sound does.

    Raises:
        ConfigError: For shares outside 0 to 1, or decibels that cannot be.
    """

    bend_share: float = 0.5
    bend_semitones: float = 2.0
    colour_share: float = 0.0
    colour_decibels: float = 6.0
    drive_share: float = 0.0
    tones_share: float = 0.0
    mix_share: float = 0.25
    percussion_share: float = 0.0
    percussion_alone_share: float = 0.5
    percussion_decibels: tuple[float, float] = (0.0, 20.0)
    softer_share: float = 0.0
    softer_decibels: float = 30.0
    early_seconds: float = 0.25

    def __post_init__(self) -> None:
        for name in (
            "bend",
            "colour",
            "drive",
            "tones",
            "percussion",
            "percussion_alone",
            "softer",
        ):
            share = getattr(self, f"{name}_share")
            if not 0 <= share <= 1:
                raise ConfigError(f"{name}_share must lie in 0 to 1, got {share}")
        if not self.percussion_decibels[0] <= self.percussion_decibels[1]:
            raise ConfigError("percussion_decibels must name the least first")
        if not 0 <= self.mix_share < 1:
            raise ConfigError(f"mix_share must lie in 0 to below 1, got {self.mix_share}")
        for name in ("bend_semitones", "colour_decibels", "softer_decibels", "early_seconds"):
            if getattr(self, name) < 0:
                raise ConfigError(f"{name} must not be negative")


class Crops(NamedTuple):
    """Pieces of sounds to learn from.

    Args:
        waveforms: As long as each other.
        edges_hertz: Where the band of each ends; above it there is nothing to learn.
        softer_decibels: By how much each is to be taken for softer than it is.
    """

    waveforms: Waveform
    edges_hertz: Float[Tensor, " batch"]
    softer_decibels: Float[Tensor, " batch"]

    def gain(self, heard: Magnitudes) -> SpectralPeak:
        """Return what 0 dB stands for in each crop: its peak, or more if it is softer."""
        gain: SpectralPeak = heard.amax(dim=(1, 2))
        return gain * 10 ** (self.softer_decibels.to(gain) / 20)


class _Crop(NamedTuple):
    samples: np.ndarray
    edge_hertz: float


def draw_crops(
    sounds: Sounds, n_crops: int, length: int, config: AugmentationConfig, seed: tuple[int, ...]
) -> Crops:
    """Draw crops of ``length`` samples; the same ``seed`` draws the same ones."""
    generator = np.random.default_rng(seed)
    crops = [_crop(sounds, length, config, generator) for _ in range(n_crops)]
    softer = generator.uniform(0, config.softer_decibels, n_crops)
    softer[generator.random(n_crops) >= config.softer_share] = 0
    return Crops(
        waveforms=torch.from_numpy(np.stack([crop.samples for crop in crops])),
        edges_hertz=torch.tensor([crop.edge_hertz for crop in crops]),
        softer_decibels=torch.from_numpy(softer.astype(np.float32)),
    )


def _crop(
    sounds: Sounds, length: int, config: AugmentationConfig, generator: np.random.Generator
) -> _Crop:
    if generator.random() < config.percussion_share:
        drums = draw_pattern(length, sounds.sample_rate, generator)
        if generator.random() < config.percussion_alone_share:
            return _Crop(drums, sounds.sample_rate / 2)
        crop = _single(sounds, length, config, generator)
        mixed = _mix(crop.samples, drums, config.percussion_decibels, generator)
        return _Crop(mixed, crop.edge_hertz)
    crop = _single(sounds, length, config, generator)
    while generator.random() < config.mix_share:
        other = _single(sounds, length, config, generator)
        mixed = _mix(crop.samples, other.samples, MIX_DECIBELS, generator)
        crop = _Crop(mixed, min(crop.edge_hertz, other.edge_hertz))
    return crop


def _mix(
    crop: np.ndarray,
    other: np.ndarray,
    decibels: tuple[float, float],
    generator: np.random.Generator,
) -> np.ndarray:
    level = 10 ** (-generator.uniform(*decibels) / 20)
    return crop + other * (level * _peak(crop) / _peak(other))


def _single(
    sounds: Sounds, length: int, config: AugmentationConfig, generator: np.random.Generator
) -> _Crop:
    rate = sounds.sample_rate
    if generator.random() < config.tones_share:
        crop = _Crop(draw_tones(length, rate, generator), rate / 2)
    else:
        crop = _bent(sounds, length, config, generator)
    if generator.random() < config.drive_share:
        crop = _Crop(drive(crop.samples, generator), rate / 2)  # harmonics fill the band
    if generator.random() < config.colour_share:
        coloured = colour(crop.samples, rate, config.colour_decibels, generator)
        return crop._replace(samples=coloured)
    return crop


def drive(crop: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Distort a sound by a curve that flattens its peaks; the peak stays as it was.

    Args:
        crop: The sound.
        generator: Draws how far it is driven, and the bias that makes even harmonics.
    """
    peak, bias = _peak(crop), generator.uniform(0, 0.5)
    gain = 10 ** (generator.uniform(*DRIVE_DECIBELS) / 20)
    driven = np.tanh(gain * crop / peak + bias) - np.tanh(bias)
    distorted: np.ndarray = driven * (peak / _peak(driven))
    return distorted.astype(crop.dtype)


def colour(
    crop: np.ndarray, sample_rate: int, decibels: float, generator: np.random.Generator
) -> np.ndarray:
    """Filter a sound by a gain drawn anew for each octave, smooth in between.

    Args:
        crop: The sound.
        sample_rate: Its rate in hertz.
        decibels: Standard deviation of the gain.
        generator: Draws it.
    """
    hertz = np.fft.rfftfreq(len(crop), 1 / sample_rate)
    octaves = np.log2(hertz.clip(min=LOWEST_HERTZ) / LOWEST_HERTZ)
    gains = generator.normal(scale=decibels, size=2 + int(octaves[-1]))
    curve = 10 ** (np.interp(octaves, np.arange(len(gains)), gains) / 20)
    filtered: np.ndarray = np.fft.irfft(np.fft.rfft(crop) * curve, len(crop))
    return filtered.astype(crop.dtype)


def _bent(
    sounds: Sounds, length: int, config: AugmentationConfig, generator: np.random.Generator
) -> _Crop:
    sound = sounds[int(generator.integers(len(sounds)))]
    waveform, nyquist = sound.waveform.numpy(), sounds.sample_rate / 2
    edge = min(sound.edge_hertz, nyquist)
    if generator.random() < config.bend_share:
        semitones = generator.uniform(-config.bend_semitones, config.bend_semitones)
        needed = int(length * 2 ** (semitones / 12)) + 1
        cut = _cut(waveform, needed, sounds.sample_rate, config, generator)
        bent = soxr.resample(cut, 2 ** (semitones / 12), 1.0, quality="MQ")
        fitted = np.pad(bent[:length], (0, max(0, length - len(bent))))
        return _Crop(fitted, min(edge * 2 ** (semitones / 12), nyquist))
    return _Crop(_cut(waveform, length, sounds.sample_rate, config, generator), edge)


def _cut(
    waveform: np.ndarray,
    length: int,
    sample_rate: int,
    config: AugmentationConfig,
    generator: np.random.Generator,
) -> np.ndarray:
    # At least half of a crop holds sound, where the sound is that long.
    earliest = -int(config.early_seconds * sample_rate)
    latest = max(earliest + 1, len(waveform) - length // 2)
    start = int(generator.integers(earliest, latest))
    cut = np.zeros(length, np.float32)
    first, last = max(start, 0), min(start + length, len(waveform))
    if last > first:
        cut[first - start : last - start] = waveform[first:last]
    return cut


def _peak(waveform: np.ndarray) -> float:
    return max(float(np.abs(waveform).max()), 1e-4)
