"""Draw codes from their log-probabilities, with a temperature, top-k and top-p."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from timbrush.inpainting.contract import Sampling

COLDEST = 1e-6
"""Temperature below which float32 has no room for any code but the likeliest."""

Logits = Float[Tensor, "cell codeword"]


def draw(
    logits: Logits, sampling: Sampling, generator: torch.Generator
) -> Int[Tensor, " cell"]:
    """Draw one code a cell.

    Args:
        logits: Unnormalised log-probabilities.
        sampling: Temperature and what to draw among.
        generator: Source of the randomness; it moves on alike for every setting.

    Returns:
        Codes; the likeliest where the temperature is 0, or as good as.
    """
    # One number a cell, and alike for every setting: the inverse of the distribution function.
    chance = torch.rand((len(logits), 1), generator=generator, device=generator.device)
    if sampling.temperature < COLDEST:
        return logits.argmax(dim=1)
    shares = restrict(logits / sampling.temperature, sampling).softmax(dim=1).cumsum(dim=1)
    # Above 0 and at most the total, so that the first to reach it has a chance above 0.
    wanted = (1 - chance).to(logits) * shares[:, -1:]
    return torch.searchsorted(shares, wanted)[:, 0]


def restrict(logits: Logits, sampling: Sampling) -> Logits:
    """Return the logits with all but the codes to draw among at minus infinity.

    Top-k acts first, top-p on what it leaves. The likeliest code always stays.
    """
    n_codewords = logits.shape[1]
    if 0 < sampling.top_k < n_codewords:
        least = logits.topk(sampling.top_k, dim=1).values[:, -1:]
        logits = logits.masked_fill(logits < least, -torch.inf)
    if sampling.top_p < 1.0:
        ordered, order = logits.sort(dim=1, descending=True)
        shares = ordered.softmax(dim=1)
        outside = shares.cumsum(dim=1) - shares >= sampling.top_p
        outside[:, 0] = False  # float32 may take a tiny top_p for 0
        outside = torch.zeros_like(outside).scatter(1, order, outside)
        logits = logits.masked_fill(outside, -torch.inf)
    return logits
