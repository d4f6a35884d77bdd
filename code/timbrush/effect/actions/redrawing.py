"""Redraw a share of the painted cells of a window of codemaps."""

import torch

from timbrush import cancelling, seeds
from timbrush.effect.stroke import Stroke
from timbrush.effect.zone.cells import CellWeights
from timbrush.inpainting.contract import Inpainter
from timbrush.inpainting.strength import share_to_redraw
from timbrush.tensors import Codemaps, Masks


def blur(
    codemaps: Codemaps,
    weights: tuple[CellWeights, ...],
    stroke: Stroke,
    inpainter: Inpainter,
    *,
    first_column: int = 0,
) -> Codemaps:
    """Redraw the painted cells of a window of codemaps.

    Every channel gets the same cells redrawn with the same random numbers, so that channels
    that are alike stay alike.

    Args:
        codemaps: A window of codes; the batch axis is the sound's channels.
        weights: How much of the stroke each cell gets, for the painted columns alone, which
            may be fewer than the window has.
        stroke: Strength, radius, repeat, temperature, seed and so on.
        inpainter: The inpainter that redraws.
        first_column: The window's patch column where ``weights`` begins.

    Returns:
        Codes of the whole window; those that no stroke chose are as they were.
    """
    shape = inpainter.shape
    for turn in range(stroke.repeat):
        cancelling.check()
        chosen = choose(weights, stroke, inpainter, turn=turn)
        if not any(bool(mask.any()) for mask in chosen):
            continue
        masks = shape.place(chosen, first_column, shape.n_columns(codemaps))
        redrawn = [
            inpainter.redraw(
                tuple(codes[channel : channel + 1] for codes in codemaps),
                masks,
                radius=float(stroke.radius),
                sampling=stroke.sampling,
                generator=seeds.generator(stroke.seed, turn, 1),
                condition=stroke.condition,
            )
            for channel in range(codemaps[0].shape[0])
        ]
        codemaps = tuple(torch.cat(level) for level in zip(*redrawn, strict=True))
    return codemaps


def choose(
    weights: tuple[CellWeights, ...], stroke: Stroke, inpainter: Inpainter, *, turn: int = 0
) -> Masks:
    """Return which painted cells are redrawn.

    Each cell has a threshold of its own, drawn from the seed alone: the cells of a weaker
    stroke are among those of a stronger one, none at strength 0, all at strength 1.
    """
    share = share_to_redraw(inpainter.strength_curve, float(stroke.strength))
    generator = seeds.generator(stroke.seed, turn, 0)
    return tuple(
        (torch.rand(level.shape, generator=generator) < share * level)[None]
        for level in weights
    )
