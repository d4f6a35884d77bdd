"""Measure bits per code and accuracy of an inpainter on held-out codemaps."""

import math
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch

from timbrush.inpainting.contract import LevelLogProbabilities
from timbrush.tensors import Codemaps, Masks


@runtime_checkable
class Judge(Protocol):
    """What an inpainter, or any part of one, must be able to do to be judged."""

    def log_probabilities(
        self, codemaps: Codemaps, masks: Masks, *, radius: float
    ) -> LevelLogProbabilities:
        """Return log p of the masked codes."""
        ...


@dataclass(frozen=True, kw_only=True)
class Likelihood:
    """How well codes under masks were told.

    Args:
        bits_per_code: Mean of -log2 p(true code) over all masked cells of all levels.
        accuracy: Share of them whose likeliest code was the true one.
        level_bits: The same mean for each level, coarse first.
    """

    bits_per_code: float
    accuracy: float
    level_bits: tuple[float, ...]


def measure_likelihood(
    inpainter: Judge,
    codemaps: Codemaps,
    masks: Masks,
    *,
    radius: float = 1.0,
    batch_size: int = 32,
) -> Likelihood:
    """Judge the masked codes, all at once, given what is not masked.

    Args:
        inpainter: The inpainter.
        codemaps: Held-out codes.
        masks: True where codes are to be told.
        radius: As for ``log_probabilities``.
        batch_size: Sounds judged together.
    """
    bits: list[list[torch.Tensor]] = [[] for _ in codemaps]
    right: list[torch.Tensor] = []
    for first in range(0, len(codemaps[0]), batch_size):
        some = tuple(codemap[first : first + batch_size] for codemap in codemaps)
        hidden = tuple(mask[first : first + batch_size] for mask in masks)
        judged = inpainter.log_probabilities(some, hidden, radius=radius)
        for level, (codes, mask, log_p) in enumerate(zip(some, hidden, judged, strict=True)):
            asked, true = log_p[mask], codes[mask]
            bits[level].append(-asked.gather(1, true[:, None])[:, 0] / math.log(2))
            right.append(asked.argmax(dim=1) == true)
    levels = [torch.cat(level).double() for level in bits]
    return Likelihood(
        bits_per_code=float(torch.cat(levels).mean()),
        accuracy=float(torch.cat(right).double().mean()),
        level_bits=tuple(float(level.mean()) for level in levels),
    )
