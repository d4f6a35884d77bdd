"""The losses against the distances that they stand for, written out in NumPy."""

import numpy as np
import pytest
import torch

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.errors import ConfigError
from timbrush.training.codec.vqvae2.losses import (
    LossConfig,
    active_distance,
    log_spectral_distance,
    spectral_convergence,
    spectrogram_loss,
)


def pair(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    target = (1.6 * torch.rand(2, 9, 5, generator=generator) - 0.6).clamp(min=0)
    target[:, 0, 0] = 1.0
    return 1.4 * torch.rand(2, 9, 5, generator=generator) - 0.3, target


def decibels(spectrogram: torch.Tensor) -> np.ndarray:
    return 80 * (spectrogram.double().clamp(min=0).numpy() - 1)


def test_lsd_is_the_rms_over_bins_and_the_mean_over_frames() -> None:
    restored, target = pair()
    # Below the floor a wanted partial keeps its whole error, so it can be learned back.
    restored = restored.clamp(min=0)
    errors = decibels(restored) - decibels(target)
    expected = np.sqrt((errors**2).mean(axis=1)).mean()
    got = 80 * log_spectral_distance(restored, target).item()
    assert got == pytest.approx(expected, rel=1e-3)


def test_active_distance_counts_cells_near_the_peak_of_either() -> None:
    restored, target = pair()
    # Below its floor (-60 dB) a restored cell would keep its whole error.
    restored, target = restored.clamp(min=0.25), target.clamp(min=0)
    expected = []
    for got, want in zip(decibels(restored), decibels(target), strict=True):
        active = (got > -50) | (want > -50)
        errors = np.maximum(got, -60) - np.maximum(want, -60)
        expected.append(np.sqrt((errors[active] ** 2).mean()))
    assert active_distance(restored, target, 80.0).item() == pytest.approx(
        np.mean(expected), rel=1e-3
    )


def test_convergence_is_the_relative_norm_of_the_difference() -> None:
    restored, target = pair()
    got, want = (10 ** ((values.double().numpy() - 1) * 4) for values in (restored, target))
    expected = np.mean(
        [np.linalg.norm(g - w) / np.linalg.norm(w) for g, w in zip(got, want, strict=True)]
    )
    # Restored peaks above 1.1 are cut off.
    assert restored.max() < 1.1
    assert spectral_convergence(restored, target, 80.0).item() == pytest.approx(expected, 1e-3)


def test_a_perfect_reconstruction_costs_next_to_nothing_and_worse_costs_more() -> None:
    _, target = pair()
    config = SpectrogramConfig()
    losses = [
        spectrogram_loss(target + error, target, config, LossConfig())[0].item()
        for error in (0.0, 0.01, 0.05, 0.2)
    ]
    assert losses == sorted(losses)
    assert losses[0] < 0.05


def test_each_term_has_a_weight_and_a_divisor_of_its_own() -> None:
    weights = LossConfig(lsd=2.0, active=3.0, convergence=7.0)
    loss, terms = spectrogram_loss(*pair(), SpectrogramConfig(), weights)
    assert loss.item() == pytest.approx(
        2 * terms["lsd"] / 2.5 + 3 * terms["active"] / 8 + 7 * terms["convergence"] / 0.5
    )


def test_a_reconstruction_below_the_floor_still_learns_a_wanted_partial() -> None:
    target = torch.zeros(1, 4, 2)
    target[0, 1] = 1.0
    restored = torch.full((1, 4, 2), -0.5, requires_grad=True)
    loss, _ = spectrogram_loss(restored, target, SpectrogramConfig(), LossConfig())
    loss.backward()
    assert (restored.grad[0, 1] < 0).all()
    assert restored.grad[0, 0].abs().max() < 1e-6  # silent, and wanted silent


@pytest.mark.parametrize(
    "weights",
    [
        {"lsd": -1.0},
        {"lsd": float("nan")},
        {"active": float("inf")},
        {"lsd": 0.0, "active": 0.0, "convergence": 0.0},
    ],
)
def test_weights_that_say_nothing_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="loss weights"):
        LossConfig(**weights)
