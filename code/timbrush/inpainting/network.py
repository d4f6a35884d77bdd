"""What the two networks share: patches in, a body, codes out, a window at a time."""

from abc import abstractmethod
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from functools import partial

import torch
from jaxtyping import Int
from torch import Tensor, nn

from timbrush.errors import ConfigError
from timbrush.families import FAMILIES
from timbrush.inpainting.contract import (
    ANYTHING,
    CodeShape,
    Condition,
    LevelLogProbabilities,
    Sampling,
)
from timbrush.inpainting.decoding import LevelLogits, decode
from timbrush.inpainting.naive_bayes import NaiveBayes, NaiveBayesConfig
from timbrush.inpainting.patches import PatchEmbedding, Patches, PatchHead, Trust
from timbrush.inpainting.windows import Window, painted_span, windows
from timbrush.tensors import Codemaps, Masks

Labels = Int[Tensor, " sound"]

N_FOLDS = 8
"""A cell that is not masked is judged together with every eighth of its kind."""


@dataclass(frozen=True, kw_only=True)
class NetworkSizes:
    """Settings of either network that do not depend on the codec.

    Args:
        n_features: Features of a patch.
        n_code_features: Features of a code.
        n_layers: Layers of the body.
        n_steps: Steps of the parallel decoding; 0 draws one code after another.
        context_columns: Coarsest columns of context on each side of a stroke.
        stretch_columns: Coarsest columns that are redrawn at once.
        dropout: Share of features dropped in training.

    Raises:
        ConfigError: For sizes that cannot work.
    """

    n_features: int = 192
    n_code_features: int = 64
    n_layers: int = 4
    n_steps: int = 8
    context_columns: int = 3
    stretch_columns: int = 10
    dropout: float = 0.1

    def __post_init__(self) -> None:
        if min(self.n_features, self.n_code_features, self.n_layers) < 1:
            raise ConfigError("n_features, n_code_features and n_layers must be at least 1")
        if min(self.n_steps, self.context_columns) < 0 or self.stretch_columns < 1:
            raise ConfigError("n_steps and context_columns must be 0 or more, a stretch 1")
        if not 0.0 <= self.dropout < 1.0:
            raise ConfigError(f"dropout must lie in 0 to 1, got {self.dropout}")


class PatchInpainter(nn.Module):
    """A network that sees patches with masked codes and answers what lies under the masks.

    Args:
        name: Name on the command line.
        shape: The codemaps.
        sizes: Settings.
        strength_curve: See ``contract.Inpainter.strength_curve``.
        naive_bayes: Of the Naive Bayes whose log-probabilities the network corrects; None for
            a network that stands alone.
    """

    def __init__(
        self,
        name: str,
        shape: CodeShape,
        sizes: NetworkSizes,
        strength_curve: tuple[float, ...],
        naive_bayes: NaiveBayesConfig | None = None,
    ) -> None:
        super().__init__()
        self.name = name
        self.shape = shape
        self.strength_curve = strength_curve
        self.sizes = sizes
        features = (sizes.n_code_features, sizes.n_features)
        self.embedding = PatchEmbedding(shape, *features)
        self.head = PatchHead(shape, *features)
        self.naive_bayes: NaiveBayes | None = None
        if naive_bayes is not None:
            self.naive_bayes = NaiveBayes(naive_bayes)
            self.trust = Trust(shape, sizes.n_features)

    @property
    def context_columns(self) -> int:
        """Coarsest columns of context on each side of a stroke."""
        return self.sizes.context_columns

    @abstractmethod
    def body(self, patches: Patches) -> Patches:
        """Let the patches hear of each other."""

    def label(self, patches: Patches, pitch: Labels, family: Labels) -> Patches:
        """Tell the patches what they should sound like; a rung that cannot leaves them."""
        return patches

    def forward(
        self,
        codemaps: Codemaps,
        masks: Masks,
        asked: Masks,
        pitch: Labels,
        family: Labels,
        evidence: LevelLogits | None = None,
    ) -> LevelLogits:
        """Answer the logits of what is ``asked``, given what is not under ``masks``.

        The logits are the network's plus those of Naive Bayes, times a trust that the network
        has in them from cell to cell: a product of experts. So an untrained network is as good
        as Naive Bayes, and a short training goes into what that cannot see.

        Args:
            codemaps: Codes, coarse first.
            masks: True where codes are unknown.
            asked: True where an answer is wanted.
            pitch: MIDI note, one or one a sound; -1 says nothing.
            family: Index into ``FAMILIES``, one or one a sound; -1 says nothing.
            evidence: Logits of Naive Bayes for what is asked; None for the network's own. In
                training they are those of one that has not counted these very codes.

        Source: product of experts, Hinton 2002.
        """
        if evidence is None and self.naive_bayes is not None:
            evidence = self.naive_bayes.scores(codemaps, masks, asked, radius=1.0)
        patches = self.body(self.label(self.embedding(codemaps, masks), pitch, family))
        logits: LevelLogits = self.head(patches, asked)
        if evidence is not None:
            logits = self.trust(patches, asked, logits, evidence)
        return logits

    def decoded_in(self, n_steps: int) -> "PatchInpainter":
        """Answer the same network, decoded in another number of steps; 0 for one by one."""
        other = copy(self)  # shares all weights
        other.sizes = replace(self.sizes, n_steps=n_steps)
        return other

    def predict(
        self,
        codemaps: Codemaps,
        masks: Masks,
        asked: Masks,
        *,
        condition: Condition = ANYTHING,
    ) -> LevelLogits:
        """Answer the same under a condition."""
        pitch = -1 if condition.pitch is None else condition.pitch
        family = -1 if condition.family is None else FAMILIES.index(condition.family)
        labels = torch.tensor([[pitch], [family]], device=codemaps[0].device)
        logits: LevelLogits = self(codemaps, masks, asked, labels[0], labels[1])
        return logits

    @torch.no_grad()
    def log_probabilities(
        self, codemaps: Codemaps, masks: Masks, *, radius: float
    ) -> LevelLogProbabilities:
        """Answer log p for every cell; ``radius`` is not listened to.

        Masked cells are judged together, at once. The others are judged in ``N_FOLDS`` turns,
        each hiding every eighth of them, scattered, so that none sees itself.
        """
        found = tuple(
            torch.zeros(*codemap.shape, size, device=codemap.device)
            for codemap, size in zip(codemaps, self.shape.codebook_sizes, strict=True)
        )
        for window in self._windows(0, codemaps[0].shape[2], codemaps):
            judged = self._judge(
                window.seen(codemaps, self.shape), window.seen(masks, self.shape)
            )
            for target, part in zip(
                window.stretch(found, self.shape),
                window.stretch_of_seen(judged, self.shape),
                strict=True,
            ):
                target.copy_(part)
        return found

    @torch.no_grad()
    def redraw(
        self,
        codemaps: Codemaps,
        masks: Masks,
        *,
        radius: float,
        sampling: Sampling,
        generator: torch.Generator,
        condition: Condition = ANYTHING,
    ) -> Codemaps:
        """Draw every masked code anew; ``radius`` is not listened to."""
        result = tuple(codes.clone() for codes in codemaps)
        unknown = tuple(mask.clone() for mask in masks)
        predict = partial(self.predict, condition=condition)
        for window in self._windows(*painted_span(masks, self.shape), codemaps):
            asked = tuple(torch.zeros_like(mask) for mask in masks)
            for target, mask in zip(
                window.stretch(asked, self.shape),
                window.stretch(unknown, self.shape),
                strict=True,
            ):
                target.copy_(mask)
            drawn = decode(
                predict,
                window.seen(result, self.shape),
                window.seen(unknown, self.shape),
                window.seen(asked, self.shape),
                n_steps=self.sizes.n_steps,
                sampling=sampling,
                generator=generator,
            )
            for codes, new in zip(window.seen(result, self.shape), drawn, strict=True):
                codes.copy_(new)
            for mask in window.stretch(unknown, self.shape):
                mask.fill_(False)
        return result

    def _windows(self, first: int, last: int, codemaps: Codemaps) -> Iterator[Window]:
        return windows(
            first,
            last,
            codemaps[0].shape[2],
            stretch_columns=self.sizes.stretch_columns,
            context_columns=self.sizes.context_columns,
        )

    def _judge(self, codemaps: Codemaps, masks: Masks) -> LevelLogProbabilities:
        found = tuple(
            torch.zeros(*codemap.shape, size, device=codemap.device)
            for codemap, size in zip(codemaps, self.shape.codebook_sizes, strict=True)
        )
        for asked in (masks, *_folds(masks)):
            hidden = tuple(a | b for a, b in zip(masks, asked, strict=True))
            logits = self.predict(codemaps, hidden, asked)
            for target, cells, level in zip(found, asked, logits, strict=True):
                target[cells] = level.log_softmax(dim=1)
        return found


def _folds(masks: Masks) -> list[Masks]:
    """Answer masks that hide every cell outside ``masks`` once, scattered."""
    folds = []
    for turn in range(N_FOLDS):
        fold = []
        for mask in masks:
            rows = torch.arange(mask.shape[1], device=mask.device)[:, None]
            columns = torch.arange(mask.shape[2], device=mask.device)
            fold.append(((rows * 3 + columns) % N_FOLDS == turn) & ~mask)
        if any(bool(mask.any()) for mask in fold):
            folds.append(tuple(fold))
    return folds
