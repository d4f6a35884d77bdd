"""Compare a spectrogram with its reconstruction, in distances that a codec can learn from."""

from dataclasses import dataclass

import torch

from timbrush.audio import distances
from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.tensors import Spectrogram
from timbrush.training.codec.terms import (
    Scalar,
    check_weights,
    floored_difference,
    magnitudes,
)


@dataclass(frozen=True, kw_only=True)
class LossConfig:
    """Weights of the terms; each term is divided by a value that a fair codec reaches.

    Args:
        lsd: Weight of the log-spectral distance, per 2.5 dB.
        active: Weight of the active log-spectral distance, per 8 dB.
        convergence: Weight of the spectral convergence, per 0.5.

    Raises:
        ConfigError: If a weight is negative or all are zero.
    """

    lsd: float = 1.0
    active: float = 1.0
    convergence: float = 1.0

    def __post_init__(self) -> None:
        check_weights((self.lsd, self.active, self.convergence))


def spectrogram_loss(
    restored: Spectrogram,
    target: Spectrogram,
    spectrogram: SpectrogramConfig,
    config: LossConfig,
) -> tuple[Scalar, dict[str, float]]:
    """Return the weighted loss and its terms: LSD (dB), active LSD (dB), convergence.

    Args:
        restored: Reconstruction before clamping, so that values below the floor still learn.
        target: Spectrograms in 0..1.
        spectrogram: Settings that give the floor in decibels.
        config: Weights.
    """
    scale = -spectrogram.floor_decibels
    lsd = log_spectral_distance(restored, target) * scale
    active = active_distance(restored, target, scale)
    convergence = spectral_convergence(restored, target, scale)
    loss = (
        config.lsd * lsd / 2.5
        + config.active * active / 8
        + config.convergence * convergence / 0.5
    )
    return loss, {"lsd": lsd.item(), "active": active.item(), "convergence": convergence.item()}


def log_spectral_distance(restored: Spectrogram, target: Spectrogram) -> Scalar:
    """Return ``distances.log_spectral_distance`` in units of the spectrogram."""
    difference = floored_difference(restored, target, torch.zeros_like(target[:, :1, :1]))
    return distances.log_spectral_distance(difference, smoothing=1e-6).mean()


def active_distance(restored: Spectrogram, target: Spectrogram, scale: float) -> Scalar:
    """Return ``distances.active_distance`` in decibels, mean over sounds."""
    peak = target.amax(dim=(1, 2), keepdim=True)
    loudest = torch.maximum(restored.detach(), target)
    active = loudest > peak - distances.ACTIVE_DECIBELS / scale
    floor = (peak - distances.ACTIVE_FLOOR_DECIBELS / scale).clamp(min=0)
    difference = floored_difference(restored, target, floor)
    return distances.active_distance(difference, active, smoothing=1e-6).mean() * scale


def spectral_convergence(restored: Spectrogram, target: Spectrogram, scale: float) -> Scalar:
    """Return ``distances.spectral_convergence``, mean over sounds."""
    wanted = magnitudes(target, scale)
    got = magnitudes(restored.clamp(max=1.1), scale)
    return distances.spectral_convergence(wanted, got, tiny=1e-6, smoothing=1e-12).mean()
