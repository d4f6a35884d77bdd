"""How unlikely each code is among its neighbours."""

import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from timbrush.inpainting.contract import Inpainter
from timbrush.tensors import Codemaps

Bits = Float[Tensor, "batch _row _column"]


def surprise(codemaps: Codemaps, inpainter: Inpainter, *, radius: float) -> tuple[Bits, ...]:
    """Return -log2 p of each code given the cells around it.

    Args:
        codemaps: Codes.
        inpainter: The inpainter that judges.
        radius: How far it looks, in cells.
    """
    nothing_hidden = tuple(torch.zeros_like(codes, dtype=torch.bool) for codes in codemaps)
    logs = inpainter.log_probabilities(codemaps, nothing_hidden, radius=radius)
    return tuple(
        (log.gather(-1, codes[..., None])[..., 0] / -math.log(2)).float()
        for codes, log in zip(codemaps, logs, strict=True)
    )


def least_likely(
    bits: Float[Tensor, "row column"], share: float, among: Bool[Tensor, "row column"]
) -> Bool[Tensor, "row column"]:
    """Return the most surprising share of some cells; at least one if there are any."""
    n_chosen = math.ceil(share * int(among.sum()))
    chosen = torch.zeros_like(among)
    if n_chosen:
        ranked = torch.where(among, bits, torch.full_like(bits, -torch.inf)).flatten()
        order = ranked.argsort(descending=True, stable=True)
        chosen.view(-1)[order[:n_chosen]] = True
    return chosen
