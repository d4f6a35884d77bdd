import math

import numpy as np
import pytest
import scipy.signal
import torch
from numpy.typing import NDArray

from timbrush_lab.codec import metrics

RATE = 16000
Array = NDArray[np.float64]


def two_sounds(seed: int, length: int = 9000) -> tuple[Array, Array]:
    """A decaying note, and the same with other partials, noise and a silent end."""
    generator = np.random.default_rng(seed)
    time = np.arange(length) / RATE
    note = sum(np.sin(2 * np.pi * 220 * k * time) / k**2 for k in range(1, 9)) * np.exp(
        -4 * time
    )
    other = note * generator.uniform(0.3, 1.4) + 0.01 * generator.standard_normal(length)
    other[: length // 4] *= 0.2
    note[-length // 3 :] = 0
    return 0.3 * note, 0.3 * other


def magnitudes(samples: Array, n_fft: int = 2048) -> Array:
    """Short-time spectrum by SciPy, scaled as may be: every metric is relative."""
    hop = n_fft // 4
    padded = np.pad(samples, n_fft // 2)
    window = scipy.signal.get_window("hann", n_fft)
    starts = range(0, len(padded) - n_fft + 1, hop)
    return np.stack(
        [np.abs(np.fft.rfft(padded[s : s + n_fft] * window)) for s in starts], axis=1
    )


def decibels(value: float, peak: float, floor: float) -> float:
    return max(20 * math.log10(max(value / peak, 1e-30)), -floor)


def lsd_by_loop(reference: Array, estimate: Array) -> float:
    a, b = magnitudes(reference), magnitudes(estimate)
    peak, frames = a.max(), []
    for t in range(a.shape[1]):
        squares = [
            (decibels(x, peak, 80) - decibels(y, peak, 80)) ** 2
            for x, y in zip(a[:, t], b[:, t], strict=True)
        ]
        frames.append(math.sqrt(sum(squares) / len(squares)))
    return sum(frames) / len(frames)


def active_by_loop(reference: Array, estimate: Array) -> float:
    a, b = magnitudes(reference), magnitudes(estimate)
    peak, squares = a.max(), []
    for x, y in zip(a.flat, b.flat, strict=True):
        if decibels(x, peak, 200) > -50 or decibels(y, peak, 200) > -50:
            squares.append((decibels(x, peak, 60) - decibels(y, peak, 60)) ** 2)
    return math.sqrt(sum(squares) / len(squares))


def convergence_by_numpy(reference: Array, estimate: Array) -> float:
    a, b = magnitudes(reference), magnitudes(estimate)
    return float(np.linalg.norm(b - a) / np.linalg.norm(a))


def mel_by_loop(reference: Array, estimate: Array) -> float:
    resolutions = []
    for n_fft, n_bands in ((512, 40), (1024, 80), (2048, 160)):
        filters = mel_by_interpolation(n_fft, n_bands)
        a, b = filters @ magnitudes(reference, n_fft), filters @ magnitudes(estimate, n_fft)
        differences = [
            abs(decibels(x, a.max(), 80) - decibels(y, a.max(), 80))
            for x, y in zip(a.flat, b.flat, strict=True)
        ]
        resolutions.append(sum(differences) / len(differences))
    return sum(resolutions) / 3


def mel_by_interpolation(n_fft: int, n_bands: int) -> Array:
    """Triangles drawn by linear interpolation between each band's three corners."""
    top = 2595 * math.log10(1 + RATE / 2 / 700)
    corners = [700 * (10 ** (top * i / (n_bands + 1) / 2595) - 1) for i in range(n_bands + 2)]
    hertz = np.arange(n_fft // 2 + 1) * RATE / n_fft
    return np.stack(
        [
            np.interp(hertz, corners[i : i + 3], (0, 1, 0), left=0, right=0)
            for i in range(n_bands)
        ]
    )


@pytest.mark.parametrize(
    ("metric", "oracle"),
    [
        (metrics.log_spectral_distance, lsd_by_loop),
        (metrics.active_log_spectral_distance, active_by_loop),
        (metrics.spectral_convergence, convergence_by_numpy),
        (lambda a, b: metrics.mel_distance(a, b, sample_rate=RATE), mel_by_loop),
    ],
)
def test_a_batch_agrees_with_a_plain_loop_over_each_sound(metric, oracle) -> None:  # type: ignore[no-untyped-def]
    pairs = [two_sounds(seed) for seed in (1, 2)]
    reference = torch.tensor(np.stack([a for a, _ in pairs]))
    estimate = torch.tensor(np.stack([b for _, b in pairs]))
    expected = [oracle(a, b) for a, b in pairs]
    assert metric(reference, estimate).tolist() == pytest.approx(expected, rel=1e-6)


ALL = [
    metrics.log_spectral_distance,
    metrics.active_log_spectral_distance,
    metrics.spectral_convergence,
    lambda a, b: metrics.mel_distance(a, b, sample_rate=RATE),
]


@pytest.mark.parametrize("metric", ALL)
def test_the_same_sound_has_distance_zero(metric) -> None:  # type: ignore[no-untyped-def]
    sound = torch.tensor(two_sounds(3)[0])[None].float()
    assert metric(sound, sound).item() == 0


@pytest.mark.parametrize("metric", ALL)
def test_loudness_of_the_pair_does_not_matter(metric) -> None:  # type: ignore[no-untyped-def]
    reference, estimate = (torch.tensor(sound)[None] for sound in two_sounds(4))
    quiet = metric(1e-3 * reference, 1e-3 * estimate).item()
    assert quiet == pytest.approx(metric(reference, estimate).item(), rel=1e-6)


@pytest.mark.parametrize("metric", ALL)
def test_silence_against_silence_is_zero_and_finite(metric) -> None:  # type: ignore[no-untyped-def]
    silence = torch.zeros(1, 4000)
    assert metric(silence, silence).item() == 0


def test_ten_decibels_of_gain_cost_ten_decibels_where_the_sound_is_loud() -> None:
    sound = torch.tensor(two_sounds(5)[0])[None]
    louder = sound * 10 ** (10 / 20)
    assert metrics.active_log_spectral_distance(sound, louder).item() == pytest.approx(
        9.5, abs=0.5
    )


def test_silence_has_convergence_one() -> None:
    sound = torch.tensor(two_sounds(6)[0])[None]
    assert metrics.spectral_convergence(sound, 0 * sound).item() == pytest.approx(1.0)


def test_noise_below_the_floor_costs_nothing() -> None:
    generator = torch.Generator().manual_seed(0)
    sound = torch.sin(torch.arange(16000) * 0.5)[None].double()
    hum = 1e-7 * torch.randn(1, 16000, generator=generator, dtype=torch.float64)
    assert metrics.active_log_spectral_distance(sound, sound + hum).item() < 0.01
