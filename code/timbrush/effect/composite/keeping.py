"""Keep the level, the rhythm and the width that a zone had while its timbre changes."""

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
from jaxtyping import Complex, Float
from torch import Tensor
from torch.nn import functional

from timbrush import cancelling
from timbrush.audio import phase
from timbrush.audio.spectrogram import SpectrogramConfig, phasors, power, stft
from timbrush.tensors import Magnitudes, PixelWeights, Stft, Waveform

MOST_UP, MOST_DOWN = 40.0, 24.0
"""Decibels by which a band is turned up or down at most, so that its level is kept."""
MOST_SHAPED = 30.0
"""Decibels by which a moment is turned up or down beside the band's slow level."""
LEVEL_SECONDS = 0.2
"""Level is kept on average over about this long; what is faster is rhythm."""
WINDOW_SECONDS = 0.012
"""Window in which envelopes are seen; a quarter of it is their step."""
N_TURNS = 2
"""How often envelopes are shaped: windows overlap, so once does not quite reach them."""
SMALLEST = 1e-12
"""A magnitude that counts as silence whatever the sound."""


@dataclass(frozen=True, kw_only=True)
class Keep:
    """What stays of what a zone held, each from 0 (let go) to 1 (keep).

    Args:
        level: The slow level of each band.
        rhythm: What is faster in the envelope of each band.
        width: The levels and phases that channels have beside each other.
        band: How much of the change what lies above the model's band follows.
    """

    level: float = 0.0
    rhythm: float = 0.0
    width: float = 0.0
    band: float = 0.0

    @property
    def anything(self) -> bool:
        """Whether anything of what was drawn is turned towards what was there."""
        return max(self.level, self.rhythm, self.width) > 0


LET_GO = Keep()
"""Nothing stays, as in edits of earlier versions."""

Bands = Float[Tensor, "band bin"]
Energies = Float[Tensor, "batch band frame"]
Decibels = Float[Tensor, "batch band frame"]
Bins = Float[Tensor, "batch bin frame"] | Complex[Tensor, "batch bin frame"]
Mix = Complex[Tensor, "one bin frame"]
"""One spectrum for all channels of a sound."""


@lru_cache(maxsize=4)
def erb_bands(config: SpectrogramConfig) -> Bands:
    """Return overlapping triangles over the bins, about one ERB wide and never less than a bin.

    The weights of each bin sum to 1.

    Source: Glasberg and Moore 1990, equation 4.
    """
    hertz = torch.arange(config.n_bins) * config.bin_hertz
    rate = 21.4 * torch.log10(1 + 0.00437 * hertz)
    place = torch.cat((torch.zeros(1), rate.diff().clamp(max=1).cumsum(0)))
    centres = torch.arange(math.floor(float(place[-1])) + 2)
    return (1 - (place - centres[:, None]).abs()).clamp(min=0)


def keep_level(
    new: Magnitudes,
    old: Magnitudes,
    weights: PixelWeights,
    config: SpectrogramConfig,
    *,
    amount: float,
    floor: float,
) -> Magnitudes:
    """Return new magnitudes with the level of the old ones in each band, on slow average.

    Args:
        new: What was drawn.
        old: What was there.
        weights: Where the new ones will be heard.
        config: The spectrogram that both are of.
        amount: 0 leaves them as they are, 1 keeps the level.
        floor: A magnitude that counts as silence.
    """
    found, wanted = (
        _decibels(_average(_energies((weights * one).square(), config), config), floor)
        for one in (new, old)
    )
    gains = amount * (wanted - found)
    return new * _to_bins(gains.clamp(-MOST_DOWN, MOST_UP), config)


def keep_envelopes(
    new: Waveform,
    old: Waveform,
    sample_rate: int,
    *,
    level: float,
    rhythm: float,
    floor: float,
) -> Waveform:
    """Return new sounds with the envelopes of the old ones in each band.

    Args:
        new: What a zone holds now, alone.
        old: What it held.
        sample_rate: Rate of both.
        level: How much of the slow level of each band is kept, 0 to 1.
        rhythm: How much of what is faster is kept, 0 to 1.
        floor: A magnitude that counts as silence.
    """
    size = 1 << round(math.log2(sample_rate * WINDOW_SECONDS))
    config = SpectrogramConfig(sample_rate=sample_rate, n_fft=size, hop_length=size // 4)
    wanted = _envelopes(stft(old, config), config, floor)
    for _ in range(N_TURNS):
        cancelling.check()
        spectrum = stft(new, config)
        found = _envelopes(spectrum, config, floor)
        slow, own = (there - here for there, here in zip(wanted, found, strict=True))
        gains = level * slow.clamp(-MOST_DOWN, MOST_UP)
        gains += rhythm * (own - slow).clamp(-MOST_SHAPED, MOST_SHAPED)
        shaped = spectrum * _to_bins(gains, config)
        new = phase.inverse(shaped, config, length=new.shape[1])
    return new


def _envelopes(
    spectrum: Stft, config: SpectrogramConfig, floor: float
) -> tuple[Decibels, Decibels]:
    """Return the level of each band, on slow average and as it is."""
    energies = _energies(power(spectrum), config)
    return _decibels(_average(energies, config), floor), _decibels(energies, floor)


def _energies(squares: Magnitudes, config: SpectrogramConfig) -> Energies:
    """Return the energy of each band."""
    # A single product is cut among threads, and its sums then depend on how many there are; of
    # several, each is one thread's.
    n = len(squares)
    return (erb_bands(config) @ squares.expand(max(n, 2), -1, -1))[:n]


def _average(energies: Energies, config: SpectrogramConfig) -> Energies:
    """Return the slow average of energies."""
    n_steps = energies.shape[2]
    reach = min(round(LEVEL_SECONDS / config.frame_seconds / 4), n_steps - 1)
    steps = torch.arange(n_steps)
    count = (steps + reach).clamp(max=n_steps - 1) - (steps - reach).clamp(min=0) + 1
    for _ in range(2):  # two boxes are a triangle; a pool takes four times as long
        sums = functional.pad(energies.cumsum(2, dtype=torch.float64), (reach + 1, 0))
        sums = functional.pad(sums, (0, reach), mode="replicate")
        energies = ((sums[:, :, 2 * reach + 1 :] - sums[:, :, :n_steps]) / count).float()
    return energies.clamp(min=0)


def _decibels(energies: Energies, floor: float) -> Decibels:
    """Return energies in decibels, where nothing is softer than ``floor``."""
    return 10 * torch.log10(energies + max(floor, SMALLEST) ** 2)  # a silent sound's is 0


def _to_bins(decibels: Decibels, config: SpectrogramConfig) -> Magnitudes:
    """Return the gain of each bin."""
    return torch.exp2(erb_bands(config).T @ decibels * (math.log2(10) / 20))


def mix(spectra: Stft) -> Mix:
    """Return one spectrum for all channels: their energy, and the phase of their sum."""
    # The sum of a list takes a fifth of the time that one along the first axis takes.
    level = (sum(power(spectra).split(1)) / len(spectra)).sqrt_()
    return level * phasors(sum(spectra.split(1)))


def mid_side(channels: Waveform) -> Waveform:
    """Return the sum and the difference of two channels; half of it done twice is nothing."""
    return torch.stack((channels[0] + channels[1], channels[0] - channels[1]))


def relations(spectra: Stft, mixed: Mix) -> Stft:
    """Return what makes each channel of their mix, cell by cell: its level and its phase.

    Args:
        spectra: The channels.
        mixed: What ``mix`` returned for them.
    """
    cancelling.check()
    powers = _near(power(spectra))
    together = powers.mean(0, keepdim=True).clamp_(min=1e-24)  # near the mix, too
    return (powers / together).sqrt_() * phasors(_near(spectra * mixed.conj()))


def _near(cells: Bins) -> Bins:
    """Return the sum of each cell and the eight around it."""
    for axis in (1, 2):
        total, size = cells.clone(), cells.shape[axis]
        for there, here in ((0, 1), (1, 0)):
            total.narrow(axis, here, size - 1).add_(cells.narrow(axis, there, size - 1))
        cells = total
    return cells
