"""Ways to restore a sound: a model, Opus, and true magnitudes with reconstructed phases."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np
import torch
from jaxtyping import Float

from timbrush.audio.files import resample
from timbrush.audio.levels import LevelsConfig
from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.codes import Codes
from timbrush.effect.model import Effect
from timbrush_lab.codec import opus
from timbrush_lab.codec.restoring import restore_magnitudes

Samples = Float[np.ndarray, " time"]

OPUS_KILOBITS = (6, 12, 24)
"""Kilobits a second of the codec beside ours."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Restored:
    """A sound that was coded and decoded.

    Args:
        samples: The sound, as long as the original and at its rate.
        bits: What it was coded in; None for what is no codec.
        milliseconds: Time to encode and decode.
    """

    samples: Float[np.ndarray, " restored"]
    bits: int | None
    milliseconds: float


Restorer = Callable[[Samples, int], Restored]
"""Takes a mono sound and its rate."""


def restorers(
    model: Effect, *, beside: Effect | None = None, with_others: bool = True
) -> dict[str, Restorer]:
    """Return ways to restore a sound, by name.

    Args:
        model: The model that is judged.
        beside: A second model to compare with.
        with_others: Return Opus too, where it is installed, and the true magnitudes of the
            models' spectra: no model with that spectrum and our phases can be better.
    """
    models = {"model": model} | ({} if beside is None else {"beside": beside})
    found = {name: by_model(effect) for name, effect in models.items()}
    if not with_others:
        return found
    if opus.is_installed():
        found |= {f"opus {kilobits}": by_opus(kilobits) for kilobits in OPUS_KILOBITS}
    ceilings = {
        f"true magnitudes of {name}": by_magnitudes(effect.spectrogram)
        for name, effect in models.items()
    }
    return found | ceilings


def by_model(effect: Effect) -> Restorer:
    """Return what encodes and decodes with a model."""

    def restore(samples: Samples, sample_rate: int) -> Restored:
        start = time.perf_counter()
        codes = effect.encode(samples, sample_rate=sample_rate)
        decoded = effect.decode(codes)
        return Restored(
            samples=decoded.reshape(-1), bits=count_bits(codes), milliseconds=_since(start)
        )

    return restore


def by_opus(kilobits_per_second: int) -> Restorer:
    """Return what encodes and decodes with Opus; headers count."""

    def restore(samples: Samples, sample_rate: int) -> Restored:
        start = time.perf_counter()
        sound = opus.opus_round_trip(
            torch.from_numpy(samples), sample_rate, kilobits_per_second=kilobits_per_second
        )
        return Restored(
            samples=sound.waveform.numpy(), bits=8 * sound.n_bytes, milliseconds=_since(start)
        )

    return restore


def by_magnitudes(
    config: SpectrogramConfig,
    *,
    n_frames: int = 1,
    n_bins: int = 1,
    levels: LevelsConfig | None = None,
) -> Restorer:
    """Return what keeps a spectrum's magnitudes, above its floor, and finds phases for them.

    Args:
        config: The spectrum.
        n_frames: See ``restore_magnitudes``, as for what follows.
        n_bins: Bins of a cell.
        levels: Levels that are imposed.
    """

    def restore(samples: Samples, sample_rate: int) -> Restored:
        start = time.perf_counter()
        inner = torch.from_numpy(_resampled(samples, sample_rate, config.sample_rate))
        alone = restore_magnitudes(
            inner, config, n_frames=n_frames, n_bins=n_bins, levels=levels
        )
        restored = _resampled(alone.numpy(), config.sample_rate, sample_rate)
        return Restored(samples=restored, bits=None, milliseconds=_since(start))

    return restore


def count_bits(codes: Codes) -> int:
    """Return the bits of all codes, without a file's header."""
    levels = zip(codes.codemaps, codes.bits_per_code, strict=True)
    return sum(prod(codemap.shape) * bits for codemap, bits in levels)


def _resampled(
    samples: Float[np.ndarray, " time"], from_rate: int, to_rate: int
) -> Float[np.ndarray, " resampled"]:
    resampled = resample(samples[None], from_rate, to_rate)[0]
    return np.ascontiguousarray(resampled, dtype=np.float32)


def _since(start: float) -> float:
    return 1000 * (time.perf_counter() - start)
