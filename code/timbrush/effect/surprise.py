"""Codemaps to how unlikely each code is among its neighbours."""

import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from timbrush.inpainting.contract import Inpainter
from timbrush.tensors import Codemaps, Masks

N_PASSES = 4
"""Each pass hides every fourth cell, so that a cell is judged while its neighbours show."""

Bits = Float[Tensor, "batch _row _column"]


def surprise(codemaps: Codemaps, inpainter: Inpainter, *, radius: float) -> tuple[Bits, ...]:
    """Answer -log2 p of each code given the cells around it.

    Args:
        codemaps: Codes, coarse first.
        inpainter: The rung that judges.
        radius: How far it looks, in cells.
    """
    bits = tuple(torch.zeros(codes.shape) for codes in codemaps)
    for turn in range(N_PASSES):
        masks = _hidden(codemaps, turn)
        logs = inpainter.log_probabilities(codemaps, masks, radius=radius)
        for level, codes, mask, log in zip(bits, codemaps, masks, logs, strict=True):
            here = log.gather(-1, codes[..., None])[..., 0] / -math.log(2)
            level[mask] = here[mask].to(level)
    return bits


def least_likely(
    bits: Float[Tensor, "row column"], share: float, among: Bool[Tensor, "row column"]
) -> Bool[Tensor, "row column"]:
    """Answer the most surprising share of some cells; at least one if there are any."""
    n_chosen = math.ceil(share * int(among.sum()))
    chosen = torch.zeros_like(among)
    if n_chosen:
        ranked = torch.where(among, bits, torch.full_like(bits, -torch.inf)).flatten()
        order = ranked.argsort(descending=True, stable=True)
        chosen.view(-1)[order[:n_chosen]] = True
    return chosen


def _hidden(codemaps: Codemaps, turn: int) -> Masks:
    masks = []
    for codes in codemaps:
        rows, columns = (torch.arange(size) for size in codes.shape[1:])
        hidden = (rows[:, None] + 2 * columns[None, :]) % N_PASSES == turn
        masks.append(hidden.expand(codes.shape))
    return tuple(masks)
