"""Compare a sound with its reconstruction by terms that stand for what is heard.

Every term is masked above the edge of each sound's own band, so that no model learns that
brightness ends where a recording was cut off.
"""

from dataclasses import astuple, dataclass, fields
from functools import lru_cache
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from timbrush.audio import distances
from timbrush.audio.levels import HIGHEST_LEVEL, Levels
from timbrush.audio.mel import mel_filters
from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.rhythm_timbre import RhythmTimbreConfig
from timbrush.tensors import Magnitudes, Spectrogram
from timbrush.training.codec.terms import (
    Floor,
    Scalar,
    Values,
    check_weights,
    floored_difference,
    magnitudes,
)

Edges = Float[Tensor, " batch"]
"""Hertz above which a sound's band ends."""
Inside = Float[Tensor, "batch row 1"]
"""1 in the rows below a sound's edge, else 0."""

FLOOR_DECIBELS = 85.0
"""Bins count down to so far below the loudest of the target."""
LEVEL_FLOOR_DECIBELS = 75.0
"""Levels count down to so far below the loudest of the target."""
LEAST_LEVEL = 0.02
"""Levels never count below this."""
MEL_FLOOR_DECIBELS = 80.0
"""Mel bands count down to so far below the loudest of the target."""
MEL_MOST_DECIBELS = 60.0
"""A mel band that is further too low counts no more than this."""
MEL_BANDS = ((320, 1), (80, 4))
"""Numbers of mel bands, and the frames over which their power is averaged."""
BAND_SHARE = 0.8
"""A level counts if its band begins below this share of the sound's edge."""
RISE_STEPS, RISE_REACH, MOST_RISE_DECIBELS = 2, 3, 40.0
"""A rise is measured over two steps; so many steps on either side of it count more."""
RISE_WEIGHT = 0.08
"""How much more a level counts, per decibel of the rise."""
SLOW_STEPS = 16
"""Steps over which slow levels are averaged: 93 ms with steps of 256 samples at 44.1 kHz."""
GAMMATONE_BANDS, LOWEST_GAMMATONE_HERTZ = 32, 50.0
"""Bands of the ear that a structure is compared in, and the middle of the lowest."""
TEXTURE_BANDS = 80
"""Mel bands whose mean, spread and steps over time make the texture."""
STRUCTURE_FRAMES, STRUCTURE_HOP = 7, 2
"""Frames of the spectrogram that make one of a structure (81 ms at 44.1 kHz), and its hop."""
STRUCTURE_DECIBELS = 45.0
"""A structure reaches so far below the loudest band of each of its frames."""
STRUCTURE_CENTRE, STRUCTURE_SIDE = 0.787, 0.1065
"""Along each axis, a neighbourhood is a Gaussian over three cells."""
INTENSITY_TINY, STRUCTURE_TINY = 1e-4, 0.05
"""What keeps ratios finite; a structure of some tenths of a decibel counts for nothing."""
SILENT_NORM = 0.01
"""Norms of magnitudes below this are those of silence; nothing divides by less."""
TINY = 1e-9


@dataclass(frozen=True, kw_only=True)
class TermWeights:
    """Weights of the terms; each divides by about what a fair codec reaches.

    Args:
        log: Of the mean difference of log-magnitudes in decibels.
        lsd: Of the log-spectral distance in decibels.
        sc: Of the spectral convergence.
        mel: Of the mean difference of mel bands in decibels.
        level: Of the mean difference of levels in decibels; around a rise they count more.
        slow: Of the mean difference in decibels of the power over many steps. Means of
            logarithms alone make sounds softer than they were.
        structure: Of the share of its structure that the reconstruction lacks, in bands of the
            ear.
        texture: Of the mean difference in decibels of what the texture of a sound is told by.

    Raises:
        ConfigError: If a weight is negative or all are zero.
    """

    log: float = 1 / 5
    lsd: float = 1 / 8
    sc: float = 3.0
    mel: float = 1 / 4
    level: float = 1 / 3
    slow: float = 1 / 3
    structure: float = 4.0
    texture: float = 0.0

    def __post_init__(self) -> None:
        check_weights(astuple(self))


class Heard(NamedTuple):
    """A sound as the codec takes it in: through a long window, and through a short one.

    Args:
        spectrogram: Up to the last row of the codec.
        levels: How loud its bands are.
    """

    spectrogram: Spectrogram
    levels: Levels


def hearing_loss(
    restored: Heard,
    target: Heard,
    edges: Edges,
    config: RhythmTimbreConfig,
    weights: TermWeights,
) -> tuple[Scalar, dict[str, float]]:
    """Return the weighted sum of the terms, and each term by its name.

    Args:
        restored: Reconstruction before clamping, so that values below the floor still learn.
        target: The sound.
        edges: Where its band ends.
        config: Of the codec.
        weights: Of the terms.
    """
    spectrogram = config.spectrogram
    scale = -spectrogram.floor_decibels
    bins = torch.arange(target.spectrogram.shape[1], device=edges.device)
    inside = _below(bins * spectrogram.bin_hertz, edges)
    lowest = torch.tensor(config.band_edges[:-1], device=edges.device) * spectrogram.bin_hertz
    bands = _below(lowest, BAND_SHARE * edges)
    pictures = restored.spectrogram, target.spectrogram
    levels = restored.levels, target.levels
    linear = (
        magnitudes(_bounded(restored.spectrogram), scale) * inside,
        magnitudes(target.spectrogram, scale) * inside,
    )
    terms = {
        "log": log_difference(*pictures, inside, scale),
        "lsd": log_spectral_distance(*pictures, inside, scale),
        "sc": spectral_convergence(*linear),
        "mel": mel_difference(*linear, edges, spectrogram),
        "level": level_difference(*levels, bands, scale),
        "slow": slow_difference(*levels, bands, scale),
        "structure": structure_difference(*linear, edges, spectrogram),
        "texture": texture_difference(*linear, edges, spectrogram),
    }
    weighted = [getattr(weights, field.name) * terms[field.name] for field in fields(weights)]
    return torch.stack(weighted).sum(), {name: term.item() for name, term in terms.items()}


def log_difference(
    restored: Spectrogram, target: Spectrogram, inside: Inside, scale: float
) -> Scalar:
    """Return the mean difference of log-magnitudes in decibels, mean over sounds."""
    difference = floored_difference(restored, target, _floor(target, scale))
    return _mean(difference.abs(), inside) * scale


def log_spectral_distance(
    restored: Spectrogram, target: Spectrogram, inside: Inside, scale: float
) -> Scalar:
    """Return the root mean square over bins in decibels, mean over frames and sounds."""
    difference = floored_difference(restored, target, _floor(target, scale))
    squares = (difference.square() * inside).sum(dim=1) / inside.sum(dim=1).clamp(min=1)
    return (squares + 1e-6).sqrt().mean() * scale


def spectral_convergence(restored: Magnitudes, target: Magnitudes) -> Scalar:
    """Return ``distances.spectral_convergence``, mean over sounds."""
    return distances.spectral_convergence(
        target, restored, tiny=SILENT_NORM, smoothing=1e-12
    ).mean()


def mel_difference(
    restored: Magnitudes, target: Magnitudes, edges: Edges, config: SpectrogramConfig
) -> Scalar:
    """Return the mean difference of mel bands in decibels, mean over both sets of bands."""
    found = []
    for n_bands, n_frames in MEL_BANDS:
        filters, middles = mel_filters(config.sample_rate, config.n_fft, n_bands)
        bands = torch.from_numpy(filters[: target.shape[1]]).to(target)
        a, b = (
            _pooled(torch.einsum("xm,zxf->zmf", bands, cells), n_frames)
            for cells in (target, restored)
        )
        floor = a.amax(dim=(1, 2), keepdim=True).clamp(min=1e-6)
        low = _decibels(floor) - MEL_FLOOR_DECIBELS
        difference = floored_difference(_decibels(b), _decibels(a), low)
        heard = _below(torch.from_numpy(middles).to(edges), edges)
        found.append(_mean(difference.clamp(min=-MEL_MOST_DECIBELS).abs(), heard))
    return torch.stack(found).mean()


def texture_difference(
    restored: Magnitudes, target: Magnitudes, edges: Edges, config: SpectrogramConfig
) -> Scalar:
    """Return the difference in decibels of statistics over time, mean over mel bands.

    They are each band's mean and spread, and the mean size and the spread of its steps. Means
    of what a sound may be have too little of the last three, and too even rows of the first.

    Source: after the texture statistics of McDermott and Simoncelli 2011, first and second
    moments.
    """
    filters, middles = mel_filters(config.sample_rate, config.n_fft, TEXTURE_BANDS)
    bands = torch.from_numpy(filters[: target.shape[1]]).to(target)
    wanted, got = (
        _decibels(torch.einsum("xm,zxf->zmf", bands, cells)) for cells in (target, restored)
    )
    floor = wanted.amax(dim=(1, 2), keepdim=True).clamp(min=-100.0) - MEL_FLOOR_DECIBELS
    difference = _statistics(torch.maximum(got, floor)) - _statistics(
        torch.maximum(wanted, floor)
    )
    heard = _below(torch.from_numpy(middles).to(edges), edges)
    return _mean(difference.abs(), heard)


def _statistics(bands: Values) -> Float[Tensor, "batch row statistic"]:
    """Return mean and spread of each band, and the mean size and the spread of its steps."""
    steps = bands.diff(dim=2)
    return torch.stack(
        (bands.mean(2), _spread(bands), steps.abs().mean(2), _spread(steps)), dim=2
    )


def _spread(values: Values) -> Float[Tensor, "batch row"]:
    return (values.var(dim=2, unbiased=False) + 1e-4).sqrt()


def structure_difference(
    restored: Magnitudes, target: Magnitudes, edges: Edges, config: SpectrogramConfig
) -> Scalar:
    """Return 1 - the similarity of what an ear's bands show around each of their cells.

    Source: NSIM of Hines et al. 2015 (ViSQOLAudio), after SSIM of Wang et al. 2004.
    """
    filters, middles = gammatone_filters(config, target.shape[1])
    bands = filters.to(target)
    wanted, got = (
        10 * torch.log10(_smoothed(torch.einsum("xm,zxf->zmf", bands, cells.square())) + 1e-12)
        for cells in (target, restored)
    )
    floor = wanted.amax(dim=1, keepdim=True).clamp(min=-40.0) - STRUCTURE_DECIBELS
    # Values below the floor are drawn to it, so that those that should lie above still learn.
    # Double precision, since variances of a hundredth are differences of squares of 45 dB.
    wanted, got, floor = wanted.double(), got.double(), floor.double()
    a = torch.maximum(wanted, floor) - floor
    b = torch.where(wanted > floor, (got - floor).clamp(min=-20.0), (got - floor).relu())
    mean_a, mean_b = _neighbourhood(a), _neighbourhood(b)
    variance_a = (_neighbourhood(a.square()) - mean_a.square()).clamp(min=0)
    variance_b = (_neighbourhood(b.square()) - mean_b.square()).clamp(min=0)
    covariance = _neighbourhood(a * b) - mean_a * mean_b
    intensity = (2 * mean_a * mean_b + INTENSITY_TINY) / (
        mean_a.square() + mean_b.square() + INTENSITY_TINY
    )
    spread = (variance_a * variance_b + TINY).sqrt()
    structure = (covariance + STRUCTURE_TINY) / (spread + STRUCTURE_TINY)
    heard = _below(middles.to(edges), edges)
    return 1 - _mean((intensity * structure).float(), heard)


def level_difference(restored: Levels, target: Levels, inside: Inside, scale: float) -> Scalar:
    """Return the mean difference of levels in decibels; those around a rise count more."""
    difference = floored_difference(restored, target, _level_floor(target, scale)).abs()
    counts = _around_rises(target, scale) * inside
    total = counts.sum(dim=(1, 2)).clamp(min=1)
    return ((difference * counts).sum(dim=(1, 2)) / total).mean() * scale


def slow_difference(restored: Levels, target: Levels, inside: Inside, scale: float) -> Scalar:
    """Return the mean difference in decibels of the power over ``SLOW_STEPS`` steps."""
    floor = magnitudes(_level_floor(target, scale), scale).square()
    n_steps = min(SLOW_STEPS, target.shape[2])
    got, wanted = (
        torch.maximum(functional.avg_pool1d(magnitudes(levels, scale).square(), n_steps), floor)
        for levels in (restored.clamp(-0.1, HIGHEST_LEVEL), target)
    )
    return _mean((10 * torch.log10(got / wanted)).abs(), inside)


def _around_rises(levels: Levels, scale: float) -> Levels:
    """Return how much each level counts: 1, and more around a rise."""
    before = functional.pad(levels, (RISE_STEPS, 0), mode="replicate")[:, :, :-RISE_STEPS]
    rise = (scale * (levels - before)).clamp(0, MOST_RISE_DECIBELS)
    near = functional.max_pool1d(rise, 2 * RISE_REACH + 1, 1, RISE_REACH)
    return 1 + RISE_WEIGHT * near


def _below(hertz: Float[Tensor, " row"], edges: Edges) -> Inside:
    return (hertz < edges[:, None]).float()[:, :, None]


def _mean(values: Values, inside: Inside) -> Scalar:
    """Return the mean over what lies inside, then over sounds."""
    counted = (inside.sum(dim=(1, 2)) * values.shape[2]).clamp(min=1)
    return ((values * inside).sum(dim=(1, 2)) / counted).mean()


def _floor(target: Spectrogram, scale: float) -> Floor:
    return (target.amax(dim=(1, 2), keepdim=True) - FLOOR_DECIBELS / scale).clamp(min=0)


def _level_floor(target: Levels, scale: float) -> Floor:
    peak = target.amax(dim=(1, 2), keepdim=True)
    return (peak - LEVEL_FLOOR_DECIBELS / scale).clamp(min=LEAST_LEVEL)


def _bounded(restored: Spectrogram) -> Spectrogram:
    """Return what an early reconstruction may be: magnitudes far above 0 dB rule all others."""
    return restored.clamp(-0.2, 1.1)


def _pooled(bands: Values, n_frames: int) -> Float[Tensor, "batch row pool"]:
    """Return the root of the mean power over so many frames."""
    if n_frames == 1:
        return bands
    n_frames = min(n_frames, bands.shape[2])
    return functional.avg_pool1d(bands.square(), n_frames).clamp(min=1e-14).sqrt()


@lru_cache(maxsize=4)
def gammatone_filters(
    config: SpectrogramConfig, n_bins: int
) -> tuple[Float[Tensor, "bin band"], Float[Tensor, " band"]]:
    """Return the power response of an ear's bands, and their middles in hertz.

    Source: Patterson et al. 1992, order 4, bandwidths 1.019 ERB; ERB of Glasberg and Moore
    1990. The responses fall as those of the transform's window allow.
    """
    hertz = torch.arange(n_bins) * config.bin_hertz
    lowest, highest = LOWEST_GAMMATONE_HERTZ + 228.8, config.sample_rate / 2 + 228.8
    ratio = torch.arange(1, GAMMATONE_BANDS + 1) / GAMMATONE_BANDS
    middles = (highest * (lowest / highest) ** ratio - 228.8).flip(0)
    width = 1.019 * (24.7 + middles / 9.265)
    return (1 + ((hertz[:, None] - middles) / width).square()) ** -4, middles


def _smoothed(power: Values) -> Float[Tensor, "batch row pool"]:
    """Return the mean power of the frames that a structure's frame covers."""
    n_frames = min(STRUCTURE_FRAMES, power.shape[2])
    return functional.avg_pool1d(power, n_frames, STRUCTURE_HOP)


def _neighbourhood(cells: Values) -> Values:
    """Return Gaussian means over 3 × 3 cells; the edge's cells count for those beyond it."""
    rows = functional.pad(cells, (0, 0, 1, 1), mode="replicate")
    mixed = STRUCTURE_CENTRE * cells + STRUCTURE_SIDE * (rows[:, :-2] + rows[:, 2:])
    columns = functional.pad(mixed, (1, 1), mode="replicate")
    return STRUCTURE_CENTRE * mixed + STRUCTURE_SIDE * (columns[:, :, :-2] + columns[:, :, 2:])


def _decibels(values: Values) -> Values:
    return 20 * torch.log10(values.clamp(min=TINY))
