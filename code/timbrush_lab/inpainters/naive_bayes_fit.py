"""Measure how fast Naive Bayes is fitted, beside scikit-learn's on the same codes."""

import math
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from jaxtyping import Int

from timbrush.codemaps import CodeShape
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.inpainting.counting.neighbourhood import OFFSETS, Layout, distances, others
from timbrush.tensors import Codemaps

N_COMPARED = 512
N_ROUNDS = 3
ALPHA = 0.2


def compare_fits(codemaps: Codemaps, shape: CodeShape) -> dict[str, Any]:
    """Fit both to all codes of all levels and compare time and probabilities.

    scikit-learn is given the features ready made; ours finds its neighbours within its time.

    Args:
        codemaps: Codes, coarse first.
        shape: What they look like.

    Returns:
        ``n_codes``, ``cpu_seconds`` and ``scikit_learn_cpu_seconds``, the least of three each,
        taken in turns after a first fit of ours to warm up, their ratio ``times_as_fast``, and
        ``largest_difference`` of log-probabilities over ``n_compared`` cells of each level,
        relative where they exceed 1 (ours are float32).
    """
    from sklearn.naive_bayes import CategoricalNB

    fit = partial(NaiveBayes.fit, [codemaps], shape, alpha=ALPHA)
    fitted = fit().with_weights(even_weights(shape))
    oracles = [
        CategoricalNB(alpha=ALPHA, min_categories=categories(shape, level))
        for level in range(shape.n_levels)
    ]
    features_of = [neighbour_features(codemaps, shape, n) for n in range(shape.n_levels)]

    def fit_oracles() -> None:
        for oracle, features, codemap in zip(oracles, features_of, codemaps, strict=True):
            oracle.fit(features, codemap.flatten().numpy())

    rounds = [(_timed(fit), _timed(fit_oracles)) for _ in range(N_ROUNDS)]
    seconds, other_seconds = map(min, zip(*rounds, strict=True))
    nothing = tuple(codemap < 0 for codemap in codemaps)
    difference = 0.0
    for level, (oracle, features) in enumerate(zip(oracles, features_of, strict=True)):
        sounds = -(-N_COMPARED // codemaps[level][0].numel())
        few = tuple(c[:sounds] for c in codemaps)
        hidden = tuple(n[:sounds] for n in nothing)
        judged = fitted.log_probabilities(few, hidden, radius=1.0)
        own = judged[level].flatten(0, 2)[:N_COMPARED]
        seen = torch.from_numpy(oracle.classes_)  # codes never seen are none to scikit-learn
        theirs = oracle.predict_log_proba(features[: len(own)])
        gap = own[:, seen].double().log_softmax(dim=1).numpy() - theirs
        gap = np.abs(gap) / np.maximum(1.0, np.abs(theirs))
        difference = max(difference, float(gap.max()))
    return {
        "n_codes": sum(codemap.numel() for codemap in codemaps),
        "n_compared": N_COMPARED,
        "cpu_seconds": seconds,
        "scikit_learn_cpu_seconds": other_seconds,
        "times_as_fast": other_seconds / seconds,
        "largest_difference": difference,
    }


def even_weights(shape: CodeShape) -> tuple[tuple[float, ...], ...]:
    """Return the weights under which, at radius 1, every neighbour counts in full."""
    return tuple(
        (1.0, *(math.exp(distance**2 / 2) for distance in distances(shape, level)))
        for level in range(shape.n_levels)
    )


def neighbour_features(
    codemaps: Codemaps, shape: CodeShape, level: int
) -> Int[np.ndarray, "cell feature"]:
    """Return the row and the neighbours' codes of every cell; past the edge a last category."""
    layout = Layout(shape=shape, n_columns=shape.n_columns(codemaps))
    outside = torch.tensor(shape.codebook_sizes).expand(len(codemaps[0]), -1)
    state = torch.cat([*(codemap.flatten(1) for codemap in codemaps), outside], dim=1)
    rows, columns = torch.ones_like(codemaps[level][0]).nonzero().unbind(dim=1)
    around = state[:, layout.neighbours(level, rows, columns)]  # [sound, cell, neighbour]
    whole = torch.cat([rows[None, :, None].expand(len(around), -1, 1), around], dim=2)
    return whole.flatten(0, 1).numpy()


def categories(shape: CodeShape, level: int) -> list[int]:
    """Return how many categories each feature has."""
    sizes = shape.codebook_sizes
    across = [
        sizes[other]
        for other in others(shape, level)
        for _ in range(math.prod(shape.overlap(level, other)))
    ]
    return [shape.n_rows[level], *[sizes[level] + 1] * len(OFFSETS) * 2, *across]


def _timed(action: Callable[[], Any]) -> float:
    start = time.process_time()  # busy neighbours count for neither
    action()
    return time.process_time() - start
