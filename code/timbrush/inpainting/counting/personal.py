"""Mix the shipped Naive Bayes with one that is fitted to a user's own sounds."""

import math
from dataclasses import dataclass

from jaxtyping import Int
from torch import Tensor

from timbrush.errors import ConfigError
from timbrush.inpainting.contract import Condition
from timbrush.inpainting.counting.gibbs import GibbsInpainter, RowScores, Scores
from timbrush.inpainting.counting.naive_bayes import NaiveBayes, NaiveBayesConfig
from timbrush.inpainting.counting.tables.neighbour_counts import AddUp, Batches


@dataclass(frozen=True, kw_only=True)
class PersonalConfig:
    """Settings of the mixture.

    Args:
        shipped: The general model.
        own: The model of the user's sounds.
        weight: Share of the user's model, 0 to 1.

    Raises:
        ConfigError: For a weight out of range, or models of other codemaps.
    """

    shipped: NaiveBayesConfig
    own: NaiveBayesConfig
    weight: float = 0.8

    def __post_init__(self) -> None:
        if not 0.0 <= self.weight <= 1.0:
            raise ConfigError(f"weight must lie in 0 to 1, got {self.weight}")
        if self.shipped.counts.shape != self.own.counts.shape:
            raise ConfigError("both models of a mixture must belong to the same codec")

    @property
    def listens(self) -> bool:
        """Whether it was told of labels, so that a condition changes what it draws."""
        return self.shipped.listens


class Personal(GibbsInpainter):
    """p = weight × p_own + (1 - weight) × p_shipped, each given the cells around.

    So a few seconds of sound suffice: where they have nothing to say, the shipped model speaks.

    Args:
        config: Settings; the tables start empty, ``mix`` fills them.
    """

    def __init__(self, config: PersonalConfig) -> None:
        super().__init__(
            "personal",
            config.shipped.counts.shape,
            n_sweeps=config.shipped.n_sweeps,
            strength_curve=config.shipped.strength_curve,
        )
        self.config = config
        self.shipped = NaiveBayes(config.shipped)
        self.own = NaiveBayes(config.own)

    @classmethod
    def mix(cls, shipped: NaiveBayes, own: NaiveBayes, *, weight: float = 0.8) -> "Personal":
        """Return the mixture of two fitted models."""
        mixed = cls(PersonalConfig(shipped=shipped.config, own=own.config, weight=weight))
        mixed.shipped, mixed.own = shipped, own
        return mixed

    def score(
        self,
        level: int,
        rows: Int[Tensor, " cell"],
        neighbours: Int[Tensor, "cell neighbour"],
        *,
        radius: float,
    ) -> Scores:
        """Return the logarithm of the mixture; see the base."""
        shares = ((self.own, self.config.weight), (self.shipped, 1.0 - self.config.weight))
        voices = [
            model.score(level, rows, neighbours, radius=radius).log_softmax(dim=1)
            + math.log(share)
            for model, share in shares
            if share > 0.0
        ]
        return voices[0] if len(voices) == 1 else voices[0].logaddexp(voices[1])

    @property
    def listens(self) -> bool:
        """Whether the shipped model was told of labels."""
        return self.shipped.listens

    def condition_scores(self, level: int, condition: Condition) -> RowScores | None:
        """Return what the shipped model knows of labels; see the base."""
        return self.shipped.condition_scores(level, condition)


def learn(
    batches: Batches,
    shipped: NaiveBayes,
    *,
    weight: float = 0.8,
    add_up: AddUp = lambda counts: None,
) -> Personal:
    """Fit Naive Bayes to a user's codemaps in one pass and mix it with the shipped one.

    Args:
        batches: Codemaps of the user's sounds; lengths may differ from batch to batch.
        shipped: The bundled Naive Bayes of the same codec.
        weight: Share of the user's model, 0 to 1.
        add_up: Sums counts over processes; see ``neighbour_counts.count``.

    Raises:
        DatasetError: If there are no codemaps.
    """
    own = NaiveBayes.fit(batches, shipped.shape, alpha=shipped.config.alpha, add_up=add_up)
    # What a neighbour is worth takes held-out sounds to tell; the general model's were.
    weighted = own.with_weights(shipped.config.weights)
    return Personal.mix(shipped, weighted, weight=weight)
