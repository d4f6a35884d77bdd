"""Rungs that need no file of their own."""

from timbrush.codemaps import CodeShape
from timbrush.inpainting.contract import Inpainter
from timbrush.inpainting.floors import Histogram, Uniform
from timbrush.inpainting.naive_bayes import NaiveBayes
from timbrush.inpainting.pairwise import PairwiseProduct


def floor(shape: CodeShape) -> dict[str, Inpainter]:
    """Return the rung that needs nothing but the codec's sizes, by name."""
    return {"uniform": Uniform(shape)}


def derived(naive_bayes: NaiveBayes) -> dict[str, Inpainter]:
    """Return all rungs that a fitted Naive Bayes brings along, lowest first, by name.

    They share its counts: ``uniform``, ``histogram``, ``pairwise`` and itself.
    """
    rungs = (
        Uniform(naive_bayes.shape),
        Histogram(naive_bayes),
        PairwiseProduct(naive_bayes),
        naive_bayes,
    )
    return {rung.name: rung for rung in rungs}
