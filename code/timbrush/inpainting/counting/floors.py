"""The two plainest inpainters: all codes alike, or each as often as it was seen in its row."""

import torch
from jaxtyping import Int
from torch import Tensor

from timbrush.codemaps import CodeShape
from timbrush.inpainting.counting.gibbs import GibbsInpainter, Scores
from timbrush.inpainting.counting.naive_bayes import NaiveBayes


class Uniform(GibbsInpainter):
    """Every code is as likely as every other; knows nothing but the sizes.

    Args:
        shape: The codemaps.
    """

    context_columns = 0
    takes_radius = False

    def __init__(self, shape: CodeShape) -> None:
        size = min(shape.codebook_sizes)
        super().__init__("uniform", shape, strength_curve=(0.0, 1.0 - 1.0 / size))

    def score(
        self,
        level: int,
        rows: Int[Tensor, " cell"],
        neighbours: Int[Tensor, "cell neighbour"],
        *,
        radius: float,
    ) -> Scores:
        """Return zeros."""
        size = self.shape.codebook_sizes[level]
        return torch.zeros(len(rows), size, device=rows.device)


class Histogram(GibbsInpainter):
    """Every code is as likely as it was seen in its row, whatever surrounds it.

    Args:
        naive_bayes: Whose counts it shares; it stores nothing itself.
        strength_curve: See ``contract.Inpainter.strength_curve``.
    """

    context_columns = 0
    takes_radius = False

    def __init__(
        self, naive_bayes: NaiveBayes, strength_curve: tuple[float, ...] = (0.0, 1.0)
    ) -> None:
        super().__init__("histogram", naive_bayes.shape, strength_curve=strength_curve)
        alpha = naive_bayes.config.alpha
        self._tables = []
        for level in range(self.shape.n_levels):
            smooth = naive_bayes.counts.rows(level) + alpha
            self._tables.append((smooth / smooth.sum(dim=1, keepdim=True)).log().float())

    def score(
        self,
        level: int,
        rows: Int[Tensor, " cell"],
        neighbours: Int[Tensor, "cell neighbour"],
        *,
        radius: float,
    ) -> Scores:
        """Return the logarithm of the row's histogram."""
        return self._tables[level].to(rows.device)[rows]
