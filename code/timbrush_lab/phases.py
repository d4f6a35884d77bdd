"""Compare ways to find phases: the distance and the time of each."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from timbrush import seeds
from timbrush.audio import phase
from timbrush.audio.phase_gradient import integrate
from timbrush.audio.spectrogram import (
    SpectrogramConfig,
    peak_spectrogram,
    stft,
    to_magnitudes,
)
from timbrush.codec.contract import Codec
from timbrush.tensors import Magnitudes, Waveform
from timbrush_lab.codec.restoring import distances
from timbrush_lab.codec.summary import mean_distances
from timbrush_lab.timing.benchmark import Track

Method = Callable[[Magnitudes, int], Waveform]
Sound = Float[Tensor, " time"]


@dataclass(frozen=True, kw_only=True)
class PhaseResult:
    """How one way of finding phases did, the mean over sounds.

    Args:
        method: Its name.
        true: Mean distances, by name, of the sounds from what their own magnitudes gave.
        decoded: The same from what the codec's magnitudes gave.
        milliseconds: Median for the codec's magnitudes, warm.
        cpu_milliseconds: The same in processor time, which a busy neighbour does not change.
        default: Whether the effect works this way.
    """

    method: str
    true: dict[str, float]
    decoded: dict[str, float]
    milliseconds: float
    cpu_milliseconds: float
    default: bool


def methods(config: SpectrogramConfig) -> dict[str, Method]:
    """Return every way that is compared, by name.

    ``GL`` is Griffin-Lim; ``fast GL`` has momentum and relaxation, unless it is unrelaxed;
    ``integration`` reads phases off the magnitudes' slopes, and has those of an even noise
    elsewhere.
    """
    griffin_lim = partial(_refined, config=config, momentum=0.0, relaxation=1.0)
    fast = partial(_refined, config=config)
    unrelaxed = partial(_refined, config=config, momentum=0.99, relaxation=1.0)
    found: dict[str, Method] = {
        "zero phase, 32 GL": partial(griffin_lim, start=_zero, n_steps=32),
        "random phase, 32 GL": partial(griffin_lim, start=_random, n_steps=32),
    }
    for n_steps in (8, 16, 32):
        name = f"random phase, {n_steps} fast GL"
        found[name] = partial(fast, start=_random, n_steps=n_steps)
    mixed = partial(_integrated_or_random, config=config)
    name = f"integration, else random, {phase.N_STEPS} fast GL"
    found[name] = partial(fast, start=mixed, n_steps=phase.N_STEPS)
    own = partial(phase.initial, config=config)
    found["integration, 4 GL"] = partial(griffin_lim, start=own, n_steps=4)
    found["integration, 8 fast GL, unrelaxed"] = partial(unrelaxed, start=own, n_steps=8)
    for n_steps in (0, 2, 4, phase.N_STEPS, 8, 16, 32):
        name = f"integration, {n_steps} fast GL" if n_steps else "integration"
        found[name] = partial(fast, start=own, n_steps=n_steps)
    return found


def compare_phases(
    sounds: Sequence[Sound],
    codec: Codec,
    config: SpectrogramConfig,
    *,
    track: Track = iter,
) -> list[PhaseResult]:
    """Find phases in every way for the magnitudes of sounds: the true ones, and a codec's.

    Args:
        sounds: At the spectrogram's rate.
        codec: Makes magnitudes that belong to no sound exactly.
        config: The spectrogram.
        track: Of the methods.
    """
    ways = methods(config)
    decoded = [_decode(sound, codec, config) for sound in sounds]
    return [_measure(name, ways[name], sounds, decoded, config) for name in track(ways)]


def _decode(sound: Sound, codec: Codec, config: SpectrogramConfig) -> Magnitudes:
    """Return what a codec makes of a sound: whole columns, at least the sound's frames."""
    span = codec.grids[0].frames_per_column * config.hop_length
    padded = functional.pad(sound, (0, span - len(sound) % span))[None]
    gain = stft(padded, config)[:, :, :-1].abs().amax(dim=(1, 2))
    restored = codec.decode(codec.encode(peak_spectrogram(padded, config)))
    return to_magnitudes(restored, gain, config)


def _measure(
    name: str,
    method: Method,
    sounds: Sequence[Sound],
    decoded: Sequence[Magnitudes],
    config: SpectrogramConfig,
) -> PhaseResult:
    from_true, from_decoded, times, cpu_times = [], [], [], []
    for sound, magnitudes in zip(sounds, decoded, strict=True):
        restored = method(stft(sound[None], config).abs(), len(sound))[0]
        from_true.append(distances(sound, restored, config.sample_rate))
        start, cpu_start = time.perf_counter(), time.process_time()
        restored = method(magnitudes, len(sound))[0]
        cpu_times.append(time.process_time() - cpu_start)
        times.append(time.perf_counter() - start)
        from_decoded.append(distances(sound, restored, config.sample_rate))
    return PhaseResult(
        method=name,
        true=mean_distances(from_true),
        decoded=mean_distances(from_decoded),
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
    momentum: float = phase.MOMENTUM,
    relaxation: float = phase.RELAXATION,
) -> Waveform:
    return phase.refine(
        start(magnitudes),
        config,
        length=length,
        n_steps=n_steps,
        momentum=momentum,
        relaxation=relaxation,
    )


def _zero(magnitudes: Magnitudes) -> Tensor:
    return torch.complex(magnitudes, torch.zeros_like(magnitudes))


def _integrated_or_random(magnitudes: Magnitudes, *, config: SpectrogramConfig) -> Tensor:
    return integrate(magnitudes, config, phasors=_random(torch.ones_like(magnitudes)))


def _random(magnitudes: Magnitudes) -> Tensor:
    generator = seeds.torch_generator(0)
    angles = torch.rand(magnitudes.shape, generator=generator) * 2 * math.pi
    return torch.polar(magnitudes, angles)
