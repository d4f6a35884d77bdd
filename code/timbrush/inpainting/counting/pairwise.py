"""Tell a code from the votes of its neighbours: a product of pairwise conditionals."""

from jaxtyping import Int
from torch import Tensor

from timbrush.inpainting.counting.gibbs import GibbsInpainter, Scores
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.inpainting.counting.tables.neighbour_counts import FeatureCounts
from timbrush.inpainting.counting.tables.neighbour_table import NeighbourTable


class PairwiseProduct(GibbsInpainter):
    """p(code | cells around) ∝ p(code | row) ∏ p(code | neighbour) ** weight.

    By Bayes' rule ``p(code | neighbour) = p(neighbour | code) p(code) / p(neighbour)``, so this
    is Naive Bayes with ``p(code)`` counted once more for every neighbour, instead of once in
    all. Where Naive Bayes asks which code would explain what is around it, the product lets
    every neighbour name its favourites, and common codes win more often: it redraws more
    plainly, and is the less accurate the more neighbours it hears. Where only one neighbour is
    heard, the two differ by smoothing alone.

    Args:
        naive_bayes: Whose counts, smoothing and sweeps it shares; it stores nothing itself.
    """

    def __init__(self, naive_bayes: NaiveBayes) -> None:
        super().__init__(
            "pairwise",
            naive_bayes.shape,
            n_sweeps=naive_bayes.n_sweeps,
            strength_curve=naive_bayes.config.pairwise_strength_curve,
        )
        self.counts = naive_bayes.counts
        self._alpha = naive_bayes.config.alpha
        self._tables: list[NeighbourTable] = []

    def score(
        self,
        level: int,
        rows: Int[Tensor, " cell"],
        neighbours: Int[Tensor, "cell neighbour"],
        *,
        radius: float,
    ) -> Scores:
        """Return the sum of the weighted logarithms; see the base."""
        if not self._tables:
            self._tables = [
                NeighbourTable.of(self.counts, n, self._votes, self._votes)
                for n in range(self.shape.n_levels)
            ]
        return self._tables[level].score(rows, neighbours, radius=radius)

    def _votes(self, counts: FeatureCounts) -> FeatureCounts:
        """Return log p(code | category)."""
        smooth = counts + self._alpha
        return smooth.log() - smooth.sum(dim=1, keepdim=True).log()
