"""Measure whether conditioning on family or pitch works."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from timbrush import seeds
from timbrush.families import FAMILIES
from timbrush.inpainting.contract import Condition, Inpainter, Sampling
from timbrush.tensors import Codemaps, Masks, Spectrogram
from timbrush_lab.inpainters.family_judge import FamilyJudge

N_HARMONICS = 10
LOWEST_PITCH, HIGHEST_PITCH = 36, 96
"""Whose harmonics, and what lies between, are bins of their own at 8 Hz a bin."""

STEPS = (-12, -7, -5, 5, 7, 12)
"""Semitones from a sound's own pitch to the pitch that is asked for, in turn."""

ZONES = {"middle half": (0.25, 0.75), "whole": (0.0, 1.0)}
"""Where a sound is redrawn as another family, in shares of its length."""

Labels = Int[Tensor, " sound"]


@torch.no_grad()
def measure_family(
    inpainter: Inpainter,
    codemaps: Codemaps,
    families: Labels,
    decode: Callable[[Codemaps], Spectrogram],
    judges: Mapping[str, FamilyJudge],
    *,
    seed: int = 0,
) -> dict[str, Any]:
    """Ask whether a zone that was redrawn as another family is taken for it.

    Args:
        inpainter: What redraws.
        codemaps: Codes of held-out sounds.
        families: Index into ``FAMILIES`` of each; -1 where unknown.
        decode: Codes to spectrograms.
        judges: By the name of the zone in which each listens: one of ``ZONES``.
        seed: Start of the draws.

    Returns:
        For each zone the share of sounds ``taken`` for the family that was asked for, which is
        never their own, ``unasked``: the same when nothing is asked for, and of both the share
        taken for their ``own``.
    """
    found = {}
    for name, judge in judges.items():
        asked = _others(families, judge.families)
        masks = zone_masks(codemaps, ZONES[name])
        told = judge.name(decode(_redrawn_as(inpainter, codemaps, masks, asked, seed)))
        nothing = torch.full_like(asked, -1)
        untold = judge.name(decode(_redrawn_as(inpainter, codemaps, masks, nothing, seed)))
        found[name] = {
            "taken": _share(told, asked),
            "unasked": _share(untold, asked),
            "own": _share(told, families),
            "own_unasked": _share(untold, families),
        }
    return found


def zone_masks(codemaps: Codemaps, span: tuple[float, float]) -> Masks:
    """Return masks of all rows in a span of time, given as shares of the sound."""
    coarse = codemaps[0].shape[2]
    first, last = (round(share * coarse) for share in span)
    masks = []
    for codes in codemaps:
        mask = torch.zeros_like(codes, dtype=torch.bool)
        ratio = codes.shape[2] // coarse
        mask[:, :, first * ratio : last * ratio] = True
        masks.append(mask)
    return tuple(masks)


@torch.no_grad()
def measure_pitch(
    inpainter: Inpainter,
    codemaps: Codemaps,
    pitches: Labels,
    decode: Callable[[Codemaps], Spectrogram],
    bin_hertz: float,
    *,
    seed: int = 0,
) -> dict[str, Any] | None:
    """Ask whether a sound redrawn whole has the pitch that was asked for.

    That pitch lies a fourth, a fifth or an octave from the sound's own, up or down.

    Args:
        inpainter: What redraws.
        codemaps: Codes of held-out sounds; of their codes nothing is left but their number.
        pitches: MIDI note of each; -1 where unknown.
        decode: Codes to spectrograms.
        bin_hertz: Width of a bin.
        seed: Start of the draws.

    Returns:
        ``wished_decibels``: how far the harmonics of that pitch stand out when it is asked
        for, ``unwished_decibels``: when nothing is asked for; ``nearer``: the share of sounds
        in which the condition made them stand out more. None without labels.
    """
    known = pitches >= 0
    if not bool(known.any()):
        return None
    own = pitches[known]
    steps = torch.tensor(STEPS).repeat(len(own) // len(STEPS) + 1)[: len(own)]
    asked = (own + steps).clamp(LOWEST_PITCH, HIGHEST_PITCH)
    standing = {}
    for told in (True, False):
        drawn = []
        for index, pitch in enumerate(asked.tolist()):
            sound = tuple(level[known][index : index + 1] for level in codemaps)
            drawn.append(
                inpainter.redraw(
                    sound,
                    tuple(torch.ones_like(level, dtype=torch.bool) for level in sound),
                    radius=1.0,
                    sampling=Sampling(),
                    generator=seeds.torch_generator(seed + index),
                    condition=Condition(pitch=pitch) if told else Condition(),
                )
            )
        sounds = decode(tuple(torch.cat(level) for level in zip(*drawn, strict=True)))
        standing[told] = prominence(sounds, asked, bin_hertz)
    return {
        "n_sounds": len(own),
        "wished_decibels": float(standing[True].mean()),
        "unwished_decibels": float(standing[False].mean()),
        "nearer": float((standing[True] > standing[False]).double().mean()),
    }


def prominence(
    spectrograms: Spectrogram, pitches: Labels, bin_hertz: float, *, span: float = 80.0
) -> Float[Tensor, " sound"]:
    """Return how far a pitch's harmonics stand out above what lies between them, in decibels.

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


def _others(families: Labels, known: tuple[int, ...]) -> Labels:
    """Return a family for each sound, in turn one of those known but its own."""
    return torch.tensor(
        [
            others[index % len(others)]
            for index, own in enumerate(families.tolist())
            for others in [[family for family in known if family != own]]
        ]
    )


def _redrawn_as(
    inpainter: Inpainter, codemaps: Codemaps, masks: Masks, families: Labels, seed: int
) -> Codemaps:
    """Redraw the sounds of each family together; -1 asks for nothing."""
    redrawn = tuple(codes.clone() for codes in codemaps)
    for family in families.unique().tolist():
        some = families == family
        drawn = inpainter.redraw(
            tuple(codes[some] for codes in codemaps),
            tuple(mask[some] for mask in masks),
            radius=1.0,
            sampling=Sampling(),
            generator=seeds.torch_generator(seed),
            condition=Condition(family=FAMILIES[family]) if family >= 0 else Condition(),
        )
        for codes, new in zip(redrawn, drawn, strict=True):
            codes[some] = new
    return redrawn


def _share(named: Labels, families: Labels) -> float:
    return float((named == families).double().mean())
