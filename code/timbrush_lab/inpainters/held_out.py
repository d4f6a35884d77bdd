"""Code held-out sounds, each with a painted zone that is the same for every inpainter."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from timbrush import seeds
from timbrush.audio.spectrogram import peak_spectrogram
from timbrush.codec.contract import Codec
from timbrush.datasets.examples import Sounds
from timbrush.effect.model import Effect
from timbrush.inpainting.measuring.painting import PAINTED_SHARE, rectangles
from timbrush.tensors import Codemaps, Masks, Spectrogram

BATCH = 16


@dataclass(frozen=True, kw_only=True, eq=False)
class HeldOut:
    """Whole sounds, coded, each with one painted rectangle; the same for all inpainters.

    Args:
        spectrograms: Of the sounds themselves.
        codemaps: Their codes.
        masks: True under the brush.
        pixels: The same on the spectrogram.
        pitches: MIDI note of each sound; -1 where unknown.
        families: Index into ``FAMILIES`` of each; -1 where unknown.
    """

    spectrograms: Spectrogram
    codemaps: Codemaps
    masks: Masks
    pixels: Bool[Tensor, "batch bin frame"]
    pitches: Int[Tensor, " batch"]
    families: Int[Tensor, " batch"]


@torch.no_grad()
def hold_out(effect: Effect, sounds: Sounds, chosen: list[int], seed: int) -> HeldOut:
    """Code the chosen sounds that are as long as the first of them, and paint on each."""
    codec, config = effect.codec, effect.spectrogram
    width = codec.grids[0].frames_per_column
    examples = [sounds[index] for index in chosen]
    length = len(examples[0].waveform)
    same = [example for example in examples if len(example.waveform) == length]
    n_frames = -(-length // (config.hop_length * width)) * width
    padded = torch.nn.functional.pad(
        torch.stack([example.waveform for example in same]),
        (0, n_frames * config.hop_length - length),
    )
    spectrograms = peak_spectrogram(padded, config)
    coded = [codec.encode(some) for some in spectrograms.split(BATCH)]
    codemaps = tuple(torch.cat(level) for level in zip(*coded, strict=True))
    generator = seeds.torch_generator(seed)
    shape = next(iter(effect.inpainters.values())).shape
    masks = rectangles(shape, len(same), n_frames // width, PAINTED_SHARE, generator)
    pixels = codec.grids[0].zone(masks[0], spectrograms.shape[1])
    return HeldOut(
        spectrograms=spectrograms,
        codemaps=codemaps,
        masks=masks,
        pixels=pixels,
        pitches=torch.tensor([example.pitch for example in same]),
        families=torch.tensor([example.family for example in same]),
    )


def first_of(held: HeldOut, n_sounds: int) -> HeldOut:
    """Return the first sounds alone."""
    return HeldOut(
        spectrograms=held.spectrograms[:n_sounds],
        codemaps=tuple(level[:n_sounds] for level in held.codemaps),
        masks=tuple(mask[:n_sounds] for mask in held.masks),
        pixels=held.pixels[:n_sounds],
        pitches=held.pitches[:n_sounds],
        families=held.families[:n_sounds],
    )


def put_in_zones(codec: Codec, codemaps: Codemaps, held: HeldOut) -> Spectrogram:
    """Return the sounds with what other codes sound like inside each zone."""
    return torch.where(held.pixels, decode_whole(codec, codemaps), held.spectrograms)


@torch.no_grad()
def decode_whole(codec: Codec, codemaps: Codemaps) -> Spectrogram:
    """Return what codemaps decode to, some at a time."""
    parts = zip(*(codemap.split(BATCH) for codemap in codemaps), strict=True)
    return torch.cat([codec.decode(part) for part in parts])
