"""Draw codes from a network's logits: many at once by confidence, or one after another."""

import math
from collections.abc import Callable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from timbrush import cancelling
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
    unknown: Masks,
    asked: Masks,
    *,
    n_steps: int,
    sampling: Sampling,
    generator: torch.Generator,
) -> Codemaps:
    """Draw the codes that are ``asked``, a part of the ``unknown`` ones.

    Args:
        predict: The network.
        codemaps: Codes; not written to.
        unknown: True where codes must not be looked at.
        asked: True where a code is drawn.
        n_steps: Steps of the parallel decoding; 0 draws one code after another.
        sampling: How a code is drawn.
        generator: Source of the randomness.
    """
    codemaps = tuple(codes.clone() for codes in codemaps)
    unknown = tuple(mask.clone() for mask in unknown)
    if n_steps == 0:
        _decode_one_by_one(predict, codemaps, unknown, asked, sampling, generator)
    else:
        _decode_in_parallel(predict, codemaps, unknown, asked, n_steps, sampling, generator)
    return codemaps


def _decode_in_parallel(
    predict: Predict,
    codemaps: Codemaps,
    unknown: Masks,
    asked: Masks,
    n_steps: int,
    sampling: Sampling,
    generator: torch.Generator,
) -> None:
    """Draw all asked codes at once, keep the surest, and draw the others again, few times.

    How many of a sound's stay open after each step follows a quarter of a cosine; noise on the
    confidence, fading from step to step, keeps sure but dull codes from always being first.

    How sure a cell is, its entropy says. MaskGIT asks for the probability of the code that was
    drawn instead; that keeps likely draws and draws the others again, which tilts every zone
    towards common codes, as a low temperature would, and so towards silence.

    Source: MaskGIT, Chang et al. 2022, section 3.2; the noise as in their code.
    """
    still_open = tuple(mask.clone() for mask in asked)
    total = torch.stack([mask.flatten(1).sum(dim=1) for mask in asked]).sum(dim=0)
    n_open = total
    for step in range(1, n_steps + 1):
        cancelling.check()
        if not bool(n_open.any()):
            return
        logits = predict(codemaps, unknown, still_open)
        drawn = [draw(level, sampling, generator) for level in logits]
        confidence = torch.cat([_confidence(level) for level in logits])
        confidence += NOISE * (1 - step / n_steps) * _gumbel(confidence, generator)
        sounds = torch.cat([mask.nonzero()[:, 0] for mask in still_open])
        share = math.cos(math.pi / 2 * step / n_steps)
        stay = torch.minimum(n_open - 1, (total * share).long()).clamp(min=0)
        kept = _surest(confidence, sounds, n_open - stay)
        n_open = stay
        parts = kept.split([len(level) for level in drawn])
        for level, (codes, keep) in enumerate(zip(drawn, parts, strict=True)):
            cells = tuple(still_open[level].nonzero()[keep].T)
            codemaps[level][cells] = codes[keep]
            unknown[level][cells] = False
            still_open[level][cells] = False


def _surest(
    confidence: Float[Tensor, " cell"],
    sounds: Int[Tensor, " cell"],
    counts: Int[Tensor, " sound"],
) -> Bool[Tensor, " cell"]:
    """Return which cells are among the ``counts[sound]`` surest of their sound."""
    order = confidence.argsort(descending=True)
    order = order[sounds[order].argsort(stable=True)]  # by sound, then surest first
    starts = torch.bincount(sounds, minlength=len(counts)).cumsum(0).roll(1)
    starts[0] = 0
    place = torch.arange(len(order), device=order.device) - starts[sounds[order]]
    kept = torch.zeros_like(order, dtype=torch.bool)
    kept[order] = place < counts[sounds[order]]
    return kept


def _decode_one_by_one(
    predict: Predict,
    codemaps: Codemaps,
    unknown: Masks,
    asked: Masks,
    sampling: Sampling,
    generator: torch.Generator,
) -> None:
    """Draw the asked codes in the order of time, in each column from the lowest up.

    Coarse level first. Every code is drawn given all before it, by one run of the network each:
    exact, and slow. All sounds of a batch go on together.
    """
    for level, mask in enumerate(asked):
        for column, row in mask.any(dim=0).T.nonzero().tolist():
            now = tuple(torch.zeros_like(other) for other in asked)
            now[level][:, row, column] = mask[:, row, column]
            logits = predict(codemaps, unknown, now)[level]
            sounds = now[level].nonzero()[:, 0]
            codemaps[level][sounds, row, column] = draw(logits, sampling, generator)
            unknown[level][sounds, row, column] = False


def _confidence(logits: Float[Tensor, "cell codeword"]) -> Float[Tensor, " cell"]:
    """Return the negative entropy of each cell, in nats."""
    log_p = logits.log_softmax(dim=1)
    return (log_p.exp() * log_p).sum(dim=1)


def _gumbel(like: Float[Tensor, " cell"], generator: torch.Generator) -> Float[Tensor, " cell"]:
    chance = torch.rand(like.shape, generator=generator, device=generator.device)
    return -(-chance.clamp(1e-9, 1 - 1e-7).log()).log().to(like)
