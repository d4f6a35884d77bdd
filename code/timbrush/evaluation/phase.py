"""Ways to find phases, side by side: true magnitudes in, a waveform out, distance and time."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean, median

import torch
from jaxtyping import Float
from torch import Tensor

from timbrush.audio import phase
from timbrush.audio.phase_gradient import integrate
from timbrush.audio.spectrogram import SpectrogramConfig, stft
from timbrush.evaluation.benchmark import Track
from timbrush.evaluation.metrics import (
    active_log_spectral_distance,
    log_spectral_distance,
    spectral_convergence,
)
from timbrush.tensors import Magnitudes, Waveform

Method = Callable[[Magnitudes, int], Waveform]
Sound = Float[Tensor, " time"]


@dataclass(frozen=True, kw_only=True)
class PhaseResult:
    """How one way of finding phases did, the mean over sounds.

    Args:
        method: Its name.
        lsd: Log-spectral distance in decibels.
        active_lsd: The same over loud cells alone.
        spectral_convergence: Norm of the difference of magnitudes over the reference's.
        milliseconds: Median, warm.
        cpu_milliseconds: The same in processor time, which a busy neighbour does not change.
        default: Whether the effect works this way.
    """

    method: str
    lsd: float
    active_lsd: float
    spectral_convergence: float
    milliseconds: float
    cpu_milliseconds: float
    default: bool


def methods(config: SpectrogramConfig) -> dict[str, Method]:
    """Answer every way that is compared, by name.

    ``GL`` is Griffin-Lim; ``fast GL`` has momentum; ``integration`` reads phases off the
    magnitudes' slopes.
    """
    griffin_lim = partial(_refined, config=config, momentum=0.0)
    fast = partial(_refined, config=config, momentum=phase.MOMENTUM)
    found: dict[str, Method] = {
        "zero phase, 32 GL": partial(griffin_lim, start=_zero, n_steps=32),
        "random phase, 32 GL": partial(griffin_lim, start=_random, n_steps=32),
    }
    for n_steps in (8, 16, 32):
        name = f"random phase, {n_steps} fast GL"
        found[name] = partial(fast, start=_random, n_steps=n_steps)
    own = partial(integrate, config=config)
    found["integration, 4 GL"] = partial(griffin_lim, start=own, n_steps=4)
    for n_steps in (0, 2, 4, phase.N_STEPS, 8, 16, 32):
        name = f"integration, {n_steps} fast GL" if n_steps else "integration"
        found[name] = partial(fast, start=own, n_steps=n_steps)
    return found


def compare_phases(
    sounds: Sequence[Sound],
    config: SpectrogramConfig,
    *,
    track: Track = iter,
) -> list[PhaseResult]:
    """Find phases for the true magnitudes of sounds in every way.

    Args:
        sounds: At the spectrogram's rate.
        config: The spectrogram.
        track: Of the methods.
    """
    ways = methods(config)
    return [_measure(name, ways[name], sounds, config) for name in track(ways)]


def _measure(
    name: str, method: Method, sounds: Sequence[Sound], config: SpectrogramConfig
) -> PhaseResult:
    distances, times, cpu_times = [], [], []
    for sound in sounds:
        waveform = sound[None]
        magnitudes = stft(waveform, config).abs()
        method(magnitudes, len(sound))
        start, cpu_start = time.perf_counter(), time.process_time()
        answer = method(magnitudes, len(sound))
        cpu_times.append(time.process_time() - cpu_start)
        times.append(time.perf_counter() - start)
        distances.append(
            [
                float(log_spectral_distance(waveform, answer)),
                float(active_log_spectral_distance(waveform, answer)),
                float(spectral_convergence(waveform, answer)),
            ]
        )
    lsd, active, convergence = (fmean(column) for column in zip(*distances, strict=True))
    return PhaseResult(
        method=name,
        lsd=lsd,
        active_lsd=active,
        spectral_convergence=convergence,
        milliseconds=1000 * median(times),
        cpu_milliseconds=1000 * median(cpu_times),
        default=name == f"integration, {phase.N_STEPS} fast GL",
    )


def _refined(
    magnitudes: Magnitudes,
    length: int,
    *,
    start: Callable[[Magnitudes], Tensor],
    config: SpectrogramConfig,
    n_steps: int,
    momentum: float,
) -> Waveform:
    return phase.refine(
        start(magnitudes), config, length=length, n_steps=n_steps, momentum=momentum
    )


def _zero(magnitudes: Magnitudes) -> Tensor:
    return torch.complex(magnitudes, torch.zeros_like(magnitudes))


def _random(magnitudes: Magnitudes) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    angles = torch.rand(magnitudes.shape, generator=generator) * 2 * math.pi
    return torch.polar(magnitudes, angles)
