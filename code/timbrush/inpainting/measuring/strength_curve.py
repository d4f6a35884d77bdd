"""Measure how many codes change as more of the painted cells are redrawn."""

from itertools import accumulate

import torch

from timbrush import seeds
from timbrush.inpainting.contract import Inpainter, Sampling
from timbrush.tensors import Codemaps, Masks

N_SHARES = 5
"""Shares that are measured: 1/5, 2/5, … of the painted cells."""


def measure_strength(
    inpainter: Inpainter,
    codemaps: Codemaps,
    painted: Masks,
    *,
    seed: int = 0,
    radius: float = 1.0,
    n_shares: int = N_SHARES,
) -> tuple[float, ...]:
    """Redraw growing shares of what is painted and return which share ends up different.

    Args:
        inpainter: The inpainter.
        codemaps: Held-out codes.
        painted: True where the brush went.
        seed: Start of the choice of cells and of the draws.
        radius: As for ``redraw``.
        n_shares: Shares that are measured.

    Returns:
        The share that differs when 0, 1/n, …, n/n of the painted cells are redrawn; never
        falls, whatever chance did. Fit for ``Inpainter.strength_curve``.
    """
    generator = seeds.torch_generator(seed)
    thresholds = [torch.rand(mask.shape, generator=generator) for mask in painted]
    total = sum(int(mask.sum()) for mask in painted)
    curve = [0.0]
    for step in range(1, n_shares + 1):
        masks = tuple(
            mask & (threshold < step / n_shares)
            for mask, threshold in zip(painted, thresholds, strict=True)
        )
        redrawn = inpainter.redraw(
            codemaps,
            masks,
            radius=radius,
            sampling=Sampling(),
            generator=seeds.torch_generator(seed + step),
        )
        changed = sum(int((a != b).sum()) for a, b in zip(redrawn, codemaps, strict=True))
        curve.append(changed / total)
    return tuple(accumulate(curve, max))
