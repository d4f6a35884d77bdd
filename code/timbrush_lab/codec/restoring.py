"""Send sounds through a codec and back, and measure what became of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import prod

import torch
from jaxtyping import Float
from torch import Tensor

from timbrush.audio.levels import LevelsConfig, impose, measure
from timbrush.audio.phase import reconstruct
from timbrush.audio.spectrogram import SpectrogramConfig, stft, to_magnitudes, to_spectrogram
from timbrush.codec.codes import Codes, pack
from timbrush.datasets.examples import UNKNOWN, Example
from timbrush.effect.model import Effect
from timbrush.families import FAMILIES
from timbrush.tensors import Spectrogram
from timbrush_lab.codec import metrics, opus
from timbrush_lab.codec.pitch import PitchError, believed, pitch_error, track_pitch

Sound = Float[Tensor, " time"]

OPUS_RATES = (6, 12)
"""Kilobits a second of the codec beside ours."""


@dataclass(frozen=True, kw_only=True)
class Distances:
    """How far a restored sound is from its original; see :mod:`timbrush_lab.codec.metrics`."""

    lsd: float
    active_lsd: float
    spectral_convergence: float
    mel_distance: float


@dataclass(frozen=True, kw_only=True, eq=False)
class SoundResult:
    """What became of one sound.

    Args:
        name: Its name in the data set.
        family: Its instrument family, or ``unknown``.
        distances: Original against restored.
        bits: Size of its codes alone.
        file_bits: Size of its codes file.
        seconds: Duration.
        codes: Its codes.
        pitch: Restored against original; None if pitch was not asked for.
        label_pitch: Restored against the label, in frames whose original has that pitch; None
            without a label.
        ceilings: Distances of other ways to restore it, by name.
        opus_bits: Size of the Opus files, by name.
    """

    name: str
    family: str
    distances: Distances
    bits: int
    file_bits: int
    seconds: float
    codes: Codes
    pitch: PitchError | None
    label_pitch: PitchError | None
    ceilings: dict[str, Distances]
    opus_bits: dict[str, int]


def distances(original: Sound, restored: Sound, sample_rate: int) -> Distances:
    """Return all distances of two sounds of equal length."""
    pair = (original[None], restored[None])
    return Distances(
        lsd=float(metrics.log_spectral_distance(*pair)),
        active_lsd=float(metrics.active_log_spectral_distance(*pair)),
        spectral_convergence=float(metrics.spectral_convergence(*pair)),
        mel_distance=float(metrics.mel_distance(*pair, sample_rate=sample_rate)),
    )


def restore(effect: Effect, waveform: Sound, sample_rate: int) -> tuple[Sound, Codes]:
    """Encode and decode a sound, and return it and the codes in between."""
    codes = effect.encode(waveform.numpy(), sample_rate=sample_rate)
    samples = torch.as_tensor(effect.decode(codes)).float()
    return samples.reshape(-1)[: len(waveform)], codes


def restore_magnitudes(
    waveform: Sound,
    config: SpectrogramConfig,
    *,
    n_frames: int = 1,
    n_bins: int = 1,
    levels: LevelsConfig | None = None,
) -> Sound:
    """Return the sound from its true magnitudes with reconstructed phases: no codec at all.

    Args:
        waveform: The sound.
        config: The spectrogram.
        n_frames: Each bin holds its mean in decibels over so many frames at a time: all that a
            codec of cells of this length could know without telling what goes on inside them.
        n_bins: The same over so many bins at a time, as in tall cells.
        levels: Impose the sound's true levels, so measured, as a codec of rhythm does.
    """
    magnitudes = stft(waveform[None], config).abs()
    gain = magnitudes.amax(dim=(1, 2))
    spectrogram = to_spectrogram(magnitudes, gain, config)
    held = _means(_means(spectrogram, n_frames, 2), n_bins, 1)
    restored = reconstruct(to_magnitudes(held, gain, config), config, length=len(waveform))
    if levels is not None:
        restored = impose(restored, measure(waveform[None], levels), levels)
    return restored[0]


def _means(spectrogram: Spectrogram, size: int, axis: int) -> Spectrogram:
    """Return each value's mean over so many along an axis at a time."""
    spans = spectrogram.split(size, dim=axis)
    return torch.cat([s.mean(dim=axis, keepdim=True).expand_as(s) for s in spans], dim=axis)


def evaluate_sounds(
    effect: Effect,
    examples: Iterable[Example],
    *,
    with_pitch: bool = True,
    with_ceilings: bool = True,
) -> Iterator[SoundResult]:
    """Yield what becomes of each sound.

    Args:
        effect: The model.
        examples: Sounds at the model's rate.
        with_pitch: Track pitches, which needs librosa and a third of a second a note.
        with_ceilings: Also restore from true magnitudes, from their means over the frames of a
            fine cell and, where installed, by Opus.
    """
    config = effect.spectrogram
    for example in examples:
        restored, codes = restore(effect, example.waveform, config.sample_rate)
        ceilings: dict[str, Distances] = {}
        opus_bits: dict[str, int] = {}
        if with_ceilings:
            column = effect.codec.grids[-1].frames_per_column
            ceilings, opus_bits = _ceilings(example.waveform, config, column)
        pitch, label_pitch = (
            _pitches(example, restored, config.sample_rate) if with_pitch else (None, None)
        )
        yield SoundResult(
            name=example.name,
            family="unknown" if example.family == UNKNOWN else FAMILIES[example.family],
            distances=distances(example.waveform, restored, config.sample_rate),
            bits=sum(
                prod(codemap.shape) * bits
                for codemap, bits in zip(codes.codemaps, codes.bits_per_code, strict=True)
            ),
            file_bits=8 * len(pack(codes)),
            seconds=len(example.waveform) / config.sample_rate,
            codes=codes,
            pitch=pitch,
            label_pitch=label_pitch,
            ceilings=ceilings,
            opus_bits=opus_bits,
        )


def _ceilings(
    waveform: Sound, config: SpectrogramConfig, column: int
) -> tuple[dict[str, Distances], dict[str, int]]:
    rate = config.sample_rate
    alone = restore_magnitudes(waveform, config)
    still = restore_magnitudes(waveform, config, n_frames=column)
    ceilings = {
        "true magnitudes": distances(waveform, alone, rate),
        f"means over {column} frames": distances(waveform, still, rate),
    }
    bits: dict[str, int] = {}
    for kilobits in OPUS_RATES if opus.is_installed() else ():
        name = f"Opus at {kilobits} kbit/s"
        sound = opus.opus_round_trip(waveform, rate, kilobits_per_second=kilobits)
        ceilings[name] = distances(waveform, sound.waveform, rate)
        bits[name] = 8 * sound.n_bytes
    return ceilings, bits


def _pitches(
    example: Example, restored: Sound, sample_rate: int
) -> tuple[PitchError, PitchError | None]:
    original = track_pitch(example.waveform.numpy(), sample_rate)
    estimate = track_pitch(restored.numpy(), sample_rate)
    error = pitch_error(original, estimate)
    if example.pitch == UNKNOWN:
        return error, None
    return error, pitch_error(believed(original, example.pitch), estimate)
