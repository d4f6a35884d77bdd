"""The terms against plain NumPy, and each against the fault that it is there for."""

import numpy as np
import pytest
import torch
from codec.test_rhythm_timbre import TINY

from timbrush.audio.mel import mel_filters
from timbrush.errors import ConfigError
from timbrush.training.codec.rhythm_timbre.losses import (
    Heard,
    TermWeights,
    hearing_loss,
    level_difference,
)

EDGES = (2000.0, 4000.0)
BIN_HERTZ = 8000 / 256
TERMS = ("log", "lsd", "sc", "mel", "level", "slow", "structure", "texture")


def sounds(seed: int = 0, *, spread: float = 1.0) -> Heard:
    generator = torch.Generator().manual_seed(seed)
    picture = 1.2 * torch.rand(2, 56, 8, generator=generator) - 0.2
    levels = torch.rand(2, 3, 32, generator=generator)
    return Heard((spread * picture).clamp(0, 1), spread * levels)


def terms(restored: Heard, target: Heard, edges: tuple[float, ...] = EDGES) -> dict[str, float]:
    return hearing_loss(restored, target, torch.tensor(edges), TINY, TermWeights())[1]


def floored(got: np.ndarray, want: np.ndarray, floor: float) -> np.ndarray:
    """Difference down to a floor; below it a wanted value keeps its whole error."""
    difference = got - want
    low = want <= floor
    difference[low] = np.maximum(got[low] - floor, 0)
    return difference


def expected(restored: Heard, target: Heard) -> dict[str, float]:
    """Return the terms, sound by sound, in decibels below 0 dB."""
    found: dict[str, list[float]] = {name: [] for name in TERMS}
    for sound, edge in enumerate(EDGES):
        got, want = (
            100 * (h.spectrogram[sound].double().numpy() - 1) for h in (restored, target)
        )
        n_inside = int(np.sum(np.arange(56) * BIN_HERTZ < edge))
        difference = floored(got.copy(), want, max(want.max() - 85, -100))[:n_inside]
        found["log"].append(np.abs(difference).mean())
        found["lsd"].append(np.sqrt((difference**2).mean(axis=0) + 1e-2).mean())
        a, b = (10 ** (np.clip(x, -120, 10) / 20) for x in (want, got))
        a[n_inside:] = b[n_inside:] = 0
        found["sc"].append(np.linalg.norm(a - b) / np.linalg.norm(a))
        found["mel"].append(np.mean([mel(a, b, edge, 320, 1), mel(a, b, edge, 80, 4)]))
        low, high = (100 * (h.levels[sound].double().numpy() - 1) for h in (restored, target))
        bands = [b for b in range(3) if (0, 8, 24)[b] * BIN_HERTZ < 0.8 * edge]
        floor = max(high.max() - 75, -98)
        gap = np.abs(floored(low.copy(), high, floor))
        counts = np.ones_like(gap)
        for band in range(3):
            rises = [
                min(max(high[band, t] - high[band, max(t - 2, 0)], 0), 40) for t in range(32)
            ]
            for t in range(32):
                counts[band, t] += 0.08 * max(rises[max(t - 3, 0) : t + 4])
        found["level"].append((gap * counts)[bands].sum() / counts[bands].sum())
        slow = []
        for band in bands:
            for first in (0, 16):
                powers = [
                    np.mean(10 ** (x[band, first : first + 16] / 10)) for x in (low, high)
                ]
                one, other = (10 * np.log10(max(p, 10 ** (floor / 10))) for p in powers)
                slow.append(abs(one - other))
        found["slow"].append(np.mean(slow))
        found["structure"].append(1 - structure(a, b, edge))
        found["texture"].append(texture(a, b, edge))
    return {name: float(np.mean(values)) for name, values in found.items()}


def structure(a: np.ndarray, b: np.ndarray, edge: float) -> float:
    """Return the similarity of two sounds of 56 bins and 8 frames, cell by cell."""
    shown = []
    lowest, highest = 50 + 228.8, 4000 + 228.8
    middles = [
        highest * (lowest / highest) ** (number / 32) - 228.8 for number in range(32, 0, -1)
    ]
    for magnitudes in (a, b):
        rows = []
        for middle in middles:
            width = 1.019 * (24.7 + middle / 9.265)
            response = (1 + ((np.arange(56) * BIN_HERTZ - middle) / width) ** 2) ** -4.0
            power = response @ magnitudes**2
            rows.append([10 * np.log10(power[0:7].mean() + 1e-12)])
        shown.append(np.array(rows))
    want, got = shown
    floor = want.max(axis=0) - 45
    one = np.maximum(want, floor) - floor
    other = np.where(want > floor, np.maximum(got - floor, -20), np.maximum(got - floor, 0))
    weights = np.outer((0.1065, 0.787, 0.1065), (0.1065, 0.787, 0.1065))
    p, q = np.pad(one, 1, mode="edge"), np.pad(other, 1, mode="edge")
    found = []
    for row in range(32):
        x, y = p[row : row + 3], q[row : row + 3]
        mx, my = (weights * x).sum(), (weights * y).sum()
        vx, vy = (weights * (x - mx) ** 2).sum(), (weights * (y - my) ** 2).sum()
        covariance = (weights * (x - mx) * (y - my)).sum()
        intensity = (2 * mx * my + 1e-4) / (mx**2 + my**2 + 1e-4)
        found.append(intensity * (covariance + 0.05) / (np.sqrt(vx * vy) + 0.05))
    heard = np.array(middles) < edge
    return float(np.array(found)[heard].mean())


def texture(a: np.ndarray, b: np.ndarray, edge: float) -> float:
    filters, middles = mel_filters(8000, 256, 80)
    bands = [filters[:56].T.astype(np.float64) @ magnitudes for magnitudes in (a, b)]
    want, got = (20 * np.log10(np.maximum(x, 1e-9)) for x in bands)
    told = []
    for levels in (want, got):
        held = np.maximum(levels, max(want.max(), -100) - 80)
        steps = np.diff(held, axis=1)
        told.append([held.mean(1), held.std(1), np.abs(steps).mean(1), steps.std(1)])
    return float(np.abs(np.subtract(*told))[:, middles < edge].mean())


def mel(a: np.ndarray, b: np.ndarray, edge: float, n_bands: int, n_frames: int) -> float:
    filters, middles = mel_filters(8000, 256, n_bands)
    pooled = []
    for magnitudes in (a, b):
        bands = filters[:56].T.astype(np.float64) @ magnitudes
        if n_frames > 1:
            powers = (bands**2).reshape(n_bands, -1, n_frames).mean(axis=2)
            bands = np.sqrt(np.maximum(powers, 1e-14))
        pooled.append(20 * np.log10(np.maximum(bands, 1e-9)))
    want, got = pooled
    difference = floored(got.copy(), want, max(want.max(), -120) - 80)
    return float(np.abs(np.maximum(difference, -60))[middles < edge].mean())


def test_each_term_is_what_plain_numpy_makes_of_it() -> None:
    restored, target = sounds(1), sounds(2)
    found, wanted = terms(restored, target), expected(restored, target)
    for name in TERMS:
        assert found[name] == pytest.approx(wanted[name], rel=1e-3), name


def test_what_lies_above_the_edge_counts_for_nothing() -> None:
    target, restored = sounds(1), sounds(2)
    bright = Heard(restored.spectrogram.clone(), restored.levels.clone())
    bright.spectrogram[:, 40:] = 1.0  # 1250 Hz and up
    bright.levels[:, 2] = 1.0  # 750 Hz and up
    low = (900.0, 900.0)
    assert terms(bright, target, low) == pytest.approx(terms(restored, target, low), rel=1e-5)
    assert terms(bright, target)["log"] > 1.05 * terms(restored, target)["log"]


def test_a_perfect_reconstruction_costs_next_to_nothing() -> None:
    found = terms(sounds(), sounds())
    assert all(value < 0.11 for value in found.values())  # the root of lsd is smoothed


def faulty(fault: str) -> tuple[Heard, Heard]:
    """Return a sound with one fault, and the sound."""
    target = Heard(torch.full((2, 56, 8), 0.6), torch.full((2, 3, 32), 0.6))
    target.spectrogram[:, 10] = 1.0
    target.levels[:, :, 16:] = 0.9
    restored = Heard(target.spectrogram.clone(), target.levels.clone())
    if fault == "quiet bins":
        restored.spectrogram[:, 20:] -= 0.1
    elif fault == "a few bins, far off":
        restored.spectrogram[:, 20:24] -= 0.5
    elif fault == "the loudest partial":
        restored.spectrogram[:, 10] -= 0.1
    elif fault == "soft partials are lost":
        target.spectrogram[:, 20::8] += 0.1
    elif fault == "level":
        restored.levels[:, :, :] -= 0.1
    return restored, target


@pytest.mark.parametrize(
    ("fault", "term", "most"),
    [
        ("quiet bins", "log", "sc"),
        ("a few bins, far off", "lsd", "log"),
        ("the loudest partial", "sc", "log"),
        ("level", "level", "log"),
        ("level", "slow", "mel"),
        ("soft partials are lost", "structure", "mel"),
    ],
)
def test_a_term_hears_the_fault_that_it_is_there_for(fault: str, term: str, most: str) -> None:
    base, found = terms(*faulty("none")), terms(*faulty(fault))
    usual = {
        "log": 5.0,
        "lsd": 8.0,
        "sc": 1 / 3,
        "mel": 4.0,
        "level": 3.0,
        "slow": 3.0,
        "structure": 0.3,
        "texture": 1.0,
    }
    heard = {name: (found[name] - base[name]) / usual[name] for name in TERMS}
    assert heard[term] > 0.1
    assert heard[term] > 2 * heard[most]


def test_smoothed_noise_is_too_soft_for_slow_and_mel_but_right_for_log_means() -> None:
    generator = torch.Generator().manual_seed(4)
    noise = 0.8 + 0.06 * torch.randn(2, 3, 32, generator=generator)
    smooth = noise.mean(dim=2, keepdim=True).expand_as(noise).contiguous()
    picture = torch.full((2, 56, 8), 0.6)
    found = terms(Heard(picture, smooth), Heard(picture, noise))
    power = (10 * (noise - 1)).exp().double()
    assert power.mean() > 1.05 * (10 * (smooth - 1)).exp().double().mean()
    assert found["slow"] > 1.0
    raised = terms(Heard(picture, smooth + 0.036), Heard(picture, noise))
    assert raised["slow"] < 0.7 * found["slow"]


def test_a_late_rise_costs_more_than_the_same_error_elsewhere() -> None:
    target = torch.full((1, 3, 32), 0.5)
    target[:, :, 16:] = 0.9
    late, elsewhere = target.clone(), target.clone()
    late[:, :, 16:18] = 0.5
    elsewhere[:, :, 26:28] = 0.5
    inside = torch.ones(1, 3, 1)
    rise, rest = (level_difference(x, target, inside, 100.0) for x in (late, elsewhere))
    assert rise > 3 * rest


def test_each_term_has_a_weight_of_its_own() -> None:
    weights = TermWeights(
        log=2.0,
        lsd=3.0,
        sc=5.0,
        mel=7.0,
        level=11.0,
        slow=13.0,
        structure=17.0,
        texture=19.0,
    )
    loss, found = hearing_loss(sounds(1), sounds(2), torch.tensor(EDGES), TINY, weights)
    assert loss.item() == pytest.approx(
        sum(getattr(weights, name) * found[name] for name in TERMS), rel=1e-5
    )
    with pytest.raises(ConfigError, match="must not all be zero"):
        TermWeights(**dict.fromkeys(TERMS, 0.0))
