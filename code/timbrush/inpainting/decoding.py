"""A network's logits to redrawn codes: parallel by confidence, or one after another."""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from timbrush.inpainting.contract import Sampling
from timbrush.inpainting.sampling import draw
from timbrush.tensors import Codemaps, Masks

LevelLogits = tuple[Float[Tensor, "_cell _codeword"], ...]
Predict = Callable[[Codemaps, Masks, Masks], LevelLogits]
"""(codemaps, masks of what is unknown, masks of what is asked) to logits of what is asked."""

NOISE = 1.0
"""Width of the noise on the first step's confidence, in nats."""


def decode(
    predict: Predict,
    codemaps: Codemaps,
    masks: Masks,
    *,
    n_steps: int,
    sampling: Sampling,
    generator: torch.Generator,
) -> Codemaps:
    """Decode in ``n_steps`` parallel steps, or one by one where that is 0."""
    if n_steps == 0:
        return decode_one_by_one(
            predict, codemaps, masks, sampling=sampling, generator=generator
        )
    return decode_in_parallel(
        predict, codemaps, masks, n_steps=n_steps, sampling=sampling, generator=generator
    )


def decode_in_parallel(
    predict: Predict,
    codemaps: Codemaps,
    masks: Masks,
    *,
    n_steps: int,
    sampling: Sampling,
    generator: torch.Generator,
) -> Codemaps:
    """Draw all masked codes at once, keep the surest, and draw the others again, few times.

    How many stay unknown after each step follows a quarter of a cosine; noise on the
    confidence, fading from step to step, keeps sure but dull codes from always being first.

    Source: MaskGIT, Chang et al. 2022, section 3.2; the noise as in their code.
    """
    codemaps, unknown = _copies(codemaps), _copies(masks)
    total = sum(int(mask.sum()) for mask in masks)
    left = total
    for step in range(1, n_steps + 1):
        if left == 0:
            break
        logits = predict(codemaps, unknown, unknown)
        drawn = [draw(level, sampling, generator) for level in logits]
        confidence = torch.cat([_confidence(*pair) for pair in zip(logits, drawn, strict=True)])
        noise = torch.rand(len(confidence), generator=generator, device=generator.device)
        noise = -(-noise.clamp(1e-9, 1 - 1e-7).log()).log().to(confidence)
        confidence += NOISE * (1 - step / n_steps) * noise
        stay = min(left - 1, int(total * math.cos(math.pi / 2 * step / n_steps)))
        kept = torch.zeros_like(confidence, dtype=torch.bool)
        kept[confidence.topk(left - stay).indices] = True
        left = stay
        sizes = [len(level) for level in drawn]
        for codemap, mask, codes, keep in zip(
            codemaps, unknown, drawn, kept.split(sizes), strict=True
        ):
            cells = mask.nonzero()[keep]
            codemap[tuple(cells.T)] = codes[keep]
            mask[tuple(cells.T)] = False
    return codemaps


def decode_one_by_one(
    predict: Predict,
    codemaps: Codemaps,
    masks: Masks,
    *,
    sampling: Sampling,
    generator: torch.Generator,
) -> Codemaps:
    """Draw the masked codes in the order of time, in each column from the lowest up.

    Coarse level first. Every code is drawn given all before it, by one run of the network each:
    exact, and slow. All sounds of a batch go on together.
    """
    codemaps, unknown = _copies(codemaps), _copies(masks)
    for level, mask in enumerate(masks):
        for column, row in mask.any(dim=0).T.nonzero().tolist():
            asked = tuple(torch.zeros_like(other) for other in masks)
            asked[level][:, row, column] = mask[:, row, column]
            logits = predict(codemaps, unknown, asked)[level]
            sounds = asked[level].nonzero()[:, 0]
            codemaps[level][sounds, row, column] = draw(logits, sampling, generator)
            unknown[level][sounds, row, column] = False
    return codemaps


def _confidence(
    logits: Float[Tensor, "cell codeword"], codes: Int[Tensor, " cell"]
) -> Float[Tensor, " cell"]:
    return logits.log_softmax(dim=1).gather(1, codes[:, None])[:, 0]


def _copies(tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(tensor.clone() for tensor in tensors)
