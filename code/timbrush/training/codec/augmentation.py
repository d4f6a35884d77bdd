"""Cut training crops from sounds, and bend, colour, mix and drum over them."""

from dataclasses import dataclass

import numpy as np
import soxr
import torch

from timbrush.datasets.examples import Sounds
from timbrush.errors import ConfigError
from timbrush.tensors import Waveform
from timbrush.training.codec.percussion import draw_pattern

LOWEST_HERTZ = 40.0
"""Where the octaves of a random filter begin."""


@dataclass(frozen=True, kw_only=True)
class AugmentationConfig:
    """How crops are varied. All shares are probabilities; 0 turns a variation off.

    Args:
        bend_share: Crops played faster or slower.
        bend_semitones: Largest shift of such a crop, either way.
        colour_share: Crops that go through a random filter, as if of another instrument.
        colour_decibels: Standard deviation of that filter's gain, from octave to octave.
        mix_share: Crops to which a second sound is added, 0 to 20 dB below; of those, as many
            get a third, and so on.
        percussion_share: Crops with made-up drum hits; in half of them nothing else sounds.
        early_seconds: A crop may begin up to so much before the sound does.

    Raises:
        ConfigError: For shares outside 0 to 1.
    """

    bend_share: float = 0.5
    bend_semitones: float = 2.0
    colour_share: float = 0.0
    colour_decibels: float = 6.0
    mix_share: float = 0.25
    percussion_share: float = 0.0
    early_seconds: float = 0.25

    def __post_init__(self) -> None:
        shares = (self.bend_share, self.colour_share, self.percussion_share)
        if not all(0 <= share <= 1 for share in shares):
            raise ConfigError("bend_share, colour_share and percussion_share lie in 0 to 1")
        if not 0 <= self.mix_share < 1:
            raise ConfigError(f"mix_share must lie in 0 to below 1, got {self.mix_share}")
        if min(self.bend_semitones, self.colour_decibels, self.early_seconds) < 0:
            raise ConfigError(
                "bend_semitones, colour_decibels and early_seconds must not be negative"
            )


def draw_crops(
    sounds: Sounds, n_crops: int, length: int, config: AugmentationConfig, seed: tuple[int, ...]
) -> Waveform:
    """Draw crops of ``length`` samples; the same ``seed`` draws the same ones."""
    generator = np.random.default_rng(seed)
    crops = [_crop(sounds, length, config, generator) for _ in range(n_crops)]
    return torch.from_numpy(np.stack(crops))


def _crop(
    sounds: Sounds, length: int, config: AugmentationConfig, generator: np.random.Generator
) -> np.ndarray:
    if generator.random() < config.percussion_share:
        drums = draw_pattern(length, sounds.sample_rate, generator)
        if generator.random() < 0.5:
            return drums
        return _mix(_single(sounds, length, config, generator), drums, generator)
    crop = _single(sounds, length, config, generator)
    while generator.random() < config.mix_share:
        crop = _mix(crop, _single(sounds, length, config, generator), generator)
    return crop


def _mix(crop: np.ndarray, other: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    level = 10 ** (-generator.uniform(0, 20) / 20)
    return crop + other * (level * _peak(crop) / _peak(other))


def _single(
    sounds: Sounds, length: int, config: AugmentationConfig, generator: np.random.Generator
) -> np.ndarray:
    crop = _bent(sounds, length, config, generator)
    if generator.random() < config.colour_share:
        return colour(crop, sounds.sample_rate, config.colour_decibels, generator)
    return crop


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
) -> np.ndarray:
    waveform = sounds[int(generator.integers(len(sounds)))].waveform.numpy()
    if generator.random() < config.bend_share:
        semitones = generator.uniform(-config.bend_semitones, config.bend_semitones)
        needed = int(length * 2 ** (semitones / 12)) + 1
        cut = _cut(waveform, needed, sounds.sample_rate, config, generator)
        bent = soxr.resample(cut, 2 ** (semitones / 12), 1.0, quality="MQ")
        return np.pad(bent[:length], (0, max(0, length - len(bent))))
    return _cut(waveform, length, sounds.sample_rate, config, generator)


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
