"""An LSTM over the linearised codemap, with context from both directions."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from timbrush.codemaps import CodeShape
from timbrush.errors import ConfigError
from timbrush.inpainting.counting.naive_bayes import NaiveBayesConfig
from timbrush.inpainting.networks.network import PatchInpainter
from timbrush.inpainting.networks.patches import Patches
from timbrush.inpainting.networks.sizes import NetworkSizes
from timbrush.inpainting.strength import UNMEASURED


@dataclass(frozen=True, kw_only=True)
class LSTMSizes(NetworkSizes):
    """Settings of the LSTM, beside those of every network.

    Args:
        n_hidden: Features of the state of each direction.

    Raises:
        ConfigError: For sizes that cannot work.
    """

    n_layers: int = 1
    n_hidden: int = 192

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n_hidden < 1:
            raise ConfigError("n_hidden must be at least 1")


@dataclass(frozen=True, kw_only=True)
class LSTMConfig:
    """What a stored LSTM says of itself.

    Args:
        shape: The codemaps.
        sizes: Settings.
        strength_curve: See ``contract.Inpainter.strength_curve``.
        naive_bayes: Of the Naive Bayes that it corrects, if it does.
    """

    shape: CodeShape
    sizes: LSTMSizes = LSTMSizes()
    strength_curve: tuple[float, ...] = UNMEASURED
    naive_bayes: NaiveBayesConfig | None = None

    @property
    def listens(self) -> bool:
        """Whether it was told of labels, so that a condition changes what it draws."""
        return self.naive_bayes is not None and self.naive_bayes.listens


class LSTM(PatchInpainter):
    """Reads the patches column after column, each from the lowest row up, and back again.

    One pass knows all to the left of and below a cell, the other all to the right of and above
    it, wherever that is not masked. What is next to a cell in time lies a whole column of steps
    away in this order; so each step also reads the patches of its row one column before and
    after.

    Args:
        config: Settings.

    Source: Hochreiter and Schmidhuber 1997; two directions, Schuster and Paliwal 1997.
    """

    def __init__(self, config: LSTMConfig) -> None:
        sizes = config.sizes
        super().__init__("lstm", config.shape, sizes, config.strength_curve, config.naive_bayes)
        self.config = config
        self.recurrence = nn.LSTM(
            3 * sizes.n_features,
            sizes.n_hidden,
            sizes.n_layers,
            batch_first=True,
            bidirectional=True,
        )
        self.norm = nn.LayerNorm(2 * sizes.n_hidden)
        self.outward = nn.Linear(2 * sizes.n_hidden, sizes.n_features)
        self.dropout = nn.Dropout(sizes.dropout)

    def body(self, patches: Patches) -> Patches:
        """Run both passes; what they say is added to the patch's own embedding."""
        batch, rows, columns, features = patches.shape
        nothing = torch.zeros_like(patches[:, :, :1])
        before = torch.cat([nothing, patches[:, :, :-1]], dim=2)
        after = torch.cat([patches[:, :, 1:], nothing], dim=2)
        steps = torch.cat([patches, before, after], dim=3).transpose(1, 2).flatten(1, 2)
        states, _ = self.recurrence(steps)  # [batch, column * row, both directions]
        said = self.outward(self.dropout(self.norm(states)))
        said = said.view(batch, columns, rows, features).transpose(1, 2)
        heard: Tensor = patches + self.dropout(said)
        return heard
