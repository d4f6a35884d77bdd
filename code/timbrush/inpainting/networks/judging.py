"""Ask a network for the log-probabilities of every cell, masked or not."""

from collections.abc import Iterator

import torch

from timbrush.codemaps import CodeShape
from timbrush.inpainting.contract import LevelLogProbabilities
from timbrush.inpainting.networks.decoding import Predict
from timbrush.tensors import Codemaps, Masks

N_FOLDS = 8
"""A cell that is not masked is judged together with every eighth of its kind."""


def judge(
    predict: Predict, codemaps: Codemaps, masks: Masks, shape: CodeShape
) -> LevelLogProbabilities:
    """Return log p of every cell, given the others.

    Masked cells are judged together, at once. The others are judged in ``N_FOLDS`` turns, each
    hiding every eighth of them, scattered, so that none sees itself.

    Args:
        predict: The network.
        codemaps: Codes.
        masks: True where codes must not be looked at.
        shape: The codemaps.
    """
    found = tuple(
        torch.zeros(*codemap.shape, size, device=codemap.device)
        for codemap, size in zip(codemaps, shape.codebook_sizes, strict=True)
    )
    for asked in (masks, *_folds(masks)):
        if not any(bool(mask.any()) for mask in asked):
            continue
        hidden = tuple(a | b for a, b in zip(masks, asked, strict=True))
        logits = predict(codemaps, hidden, asked)
        for target, cells, level in zip(found, asked, logits, strict=True):
            target[cells] = level.log_softmax(dim=1)
    return found


def _folds(masks: Masks) -> Iterator[Masks]:
    """Yield masks that hide every cell outside ``masks`` once, scattered."""
    for turn in range(N_FOLDS):
        fold = []
        for mask in masks:
            rows = torch.arange(mask.shape[1], device=mask.device)[:, None]
            columns = torch.arange(mask.shape[2], device=mask.device)
            fold.append(((rows * 3 + columns) % N_FOLDS == turn) & ~mask)
        yield tuple(fold)
