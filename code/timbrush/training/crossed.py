"""Codemaps to Naive Bayes models that never counted the sounds they are asked about."""

from dataclasses import dataclass

import torch

from timbrush.datasets.codemaps import CodemapSet
from timbrush.inpainting.evidence import Asked, fit_weights
from timbrush.inpainting.labels import count_labels
from timbrush.inpainting.naive_bayes import NaiveBayes
from timbrush.inpainting.neighbour_counts import count
from timbrush.inpainting.painting import paint
from timbrush.training.code_batches import (
    batches,
    code_shape,
    folds,
    labelled_batches,
    part,
)

N_FOLDS = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Fold:
    """Sounds of some instruments, and what the others teach.

    Args:
        codes: The sounds.
        others: Naive Bayes, which counted all instruments but theirs.
    """

    codes: CodemapSet
    others: NaiveBayes


def cross(codes: CodemapSet, *, alpha: float, seed: int = 0) -> tuple[NaiveBayes, list[Fold]]:
    """Return Naive Bayes with weights, and the same for each fold without what it is asked.

    The weights are those under which the folds tell the masked codes of their sounds best. A
    set of a single instrument has nothing to cross: it is asked what it counted.

    Args:
        codes: Sounds with their codes.
        alpha: Smoothing.
        seed: Start of the masks' randomness.
    """
    shape = code_shape(codes)
    place = folds(codes, N_FOLDS)
    whole = NaiveBayes.from_counts(count(batches(codes), shape), alpha=alpha)
    whole = whole.with_labels(count_labels(labelled_batches(codes), shape))
    crossed = []
    for fold in place.unique().tolist():
        rest = part(codes, place != fold) if bool((place != fold).any()) else codes
        others = NaiveBayes.from_counts(count(batches(rest), shape), alpha=alpha)
        crossed.append(Fold(codes=part(codes, place == fold), others=others))
    weights = fit_weights([_ask(fold, seed) for fold in crossed], seed=seed)
    weighed = [
        Fold(codes=fold.codes, others=fold.others.with_weights(weights)) for fold in crossed
    ]
    return whole.with_weights(weights), weighed


def _ask(fold: Fold, seed: int) -> Asked:
    """Return the fold's sounds of the commonest length, each with a stroke."""
    codes = fold.codes
    n_columns = int(codes.columns.mode().values)
    sounds = (codes.columns == n_columns).nonzero()[:, 0]
    generator = torch.Generator().manual_seed(seed)
    masks = paint(code_shape(codes), len(sounds), n_columns, generator)
    codemaps = codes.crop(sounds, torch.zeros_like(sounds), n_columns).codemaps
    return Asked(naive_bayes=fold.others, codemaps=codemaps, masks=masks)
