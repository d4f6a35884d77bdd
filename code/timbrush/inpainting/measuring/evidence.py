"""Fit the neighbour weights of Naive Bayes on held-out sounds."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from timbrush import seeds
from timbrush.inpainting.counting.gibbs import neighbourhoods
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.tensors import Codemaps, Masks

Evidence = Float[Tensor, "cell evidence codeword"]
Sums = Float[Tensor, " evidence"]
Weights = tuple[tuple[float, ...], ...]
"""Of the row and of each neighbour; one tuple a level."""

N_CELLS = 2000
"""Masked cells of a level that are looked at; some twenty weights need no more."""

N_ROUNDS = 30
TINY_STEP = 1e-3
RIDGE = 1e-3
"""Pull towards 1 of a weight that the cells say nothing of, such as that of a rare place."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Asked:
    """A model, and codes that it did not count: those that it did, it knows by heart.

    Args:
        naive_bayes: Whose tables are weighed; its own weights do not matter.
        codemaps: Codes of other sounds, coarse first.
        masks: True where codes are to be told.
    """

    naive_bayes: NaiveBayes
    codemaps: Codemaps
    masks: Masks


@torch.no_grad()
def fit_weights(asked: Sequence[Asked], *, seed: int = 0) -> Weights:
    """Return the weights at radius 1 under which masked codes are the likeliest.

    Cross-entropy is convex in the weights, so a few rounds of Newton's method find them.

    Args:
        asked: Models that share their weights, each with the codes that it is asked.
        seed: Start of the choice of cells.

    Returns:
        For ``NaiveBayesConfig.weights``.
    """
    generator = seeds.torch_generator(seed)
    found = []
    for level in range(asked[0].naive_bayes.shape.n_levels):
        parts = [_gather(one, level, N_CELLS // len(asked), generator) for one in asked]
        evidence, codes = (torch.cat(tensors) for tensors in zip(*parts, strict=True))
        found.append(tuple(round(float(weight), 4) for weight in newton(evidence, codes)))
    return tuple(found)


def _gather(
    asked: Asked, level: int, n_cells: int, generator: torch.Generator
) -> tuple[Evidence, Int[Tensor, " cell"]]:
    """Return the evidence for some masked cells of a level, and their codes."""
    model, masks = asked.naive_bayes, asked.masks
    rows, neighbours = neighbourhoods(model.shape, asked.codemaps, masks, masks)[level]
    some = torch.randperm(len(rows), generator=generator)[:n_cells]
    evidence = model.table(level).evidence(rows[some], neighbours[some], radius=1.0)
    return evidence, asked.codemaps[level][masks[level]][some]


@torch.no_grad()
def newton(evidence: Evidence, codes: Int[Tensor, " cell"]) -> Sums:
    """Return the weights of evidence whose sum tells the codes best; 1 each to start with.

    Where the evidence is far too sure of itself, a whole step would lead astray; so each is
    halved until it improves.
    """
    true = evidence.gather(2, codes[:, None, None].expand(-1, evidence.shape[1], 1))[:, :, 0]

    def cost(weights: Sums) -> float:
        chance = torch.einsum("nfk,f->nk", evidence, weights).logsumexp(dim=1)
        return float(
            (chance - true @ weights).mean() + RIDGE / 2 * (weights - 1).square().sum()
        )

    weights = torch.ones(evidence.shape[1])
    for _ in range(N_ROUNDS if len(codes) else 0):
        step = _step(evidence, true, weights)
        least = cost(weights)
        while cost(weights - step) > least and float(step.abs().max()) > TINY_STEP:
            step = step / 2
        weights = weights - step
        if float(step.abs().max()) <= TINY_STEP:
            break
    return weights


def _step(evidence: Evidence, true: Tensor, weights: Sums) -> Sums:
    chance = torch.einsum("nfk,f->nk", evidence, weights).softmax(dim=1)
    expected = torch.einsum("nfk,nk->nf", evidence, chance)
    gradient = (expected - true).mean(dim=0) + RIDGE * (weights - 1)
    likely = evidence * chance.sqrt()[:, None]  # [cell, evidence, codeword]
    flat = likely.transpose(0, 1).flatten(1)
    curvature = (flat @ flat.T - expected.T @ expected) / len(true)
    return torch.linalg.solve(curvature + RIDGE * torch.eye(len(weights)), gradient)
