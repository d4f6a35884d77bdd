"""Fit Naive Bayes so that no sound is judged by counts of its own instrument."""

from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

from timbrush import seeds
from timbrush.datasets.codemaps import CodemapSet
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.inpainting.counting.tables.labels import count_labels
from timbrush.inpainting.counting.tables.neighbour_counts import count
from timbrush.inpainting.measuring.evidence import Asked, fit_weights
from timbrush.inpainting.measuring.painting import paint
from timbrush.training.inpainters.batches import batches, labelled_batches, part

N_FOLDS = 5

ALPHA = 0.2
"""Smoothing of the Naive Bayes that a network corrects."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Fold:
    """Sounds of some instruments, and Naive Bayes fitted on all other instruments.

    Args:
        codes: The sounds.
        others: Naive Bayes; its counts hold none of their instruments.
    """

    codes: CodemapSet
    others: NaiveBayes


def fit_in_folds(
    codes: CodemapSet, *, alpha: float = ALPHA, seed: int = 0
) -> tuple[NaiveBayes, list[Fold]]:
    """Fit Naive Bayes on all sounds, and once more for each fold without the fold's sounds.

    All share their weights: those under which each fold's masked codes are the likeliest by the
    counts of the other folds. A single instrument makes a single fold, which then is judged by
    counts of itself.

    Args:
        codes: Sounds with their codes.
        alpha: Smoothing.
        seed: Start of the masks' randomness.

    Returns:
        Naive Bayes fitted on all sounds, and the folds.
    """
    shape = codes.shape
    place = fold_numbers(codes, N_FOLDS)
    whole = NaiveBayes.from_counts(count(batches(codes), shape), alpha=alpha)
    whole = whole.with_labels(count_labels(labelled_batches(codes), shape))
    folds = []
    for fold in place.unique().tolist():
        rest = part(codes, place != fold) if bool((place != fold).any()) else codes
        others = NaiveBayes.from_counts(count(batches(rest), shape), alpha=alpha)
        folds.append(Fold(codes=part(codes, place == fold), others=others))
    weights = fit_weights([_question(fold, seed) for fold in folds], seed=seed)
    weighed = [
        Fold(codes=fold.codes, others=fold.others.with_weights(weights)) for fold in folds
    ]
    return whole.with_weights(weights), weighed


def fold_numbers(codes: CodemapSet, n_folds: int) -> Int[Tensor, " sound"]:
    """Return which of ``n_folds`` folds each sound is in.

    All notes of one instrument lie in one fold, since whoever has counted one of them can
    predict the others too well. A note's instrument is its name up to the first hyphen, as
    NSynth names notes.
    """
    instruments = [name.partition("-")[0] for name in codes.names]
    place = {name: index % n_folds for index, name in enumerate(sorted(set(instruments)))}
    return torch.tensor([place[name] for name in instruments])


def _question(fold: Fold, seed: int) -> Asked:
    """Return the fold's sounds of the commonest length, each with a stroke to predict."""
    codes = fold.codes
    n_columns = int(codes.columns.mode().values)
    sounds = (codes.columns == n_columns).nonzero()[:, 0]
    generator = seeds.torch_generator(seed)
    masks = paint(codes.shape, len(sounds), n_columns, generator)
    codemaps = codes.crop(sounds, torch.zeros_like(sounds), n_columns).codemaps
    return Asked(naive_bayes=fold.others, codemaps=codemaps, masks=masks)
