"""Gather codes into patches, embed them, and turn embeddings of patches into logits of codes.

A patch is what a network reads as one token: with the codec ``notes`` one coarse code and the
four fine codes in it. A note of 4 s is 128 patches instead of 640 codes: a layer costs a fifth.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from timbrush.codemaps import CodeShape
from timbrush.tensors import Codemaps, Masks

Patches = Float[Tensor, "batch row column feature"]
CellLogits = tuple[Float[Tensor, "_cell _codeword"], ...]
Blocks = Float[Tensor, "batch _row _column _feature"]


def places(shape: CodeShape, level: int) -> tuple[int, int]:
    """Return how many (rows, columns) of a level lie in a patch."""
    return shape.levels[level].rows, shape.levels[level].columns


def split(cells: Blocks, height: int, width: int) -> Blocks:
    """Gather each ``height`` x ``width`` block of cells into one, place after place."""
    batch, rows, columns, features = cells.shape
    blocks = cells.reshape(batch, rows // height, height, columns // width, width, features)
    return blocks.transpose(2, 3).flatten(3)  # [batch, row, column, place * feature]


def join(patches: Blocks, height: int, width: int) -> Blocks:
    """Undo ``split``."""
    batch, rows, columns, features = patches.shape
    features //= height * width
    blocks = patches.reshape(batch, rows, columns, height, width, features).transpose(2, 3)
    return blocks.reshape(batch, rows * height, columns * width, features)


class PatchEmbedding(nn.Module):
    """Codes and masks of all levels to one vector a patch.

    Args:
        shape: The codemaps.
        n_code_features: Features of a code.
        n_features: Features of a patch.
    """

    def __init__(self, shape: CodeShape, n_code_features: int, n_features: int) -> None:
        super().__init__()
        self.shape = shape
        self.codes = nn.ModuleList(
            nn.Embedding(size + 1, n_code_features)  # the last stands for a masked code
            for size in shape.codebook_sizes
        )
        n_places = sum(math.prod(places(shape, level)) for level in range(shape.n_levels))
        self.mix = nn.Linear(n_places * n_code_features, n_features)
        self.rows = nn.Parameter(torch.zeros(shape.n_patch_rows, 1, n_features))

    def forward(self, codemaps: Codemaps, masks: Masks) -> Patches:
        """Return the patches; codes under a mask are not looked at."""
        parts = []
        for level, (codemap, mask) in enumerate(zip(codemaps, masks, strict=True)):
            hidden = codemap.masked_fill(mask, self.shape.codebook_sizes[level])
            parts.append(split(self.codes[level](hidden), *places(self.shape, level)))
        embedded: Tensor = self.mix(torch.cat(parts, dim=3)) + self.rows
        return embedded


class PatchHead(nn.Module):
    """One vector a patch to the logits of chosen codes of each level.

    Args:
        shape: The codemaps.
        n_code_features: Features of a code.
        n_features: Features of a patch.
    """

    def __init__(self, shape: CodeShape, n_code_features: int, n_features: int) -> None:
        super().__init__()
        self.shape = shape
        self.norm = nn.LayerNorm(n_features)
        self.queries = nn.ModuleList(
            nn.Linear(n_features, math.prod(places(shape, level)) * n_code_features)
            for level in range(shape.n_levels)
        )
        self.codes = nn.ModuleList(
            nn.Linear(n_code_features, size, bias=False) for size in shape.codebook_sizes
        )
        self.histograms = nn.ParameterList(
            torch.zeros(n_rows, size)
            for n_rows, size in zip(shape.n_rows, shape.codebook_sizes, strict=True)
        )

    def forward(self, patches: Patches, chosen: Masks) -> CellLogits:
        """Return the logits where ``chosen``, in the order of ``chosen.nonzero()``."""
        patches = self.norm(patches)
        found = []
        for level, mask in enumerate(chosen):
            queries = join(self.queries[level](patches), *places(self.shape, level))
            rows = mask.nonzero()[:, 1]
            logits = self.codes[level](F.gelu(queries[mask]))
            found.append(logits + self.histograms[level][rows])
        return tuple(found)

    @torch.no_grad()
    def start_silent(self) -> None:
        """Let an untrained head say next to nothing."""
        for codes in self.codes:
            assert isinstance(codes, nn.Linear), "a level's codes are a linear layer"
            codes.weight.mul_(0.1)


class Trust(nn.Module):
    """Logits of a network and of another model to their sum, weighed from cell to cell.

    Args:
        shape: The codemaps.
        n_features: Features of a patch.
    """

    shares: Float[Tensor, "level two"]

    def __init__(self, shape: CodeShape, n_features: int) -> None:
        super().__init__()
        self.shape = shape
        self.norm = nn.LayerNorm(n_features)
        self.places = nn.ModuleList(
            nn.Linear(n_features, math.prod(places(shape, level)))
            for level in range(shape.n_levels)
        )
        for parameter in self.places.parameters():
            nn.init.zeros_(parameter)
        self.register_buffer("shares", torch.ones(shape.n_levels, 2))

    def forward(
        self, patches: Patches, chosen: Masks, own: CellLogits, others: CellLogits
    ) -> CellLogits:
        """Return the sum.

        Args:
            patches: What the network knows; it says how far to trust the others, at first 1.
            chosen: True where logits are wanted.
            own: Logits of the network.
            others: Logits of the other model.
        """
        patches = self.norm(patches)
        found = []
        for level, mask in enumerate(chosen):
            trust = join(self.places[level](patches), *places(self.shape, level))[mask]
            share, share_of_others = self.shares[level]
            found.append(share * own[level] + share_of_others * (1 + trust) * others[level])
        return tuple(found)

    @torch.no_grad()
    def share(self, level: int, own: float, others: float) -> None:
        """Set how much each side counts, at first 1 and 1."""
        self.shares[level] = torch.tensor([own, others])
