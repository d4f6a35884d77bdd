"""Magnitudes to phases: integrate the phase's slope, then a few fast Griffin-Lim steps."""

from functools import lru_cache

import torch
from jaxtyping import Bool, Complex, Float
from torch import Tensor
from torch.nn import functional

from timbrush import cancelling, seeds
from timbrush.audio.phase_gradient import integrate
from timbrush.audio.spectrogram import (
    SpectrogramConfig,
    hann,
    phasors,
    power,
    stft,
    window_of,
)
from timbrush.tensors import Magnitudes, Stft, Waveform

N_STEPS = 5
"""Griffin-Lim steps of a whole sound; three more would win 0.02 dB of LSD."""
MOMENTUM = 0.7
RELAXATION = 1.3
"""With both, six steps come as close as eight with Perraudin's momentum of 0.99 alone."""
SMALLEST = 1e-24
NOTHING = 1e-29
"""Power of a known cell below which its phase is not asked for."""
NOISE_FRAMES = 128
"""Length of the noise that lends its phases to quiet cells; then it begins anew."""
NOISE_STEPS = 20
"""Griffin-Lim steps that even it out, once: its level then varies by 1.5 dB in place of 5.6."""
NOISE_SHIFT = 53
"""Frames between the places at which two sounds of a batch begin in the noise."""

Frames = Complex[Tensor, "batch frame bin"]
Weights = Float[Tensor, "batch frame bin"]
PaddedTime = Float[Tensor, " padded_time"]


def reconstruct(
    magnitudes: Magnitudes, config: SpectrogramConfig, *, length: int, n_steps: int = N_STEPS
) -> Waveform:
    """Return a waveform whose spectrogram is close to ``magnitudes``.

    Args:
        magnitudes: At least ``1 + length // hop_length`` frames, scaled as ``stft`` scales.
        config: The spectrogram that they are of.
        length: Samples to answer.
        n_steps: Griffin-Lim steps after the integration; 0 for the integration alone.
    """
    return refine(initial(magnitudes, config), config, length=length, n_steps=n_steps)


def initial(
    magnitudes: Magnitudes,
    config: SpectrogramConfig,
    *,
    known: Stft | None = None,
    is_known: Bool[Tensor, "batch bin frame"] | None = None,
) -> Stft:
    """Give magnitudes phases to start from, which Griffin-Lim steps then better.

    Loud cells get integrated ones. All others keep those that are known or, where there are
    none, get those of a noise whose spectrum is as even as a codec's answer: phases drawn one
    by one would not fit each other, and cost level.

    Args:
        magnitudes: What the answer's absolute values will be.
        config: The spectrogram that they are of.
        known: A spectrum of the same shape; 0, or next to it, where nothing is known.
        is_known: Cells that keep the phase of ``known``, however loud, and lend it to their
            neighbours.
    """
    starts = NOISE_SHIFT * torch.tensor(_first_alike(magnitudes))
    frames = (starts[:, None] + torch.arange(magnitudes.shape[2])) % NOISE_FRAMES
    units = _even_noise(config)[frames].transpose(1, 2).to(magnitudes.device)
    if known is not None:
        # What is next to nothing has no phase that its square still tells.
        units = torch.where(power(known) < NOTHING, units, phasors(known))
    return integrate(magnitudes, config, phasors=units, is_known=is_known)


def _first_alike(magnitudes: Magnitudes) -> list[int]:
    """Return the first sound that equals each: channels that are alike stay alike."""
    return [
        # A sound that is not finite equals none, not even itself.
        next((index for index, other in enumerate(magnitudes) if torch.equal(other, one)), 0)
        for one in magnitudes
    ]


@lru_cache(maxsize=2)
def _even_noise(config: SpectrogramConfig) -> Complex[Tensor, "frame bin"]:
    """Return the phasors of a noise whose magnitudes are all but equal."""
    length = (NOISE_FRAMES - 1) * config.hop_length
    noise = torch.randn(1, length, generator=seeds.torch_generator(0))
    evened = refine(phasors(stft(noise, config)), config, length=length, n_steps=NOISE_STEPS)
    return phasors(stft(evened, config))[0].T


def refine(
    spectrum: Stft,
    config: SpectrogramConfig,
    *,
    length: int,
    n_steps: int = N_STEPS,
    momentum: float = MOMENTUM,
    relaxation: float = RELAXATION,
    held: Stft | None = None,
    alone: bool = False,
) -> Waveform:
    """Make phases consistent by Griffin-Lim steps with momentum.

    Each step takes the waveform's own spectrum, and puts the wanted magnitudes back, plus
    whatever is ``held``.

    Args:
        spectrum: Magnitudes to keep, with phases to start from.
        config: The spectrogram that it is of.
        length: Samples to answer.
        n_steps: Steps; each costs one transform and one inverse.
        momentum: How much further each step goes on from the one before; Griffin and Lim's: 0.
        relaxation: How much of the way to a consistent spectrum it goes; Griffin and Lim's: 1.
        held: A spectrum that is added to each step's and never changes.
        alone: Leave what is held out of the waveform.

    Source: Perraudin, Balazs and Søndergaard, A fast Griffin-Lim algorithm, 2013; relaxation
    after Nenov et al., Faster than fast: accelerating the Griffin-Lim algorithm, 2023.
    """
    cancelling.check()
    # Frame-major, in memory too: each transform reads its own line.
    frames = _to_frames(spectrum, config)
    fixed = None if held is None else _to_frames(held, config)
    squares = power(frames)
    # Roots of zeros are slow; what is silent stays so to the bit, or ever smaller numbers would
    # spread from step to step, down to those that processors are slow with.
    wanted = squares.clamp(min=SMALLEST).sqrt_().mul_(squares > SMALLEST)
    evenness = _evenness(frames.shape[1], length, config, frames.real.dtype, frames.device)
    before: Frames | None = None
    estimate = frames if fixed is None else frames + fixed
    for _ in range(n_steps):
        cancelling.check()
        seen = _analyse(_synthesise(estimate, evenness, config), config)
        pushed = torch.view_as_real(estimate).lerp(torch.view_as_real(seen), relaxation)
        if before is not None:
            pushed.add_(torch.view_as_real(seen - before), alpha=momentum)
        before = seen
        estimate = _with_magnitudes(torch.view_as_complex(pushed), wanted)
        if fixed is not None:
            estimate += fixed
    if alone and fixed is not None:
        estimate = estimate - fixed
    return _cut(_synthesise(estimate, evenness, config), length, config)


def inverse(spectrum: Stft, config: SpectrogramConfig, *, length: int) -> Waveform:
    """Return what ``istft`` returns, in less time; frames that lack are silent."""
    frames = _to_frames(spectrum, config)
    evenness = _evenness(frames.shape[1], length, config, frames.real.dtype, frames.device)
    return _cut(_synthesise(frames, evenness, config), length, config)


def _to_frames(spectrum: Stft, config: SpectrogramConfig) -> Frames:
    """Return a spectrum frame by frame, scaled as a transform without scale returns it."""
    scale = window_of(spectrum.real, config).sum() / 2
    return (spectrum.transpose(1, 2) * scale).contiguous()


def _cut(
    padded: Float[Tensor, "batch padded_time"], length: int, config: SpectrogramConfig
) -> Waveform:
    """Return a waveform of a length without half a window of silence on each side."""
    half = config.n_fft // 2
    waveform = padded[:, half : half + length]
    return functional.pad(waveform, (0, length - waveform.shape[1]))


def _with_magnitudes(frames: Frames, wanted: Weights) -> Frames:
    return frames * power(frames).clamp_(min=SMALLEST).rsqrt_().mul_(wanted)


def _analyse(padded: Waveform, config: SpectrogramConfig) -> Frames:
    """Return the spectra of a waveform with half a window of silence on each side."""
    windows = padded.unfold(-1, config.n_fft, config.hop_length)
    spectra: Frames = torch.fft.rfft(windows * window_of(padded, config))
    return spectra


def _synthesise(frames: Frames, evenness: PaddedTime, config: SpectrogramConfig) -> Waveform:
    """Least-squares inverse, with half a window of silence on each side."""
    pieces = torch.fft.irfft(frames, n=config.n_fft)
    waveform: Waveform = _overlap_add(pieces, window_of(pieces, config), config).mul_(evenness)
    return waveform


@lru_cache(maxsize=4)
def _evenness(
    n_frames: int,
    length: int,
    config: SpectrogramConfig,
    dtype: torch.dtype,
    device: torch.device,
) -> PaddedTime:
    """Return what evens out overlapping windows, and is silent beyond the sound's ends."""
    window = hann(config.n_fft, dtype, device)
    weights = _overlap_add(window.expand(1, n_frames, -1), window, config)[0]
    evenness = weights.clamp_(min=1e-8).reciprocal_()
    half = config.n_fft // 2
    evenness[:half] = 0
    evenness[half + length :] = 0
    return evenness


def _overlap_add(
    pieces: Weights, window: Float[Tensor, " bin"], config: SpectrogramConfig
) -> Waveform:
    """Sum windowed pieces a hop apart, a whole slice of every piece at a time."""
    n_sounds, n_frames, _ = pieces.shape
    n_slices = -(-config.n_fft // config.hop_length)
    missing = n_slices * config.hop_length - config.n_fft
    if missing:
        pieces, window = (functional.pad(part, (0, missing)) for part in (pieces, window))
    slices = pieces.unflatten(2, (n_slices, config.hop_length))
    gains = window.unflatten(0, (n_slices, config.hop_length))
    summed = pieces.new_zeros(n_sounds, n_frames + n_slices - 1, config.hop_length)
    for index in range(n_slices):
        summed[:, index : index + n_frames].addcmul_(slices[:, :, index], gains[index])
    return summed.flatten(1)
