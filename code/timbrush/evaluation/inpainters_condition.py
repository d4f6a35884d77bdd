"""A network that listens to wishes, and labelled sounds, to whether it follows them."""

from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from timbrush.evaluation.inpainters_decoding import bits_at_once
from timbrush.families import FAMILIES
from timbrush.inpainting.contract import Condition, Sampling
from timbrush.inpainting.network import PatchInpainter
from timbrush.inpainting.transformer import Transformer
from timbrush.tensors import Codemaps, Masks, Spectrogram

N_HARMONICS = 10
LOWEST_PITCH, HIGHEST_PITCH = 36, 96
"""Whose harmonics, and what lies between, are bins of their own at 8 Hz a bin."""

STEPS = (-12, -7, -5, 5, 7, 12)
"""Semitones from a sound's own pitch to the pitch that is wished for, in turn."""

Labels = Int[Tensor, " sound"]


@torch.no_grad()
def measure_family(
    network: Transformer, codemaps: Codemaps, masks: Masks, families: Labels
) -> dict[str, Any] | None:
    """Ask whether codes are likelier under their own family than under the others.

    A statistic without a classifier: a network that follows its condition finds the true codes
    under a zone likelier when it is told the family that they are of.

    Args:
        network: The rung.
        codemaps: Codes of held-out sounds.
        masks: Their zones.
        families: Index into ``FAMILIES`` of each sound; -1 where unknown.

    Returns:
        ``bits_per_code`` of the true codes when ``untold``, told the ``true`` family and, in
        the mean, a ``wrong`` one; ``first``, the share of sounds whose own family is the
        likeliest of those there are, and ``chance``, what luck would reach. None without
        labels of two families.
    """
    known = families >= 0
    present = families[known].unique().tolist()
    if len(present) < 2:
        return None
    codes = tuple(level[known] for level in codemaps)
    zones = tuple(mask[known] for mask in masks)
    own = families[known]
    bits = torch.stack([_bits(network, codes, zones, FAMILIES[index]) for index in present])
    true = torch.tensor([present.index(int(family)) for family in own])
    at_true = bits.gather(0, true[None])[0]
    wrong = (bits.sum(dim=0) - at_true) / (len(present) - 1)
    return {
        "n_sounds": int(known.sum()),
        "bits_per_code": {
            "untold": float(_bits(network, codes, zones, None).mean()),
            "true": float(at_true.mean()),
            "wrong": float(wrong.mean()),
        },
        "first": float((bits.argmin(dim=0) == true).double().mean()),
        "chance": 1 / len(present),
    }


@torch.no_grad()
def measure_pitch(
    network: Transformer,
    codemaps: Codemaps,
    pitches: Labels,
    decode: Callable[[Codemaps], Spectrogram],
    bin_hertz: float,
    *,
    seed: int = 0,
) -> dict[str, Any] | None:
    """Ask whether a sound redrawn whole has the pitch that was wished for.

    The wish lies a fourth, a fifth or an octave from the sound's own pitch, up or down.

    Args:
        network: The rung.
        codemaps: Codes of held-out sounds; of their codes nothing is left but their number.
        pitches: MIDI note of each; -1 where unknown.
        decode: Codes to spectrograms.
        bin_hertz: Width of a bin.
        seed: Start of the draws.

    Returns:
        ``wished_decibels``: how far the wished pitch's harmonics stand out when it is wished
        for, ``unwished_decibels``: when nothing is; ``nearer``: the share of sounds in which
        the wish made them stand out more. None without labels.
    """
    known = pitches >= 0
    if not bool(known.any()):
        return None
    own = pitches[known]
    steps = torch.tensor(STEPS).repeat(len(own) // len(STEPS) + 1)[: len(own)]
    wishes = (own + steps).clamp(LOWEST_PITCH, HIGHEST_PITCH)
    standing = {}
    for told in (True, False):
        drawn = []
        for index, wish in enumerate(wishes.tolist()):
            sound = tuple(level[known][index : index + 1] for level in codemaps)
            drawn.append(
                network.redraw(
                    sound,
                    tuple(torch.ones_like(level, dtype=torch.bool) for level in sound),
                    radius=1.0,
                    sampling=Sampling(),
                    generator=torch.Generator().manual_seed(seed + index),
                    condition=Condition(pitch=wish) if told else Condition(),
                )
            )
        sounds = decode(tuple(torch.cat(level) for level in zip(*drawn, strict=True)))
        standing[told] = prominence(sounds, wishes, bin_hertz)
    return {
        "n_sounds": len(own),
        "wished_decibels": float(standing[True].mean()),
        "unwished_decibels": float(standing[False].mean()),
        "nearer": float((standing[True] > standing[False]).double().mean()),
    }


def prominence(
    spectrograms: Spectrogram, pitches: Labels, bin_hertz: float, *, span: float = 80.0
) -> Float[Tensor, " sound"]:
    """Answer how far a pitch's harmonics stand out above what lies between them, in decibels.

    Mean over frames and the harmonics below the highest bin; each is taken at the strongest of
    the three bins about it, what lies between at the one in the middle of two.

    Args:
        spectrograms: 0 to 1 for ``span`` decibels.
        pitches: MIDI notes.
        bin_hertz: Width of a bin.
        span: Decibels.
    """
    levels = spectrograms.mean(dim=2) * span
    found = []
    for level, pitch in zip(levels, pitches.tolist(), strict=True):
        first = 440 * 2 ** ((pitch - 69) / 12) / bin_hertz
        places = first * torch.arange(1, N_HARMONICS + 1)
        places = places[places < len(level) - first]
        peaks = [level[int(p) - 1 : int(p) + 2].max() for p in places.round().tolist()]
        between = level[(places + first / 2).round().long()]
        found.append(torch.stack(peaks).mean() - between.mean())
    return torch.stack(found)


def _bits(
    network: PatchInpainter, codemaps: Codemaps, masks: Masks, family: str | None
) -> Float[Tensor, " sound"]:
    wish = Condition(family=family)
    return torch.tensor(
        [
            bits_at_once(
                network,
                tuple(level[index : index + 1] for level in codemaps),
                tuple(mask[index : index + 1] for mask in masks),
                wish,
            )
            for index in range(len(codemaps[0]))
        ]
    )
