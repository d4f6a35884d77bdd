"""The settings of a run that fits or trains an inpainter."""

from dataclasses import dataclass

from timbrush.errors import ConfigError
from timbrush.inpainting.networks.lstm import LSTMSizes
from timbrush.inpainting.networks.transformer import TransformerSizes
from timbrush.training.loop.config import LoopConfig


@dataclass(frozen=True, kw_only=True)
class CodesConfig:
    """Where the codemaps are and how many are seen at once.

    Args:
        train: Files that ``timbrush extract`` wrote.
        valid: One such file, of other sounds.
        batch_size: Crops a step.
        crop_columns: Longest crop in coarse columns.
        least_columns: Shortest crop; lengths between are drawn evenly.
        n_valid: Validation sounds used, evenly spread; 0 for all.

    Raises:
        ConfigError: For sizes that cannot work.
    """

    train: tuple[str, ...]
    valid: str
    batch_size: int = 16
    crop_columns: int = 8
    least_columns: int = 5
    n_valid: int = 0

    def __post_init__(self) -> None:
        if self.batch_size < 1 or not 1 <= self.least_columns <= self.crop_columns:
            raise ConfigError(
                "batch_size and least_columns must be 1 or more, crops no shorter"
            )
        if self.n_valid < 0:
            raise ConfigError(f"n_valid must be 0 (all) or more, got {self.n_valid}")
        if not self.train:
            raise ConfigError("train must name at least one file of codemaps")


@dataclass(frozen=True, kw_only=True)
class NaiveBayesFit:
    """How Naive Bayes is fitted.

    Args:
        alphas: Smoothings to choose from: the one with the fewest bits per code on the
            validation codemaps.

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
    """A whole run: ``timbrush train RUN.toml`` reads it. It names exactly one inpainter.

    Args:
        output: Folder of the state, the checkpoint, the record and the chart.
        data: The codemaps.
        loop: The training loop; not for Naive Bayes, which only counts.
        naive_bayes: Fit Naive Bayes.
        lstm: Train an LSTM of these sizes.
        transformer: Train a Transformer of these sizes.

    Raises:
        ConfigError: If no inpainter or several are named, or a network comes without a loop.
    """

    output: str
    data: CodesConfig
    loop: LoopConfig | None = None
    naive_bayes: NaiveBayesFit | None = None
    lstm: LSTMSizes | None = None
    transformer: TransformerSizes | None = None

    def __post_init__(self) -> None:
        named = (self.naive_bayes, self.lstm, self.transformer)
        if sum(inpainter is not None for inpainter in named) != 1:
            raise ConfigError("a run needs one of [naive_bayes], [lstm] and [transformer]")
        if (self.naive_bayes is None) != (self.loop is not None):
            raise ConfigError("a network needs [loop], Naive Bayes does without")
