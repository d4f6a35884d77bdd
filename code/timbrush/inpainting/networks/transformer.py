"""A masked, bidirectional Transformer over patches of codes."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from timbrush.codemaps import CodeShape
from timbrush.errors import ConfigError
from timbrush.inpainting.counting.naive_bayes import NaiveBayesConfig
from timbrush.inpainting.networks.network import PatchInpainter
from timbrush.inpainting.networks.patches import Patches
from timbrush.inpainting.networks.sizes import NetworkSizes
from timbrush.inpainting.strength import UNMEASURED


@dataclass(frozen=True, kw_only=True)
class TransformerSizes(NetworkSizes):
    """Settings of the Transformer, beside those of every network.

    Args:
        n_heads: Heads of attention; divides ``n_features``.
        expansion: Features inside a layer's two-layer network, per feature of a patch.
        farthest_column: Columns beyond which attention tells distances apart no more.

    Raises:
        ConfigError: For sizes that cannot work.
    """

    n_heads: int = 6
    expansion: int = 3
    farthest_column: int = 8

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n_heads < 1 or self.n_features % self.n_heads:
            raise ConfigError(
                f"n_heads must divide n_features, got {self.n_heads} and {self.n_features}"
            )
        if self.expansion < 1 or self.farthest_column < 1:
            raise ConfigError("expansion and farthest_column must be at least 1")


@dataclass(frozen=True, kw_only=True)
class TransformerConfig:
    """What a stored Transformer says of itself.

    Args:
        shape: The codemaps.
        sizes: Settings.
        strength_curve: See ``contract.Inpainter.strength_curve``.
        naive_bayes: Of the Naive Bayes that it corrects, if it does.
    """

    shape: CodeShape
    sizes: TransformerSizes = TransformerSizes()
    strength_curve: tuple[float, ...] = UNMEASURED
    naive_bayes: NaiveBayesConfig | None = None

    @property
    def listens(self) -> bool:
        """Whether it was told of labels, so that a condition changes what it draws."""
        return self.naive_bayes is not None and self.naive_bayes.listens


class Transformer(PatchInpainter):
    """Every patch hears every other of its window, in both directions of time and frequency.

    The levels lie in one patch, so fine codes see coarse ones and the other way round. Rows
    have a learned place; columns are known by their distance from each other alone, so any
    length works. A depthwise convolution before each attention hears the nearest patches, which
    a short training run learns sooner than attention.

    Args:
        config: Settings.

    Source: masked training and parallel decoding, MaskGIT, Chang et al. 2022; convolution for
        position, CPVT, Chu et al. 2021; bias of distance, Swin, Liu et al. 2021, here a sum of
        a row's and a column's.
    """

    def __init__(self, config: TransformerConfig) -> None:
        sizes = config.sizes
        super().__init__(
            "transformer", config.shape, sizes, config.strength_curve, config.naive_bayes
        )
        self.config = config
        n_rows = config.shape.n_patch_rows
        self.layers = nn.ModuleList(_Layer(sizes, n_rows) for _ in range(sizes.n_layers))

    def body(self, patches: Patches) -> Patches:
        """Run the layers."""
        for layer in self.layers:
            patches = layer(patches)
        return patches


class _Layer(nn.Module):
    """Near patches, then all patches, then each on its own; each added to what was there."""

    def __init__(self, sizes: TransformerSizes, n_rows: int) -> None:
        super().__init__()
        n_features = sizes.n_features
        self.near = nn.Conv2d(n_features, n_features, 3, padding=1, groups=n_features)
        self.attention = _Attention(sizes, n_rows)
        self.attention_norm = nn.LayerNorm(n_features)
        self.own_norm = nn.LayerNorm(n_features)
        self.widen = nn.Linear(n_features, sizes.expansion * n_features)
        self.narrow = nn.Linear(sizes.expansion * n_features, n_features)
        self.dropout = nn.Dropout(sizes.dropout)

    def forward(self, patches: Patches) -> Patches:
        # movedim makes the layout channels_last, in which depthwise convolutions are fast.
        patches = patches + self.near(patches.movedim(3, 1)).movedim(1, 3)
        patches = patches + self.dropout(self.attention(self.attention_norm(patches)))
        own: Tensor = self.narrow(F.gelu(self.widen(self.own_norm(patches))))
        heard: Tensor = patches + self.dropout(own)
        return heard


class _Attention(nn.Module):
    """Attention of all patches to all, with a bias for each distance in rows and columns."""

    def __init__(self, sizes: TransformerSizes, n_rows: int) -> None:
        super().__init__()
        self.n_heads = sizes.n_heads
        self.farthest = sizes.farthest_column
        self.inward = nn.Linear(sizes.n_features, 3 * sizes.n_features)
        self.outward = nn.Linear(sizes.n_features, sizes.n_features)
        self.row_bias = nn.Parameter(torch.zeros(sizes.n_heads, 2 * n_rows - 1))
        self.column_bias = nn.Parameter(torch.zeros(sizes.n_heads, 2 * self.farthest + 1))

    def forward(self, patches: Patches) -> Patches:
        batch, rows, columns, features = patches.shape
        heads = self.inward(patches).view(batch, rows * columns, 3, self.n_heads, -1)
        query, key, value = heads.permute(2, 0, 3, 1, 4)  # [batch, head, patch, feature]
        bias = self._bias(rows, columns)
        heard = F.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        heard = heard.transpose(1, 2).reshape(batch, rows, columns, features)
        outward: Tensor = self.outward(heard)
        return outward

    def _bias(self, rows: int, columns: int) -> Float[Tensor, "head patch patch"]:
        row = torch.arange(rows, device=self.row_bias.device)
        column = torch.arange(columns, device=self.row_bias.device)
        down = (row - row[:, None]) + self.row_bias.shape[1] // 2
        right = (column - column[:, None]).clamp(-self.farthest, self.farthest) + self.farthest
        bias = self.row_bias[:, down][:, :, None, :, None]
        bias = bias + self.column_bias[:, right][:, None, :, None, :]
        return bias.reshape(-1, rows * columns, rows * columns)
