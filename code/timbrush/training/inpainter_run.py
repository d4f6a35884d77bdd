"""The settings of a run that fits or trains an inpainter."""

import math
from dataclasses import dataclass

from timbrush.errors import ConfigError
from timbrush.inpainting.lstm import LSTMSizes
from timbrush.inpainting.transformer import TransformerSizes
from timbrush.training.code_batches import CodesConfig
from timbrush.training.loop import LoopConfig


@dataclass(frozen=True, kw_only=True)
class NaiveBayesFit:
    """How Naive Bayes is fitted.

    Args:
        alphas: Smoothing to choose from, by bits per code on the validation codemaps.

    Raises:
        ConfigError: If there are none, or one is not positive.
    """

    alphas: tuple[float, ...] = (0.1, 0.2)

    def __post_init__(self) -> None:
        if not self.alphas or min(self.alphas) <= 0:
            raise ConfigError(
                f"alphas must be positive numbers, at least one; got {self.alphas}"
            )


@dataclass(frozen=True, kw_only=True)
class InpainterRunConfig:
    """A whole run: ``timbrush train RUN.toml`` reads it. Exactly one rung is named.

    Args:
        output: Folder of the state, the checkpoint, the record and the chart.
        data: The codemaps.
        loop: The training loop; not for Naive Bayes, which only counts.
        naive_bayes: Fit Naive Bayes.
        lstm: Train an LSTM of these sizes.
        transformer: Train a Transformer of these sizes.
        alpha: Smoothing of the Naive Bayes that a network corrects.
        seed: Start of the measurements' randomness.

    Raises:
        ConfigError: If no rung or several are named, or a network comes without a loop.
    """

    output: str
    data: CodesConfig
    loop: LoopConfig | None = None
    naive_bayes: NaiveBayesFit | None = None
    lstm: LSTMSizes | None = None
    transformer: TransformerSizes | None = None
    alpha: float = 0.2
    seed: int = 0

    def __post_init__(self) -> None:
        rungs = (self.naive_bayes, self.lstm, self.transformer)
        if sum(rung is not None for rung in rungs) != 1:
            raise ConfigError("a run needs one of [naive_bayes], [lstm] and [transformer]")
        if (self.naive_bayes is None) != (self.loop is not None):
            raise ConfigError("a network needs [loop], Naive Bayes does without")
        if not 0.0 < self.alpha < math.inf:
            raise ConfigError(f"alpha must be a positive number, got {self.alpha}")
