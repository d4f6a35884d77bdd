"""Redraw codes with a network that reads patches, a window of the sound at a time."""

from abc import abstractmethod
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from functools import partial

import torch
from torch import nn

from timbrush.codemaps import CodeShape
from timbrush.inpainting.contract import ANYTHING, Condition, LevelLogProbabilities, Sampling
from timbrush.inpainting.counting.naive_bayes import NaiveBayes, NaiveBayesConfig
from timbrush.inpainting.networks.decoding import LevelLogits, decode
from timbrush.inpainting.networks.judging import judge
from timbrush.inpainting.networks.patches import PatchEmbedding, Patches, PatchHead, Trust
from timbrush.inpainting.networks.sizes import NetworkSizes
from timbrush.inpainting.networks.windows import Window, windows
from timbrush.tensors import Codemaps, Masks


class PatchInpainter(nn.Module):
    """A network that sees patches with masked codes and says what may lie under the masks.

    Args:
        name: Name on the command line.
        shape: The codemaps.
        sizes: Settings.
        strength_curve: See ``contract.Inpainter.strength_curve``.
        naive_bayes: Of the Naive Bayes whose log-probabilities the network corrects; None for
            a network that stands alone.
    """

    takes_radius = False

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
        """Patch columns of context on each side of a stroke."""
        return self.sizes.context_columns

    @property
    def listens(self) -> bool:
        """Whether its Naive Bayes was told of labels."""
        return self.naive_bayes is not None and self.naive_bayes.listens

    @abstractmethod
    def body(self, patches: Patches) -> Patches:
        """Let each patch learn of the others."""

    def forward(
        self,
        codemaps: Codemaps,
        masks: Masks,
        asked: Masks,
        evidence: LevelLogits | None = None,
    ) -> LevelLogits:
        """Return the logits of what is ``asked``, given what is not under ``masks``.

        The logits are the network's plus those of Naive Bayes, times a trust that the network
        has in them from cell to cell: a product of experts. So an untrained network is as good
        as Naive Bayes, and a short training goes into what that cannot see.

        Args:
            codemaps: Codes.
            masks: True where codes must not be looked at.
            asked: True where logits are wanted.
            evidence: Logits of Naive Bayes for what is asked; None for the network's own. In
                training they are those of one that has not counted these very codes.

        Source: product of experts, Hinton 2002.
        """
        if evidence is None and self.naive_bayes is not None:
            evidence = self.naive_bayes.scores(codemaps, masks, asked, radius=1.0)
        patches = self.body(self.embedding(codemaps, masks))
        logits: LevelLogits = self.head(patches, asked)
        if evidence is not None:
            logits = self.trust(patches, asked, logits, evidence)
        return logits

    def decoded_in(self, n_steps: int) -> "PatchInpainter":
        """Return the same network, decoded in another number of steps; 0 for one by one."""
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
        """Return the same logits plus the evidence that a condition gives in each row."""
        logits: LevelLogits = self(codemaps, masks, asked)
        if self.naive_bayes is None:
            return logits
        added = [
            self.naive_bayes.condition_scores(level, condition) for level in range(len(logits))
        ]
        return tuple(
            level if row is None else level + row[mask.nonzero()[:, 1]]
            for level, row, mask in zip(logits, added, asked, strict=True)
        )

    @torch.no_grad()
    def log_probabilities(
        self, codemaps: Codemaps, masks: Masks, *, radius: float
    ) -> LevelLogProbabilities:
        """Return log p for every cell; ``radius`` is ignored.

        See ``judging.judge`` for which cells are judged together.
        """
        found = tuple(
            torch.zeros(*codemap.shape, size, device=codemap.device)
            for codemap, size in zip(codemaps, self.shape.codebook_sizes, strict=True)
        )
        for window in self._windows(0, self.shape.n_columns(codemaps), codemaps):
            judged = judge(
                self.predict,
                window.seen(codemaps, self.shape),
                window.seen(masks, self.shape),
                self.shape,
            )
            for target, part in zip(
                window.stretch(_columns_last(found), self.shape),
                window.stretch_of_seen(_columns_last(judged), self.shape),
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
        """Draw every masked code anew; ``radius`` is ignored."""
        result = tuple(codes.clone() for codes in codemaps)
        unknown = tuple(mask.clone() for mask in masks)
        predict = partial(self.predict, condition=condition)
        for window in self._windows(*self.shape.span(masks), codemaps):
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
            self.shape.n_columns(codemaps),
            stretch_columns=self.sizes.stretch_columns,
            context_columns=self.sizes.context_columns,
        )


def _columns_last(levels: LevelLogProbabilities) -> tuple[torch.Tensor, ...]:
    """Return views with the axis of codewords before that of rows."""
    return tuple(level.movedim(3, 1) for level in levels)
