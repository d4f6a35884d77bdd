"""Codemaps to waveform, a chunk at a time."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from timbrush.audio import phase
from timbrush.audio.spectrogram import SpectrogramConfig, stft
from timbrush.tensors import Magnitudes, Waveform

CHUNK_FRAMES = 1024
"""Frames whose phases are found at a time: bounds memory for a sound of an hour."""
OVERLAP_FRAMES = 16
"""Frames that two chunks share; the first half is held, in the second they cross-fade."""

Read = Callable[[int, int], Magnitudes]


def synthesise(
    magnitudes: Read, n_frames: int, config: SpectrogramConfig, *, length: int
) -> Waveform:
    """Return a waveform with the magnitudes of a sound of any length.

    Each chunk's phases run on from the chunk before.

    Args:
        magnitudes: Returns the magnitudes of some frames.
        n_frames: Frames of the sound.
        config: The spectrogram.
        length: Samples to answer.
    """
    stop = min(CHUNK_FRAMES, n_frames)
    waveform = phase.reconstruct(magnitudes(0, stop), config, length=stop * config.hop_length)
    pieces = [waveform]
    while stop < n_frames:
        start, stop = stop - OVERLAP_FRAMES, min(stop + CHUNK_FRAMES, n_frames)
        overlap = OVERLAP_FRAMES * config.hop_length
        piece = _go_on(magnitudes(start, stop), pieces[-1][:, -overlap:], config)
        pieces[-1] = pieces[-1][:, :-overlap]
        pieces.append(piece)
    whole = torch.cat(pieces, dim=1)[:, :length]
    return torch.nn.functional.pad(whole, (0, length - whole.shape[1]))


def _go_on(
    magnitudes: Magnitudes, before: Waveform, config: SpectrogramConfig
) -> Float[Tensor, "batch new_time"]:
    """Return a piece whose first frames are held to what came before."""
    half = OVERLAP_FRAMES // 2
    n_frames, length = magnitudes.shape[2], magnitudes.shape[2] * config.hop_length
    known = torch.zeros(magnitudes.shape, dtype=torch.complex64)
    known[:, :, :half] = stft(before, config)[:, :, :half]
    is_known = torch.zeros(magnitudes.shape, dtype=torch.bool)
    is_known[:, :, :half] = True
    mixed = torch.where(is_known, known.abs(), magnitudes)
    start = phase.initial(mixed, config, known=known, is_known=is_known)
    free = (torch.arange(n_frames) >= half).to(magnitudes)
    piece = phase.refine(start * free, config, length=length, held=known)
    fade = _fade(before.shape[1], half * config.hop_length)
    piece[:, : before.shape[1]] = torch.lerp(before, piece[:, : before.shape[1]], fade)
    return piece


def _fade(length: int, wait: int) -> Tensor:
    """Gains that stay at 0 while frames are held, then rise to 1."""
    rise = torch.linspace(0, torch.pi, length - wait)
    return torch.cat((torch.zeros(wait), 0.5 - 0.5 * rise.cos()))
