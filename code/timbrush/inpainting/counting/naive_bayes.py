"""Tell a code from its row and the codes around it: Naive Bayes."""

import math
from dataclasses import dataclass, replace

from jaxtyping import Float, Int
from torch import Tensor

from timbrush.codemaps import CodeShape
from timbrush.errors import ConfigError
from timbrush.inpainting.contract import Condition
from timbrush.inpainting.counting.gibbs import GibbsInpainter, RowScores, Scores
from timbrush.inpainting.counting.neighbourhood import distances
from timbrush.inpainting.counting.tables.labels import LabelCounts, LabelCountsConfig
from timbrush.inpainting.counting.tables.neighbour_counts import (
    AddUp,
    Batches,
    CountsConfig,
    NeighbourCounts,
    count,
)
from timbrush.inpainting.counting.tables.neighbour_table import NeighbourTable
from timbrush.inpainting.strength import UNMEASURED


@dataclass(frozen=True, kw_only=True)
class NaiveBayesConfig:
    """Settings of Naive Bayes.

    Args:
        counts: Sizes of its tables.
        alpha: Added to every count of a neighbour's category; chosen on held-out codemaps.
        n_sweeps: Sweeps of Gibbs sampling over the painted cells. A third redraws a few more
            codes right, but takes the sound farther from the notes in every distance we know.
        weights: How much the row, then each neighbour of ``neighbourhood.distances`` counts,
            one tuple a level, beside what the radius says; see ``evidence.fit_weights``. Empty
            for all 1.
        strength_curve: See ``contract.Inpainter.strength_curve``.
        pairwise_strength_curve: The same for the product of pairwise conditionals, which is
            made from these counts.
        labels: Sizes of the counts of labelled sounds; None where there were no labels.

    Raises:
        ConfigError: For settings that cannot work.
    """

    counts: CountsConfig
    alpha: float = 0.1
    n_sweeps: int = 2
    weights: tuple[tuple[float, ...], ...] = ()
    strength_curve: tuple[float, ...] = UNMEASURED
    pairwise_strength_curve: tuple[float, ...] = UNMEASURED
    labels: LabelCountsConfig | None = None

    def __post_init__(self) -> None:
        if not 0.0 < self.alpha < math.inf or self.n_sweeps < 1:
            raise ConfigError("alpha must be positive and n_sweeps at least 1")
        shape = self.counts.shape
        if self.labels is not None and self.labels.shape != shape:
            raise ConfigError(
                "counts of labels belong to other codemaps than those of neighbours"
            )
        wanted = [1 + len(distances(shape, level)) for level in range(shape.n_levels)]
        if self.weights and [len(level) for level in self.weights] != wanted:
            raise ConfigError(f"weights of these codemaps come in tuples of {wanted}")
        if not all(math.isfinite(weight) for level in self.weights for weight in level):
            raise ConfigError("weights must be finite numbers")

    @property
    def listens(self) -> bool:
        """Whether it was told of labels, so that a condition changes what it draws."""
        return self.labels is not None


class NaiveBayes(GibbsInpainter):
    """p(code | cells around) ∝ p(code) p(row | code) ∏ p(neighbour | code) ** weight.

    A neighbour ``d`` cells away weighs ``exp(-d² / 2 radius²)``: as in a Gaussian blur, a
    larger radius listens farther; above 1 all weigh less by one factor, so that together they
    are worth what they are at 1. One that is masked drops out; one beyond the edge is a
    category of its own, so that the first column of a sound knows that it is one. With all
    weights at 1 this is ``CategoricalNB`` of scikit-learn on the row and the neighbours.

    Neighbours repeat each other, so plain Naive Bayes is far too sure of itself; the weights of
    the config, chosen on sounds that were not counted, say how much each is worth.

    Args:
        config: Settings; the tables start empty, ``fit`` fills them.

    Source: weights, Zaidi, Cerquides, Carman and Webb 2013, "Alleviating naive Bayes attribute
        independence assumption by attribute weighting".
    """

    def __init__(self, config: NaiveBayesConfig) -> None:
        super().__init__(
            "naive-bayes",
            config.counts.shape,
            n_sweeps=config.n_sweeps,
            strength_curve=config.strength_curve,
        )
        self.config = config
        self.counts = NeighbourCounts(config.counts)
        self.labels = None if config.labels is None else LabelCounts(config.labels)
        self._tables: list[NeighbourTable] = []

    @classmethod
    def fit(
        cls,
        batches: Batches,
        shape: CodeShape,
        *,
        alpha: float = 0.1,
        add_up: AddUp = lambda counts: None,
    ) -> "NaiveBayes":
        """Count in one pass over codemaps and return the fitted model; see ``count``."""
        return cls.from_counts(count(batches, shape, add_up=add_up), alpha=alpha)

    @classmethod
    def from_counts(cls, counts: NeighbourCounts, *, alpha: float) -> "NaiveBayes":
        """Return the model with these counts, which it shares."""
        fitted = cls(NaiveBayesConfig(counts=counts.config, alpha=alpha))
        fitted.counts = counts
        return fitted

    def with_weights(self, weights: tuple[tuple[float, ...], ...]) -> "NaiveBayes":
        """Return a model with the same counts and other weights."""
        return self._with(replace(self.config, weights=weights))

    def with_strength_curves(
        self, own: tuple[float, ...], pairwise: tuple[float, ...]
    ) -> "NaiveBayes":
        """Return the same model with measured strength curves."""
        return self._with(
            replace(self.config, strength_curve=own, pairwise_strength_curve=pairwise)
        )

    def with_labels(self, labels: LabelCounts) -> "NaiveBayes":
        """Return the same model, which listens to a condition by these counts."""
        changed = self._with(replace(self.config, labels=labels.config))
        changed.labels = labels
        return changed

    def _with(self, config: NaiveBayesConfig) -> "NaiveBayes":
        changed = NaiveBayes(config)
        changed.counts, changed.labels = self.counts, self.labels
        return changed

    @property
    def listens(self) -> bool:
        """Whether it was told of labels."""
        return self.config.listens

    def condition_scores(self, level: int, condition: Condition) -> RowScores | None:
        """Return the evidence of the labels that are asked for; see the base."""
        if self.labels is None or not condition.asks:
            return None
        return self.labels.evidence(level, condition)

    def table(self, level: int) -> NeighbourTable:
        """Return the logarithms that score the cells of a level; made when first asked for."""
        if not self._tables:
            shape, weights = self.shape, self.config.weights
            self._tables = [
                NeighbourTable.of(
                    self.counts, n, self._position, self._given, weights[n] if weights else None
                )
                for n in range(shape.n_levels)
            ]
        return self._tables[level]

    def score(
        self,
        level: int,
        rows: Int[Tensor, " cell"],
        neighbours: Int[Tensor, "cell neighbour"],
        *,
        radius: float,
    ) -> Scores:
        """Return the log-joint of each code with what is known of a cell; see the base."""
        return self.table(level).score(rows, neighbours, radius=radius)

    def _position(self, rows: Float[Tensor, "row codeword"]) -> Float[Tensor, "row codeword"]:
        """Return log p(code) + log p(row | code); a code never seen counts as alpha."""
        total = rows.sum(dim=0)
        prior = total.clamp(min=self.config.alpha).log() - total.sum().log()
        return prior + self._given(rows)

    def _given(
        self, counts: Float[Tensor, "category codeword"]
    ) -> Float[Tensor, "category codeword"]:
        """Return log p(category | code)."""
        smooth = counts + self.config.alpha
        return smooth.log() - smooth.sum(dim=0).log()
