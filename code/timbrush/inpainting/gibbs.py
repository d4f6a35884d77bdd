"""A score of a cell among its neighbours to redrawn codemaps: Gibbs sampling in sweeps."""

from abc import abstractmethod
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from timbrush.inpainting.contract import (
    ANYTHING,
    CodeShape,
    Condition,
    LevelLogProbabilities,
    Sampling,
)
from timbrush.inpainting.neighbourhood import N_COLOURS, REACH, Layout, colours
from timbrush.inpainting.sampling import draw
from timbrush.inpainting.strength import UNMEASURED
from timbrush.tensors import Codemaps, Masks

UNKNOWN = -1
Scores = Float[Tensor, "cell codeword"]


@dataclass(frozen=True)
class _Group:
    """Cells of one level and colour: none is another's neighbour, so all are drawn at once."""

    level: int
    rows: Int[Tensor, " cell"]
    own: Int[Tensor, " cell"]
    neighbours: Int[Tensor, "cell neighbour"]

    def part(self, members: Int[Tensor, " member"]) -> "_Group":
        return _Group(
            self.level, self.rows[members], self.own[members], self.neighbours[members]
        )


class GibbsInpainter(nn.Module):
    """A rung that scores a cell from its neighbours alone; see ``contract.Inpainter``.

    The first sweep draws each painted cell from the neighbours that are known by then, further
    sweeps draw it again from all of them (Geman and Geman 1984).

    Args:
        name: Name on the command line.
        shape: The codemaps.
        n_sweeps: Sweeps over the painted cells.
        strength_curve: See ``contract.Inpainter.strength_curve``.
    """

    context_columns = REACH

    def __init__(
        self,
        name: str,
        shape: CodeShape,
        *,
        n_sweeps: int = 1,
        strength_curve: tuple[float, ...] = UNMEASURED,
    ) -> None:
        super().__init__()
        self.name = name
        self.shape = shape
        self.n_sweeps = n_sweeps
        self.strength_curve = strength_curve

    @abstractmethod
    def score(
        self,
        level: int,
        rows: Int[Tensor, " cell"],
        neighbours: Int[Tensor, "cell neighbour"],
        *,
        radius: float,
    ) -> Scores:
        """Answer the unnormalised log-probabilities of cells.

        Args:
            level: Their level.
            rows: Their rows.
            neighbours: Codes in the order of ``neighbourhood.distances``; ``UNKNOWN`` (-1)
                where masked, the codebook's size beyond the edge.
            radius: Width of a Gaussian of distance, in cells.
        """

    @torch.no_grad()
    def log_probabilities(
        self, codemaps: Codemaps, masks: Masks, *, radius: float
    ) -> LevelLogProbabilities:
        """Answer log p(code | the neighbours that are not masked) for every cell."""
        layout = Layout(shape=self.shape, n_columns=codemaps[0].shape[2])
        state = _state(layout, codemaps, masks)
        found = []
        for level, codemap in enumerate(codemaps):
            group = _group(layout, level, torch.ones_like(codemap, dtype=torch.bool).nonzero())
            codes = state[group.neighbours]
            scores = self.score(level, group.rows, codes, radius=radius)
            found.append(scores.log_softmax(dim=1).view(*codemap.shape, -1))
        return tuple(found)

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
        """Draw every masked code anew; ``condition`` is not listened to."""
        layout = Layout(shape=self.shape, n_columns=codemaps[0].shape[2])
        state = _state(layout, codemaps, masks)
        groups = _groups(layout, masks)
        for _ in range(self.n_sweeps):
            for group in groups:
                scores = self.score(
                    group.level, group.rows, state[group.neighbours], radius=radius
                )
                state[group.own] = draw(scores, sampling, generator)
        return _codemaps(layout, state, len(codemaps[0]))


def _state(layout: Layout, codemaps: Codemaps, masks: Masks) -> Int[Tensor, " slot"]:
    """Answer all codes in the layout's slots, sound after sound; masked ones unknown."""
    parts = [
        codemap.masked_fill(mask, UNKNOWN).flatten(1)
        for codemap, mask in zip(codemaps, masks, strict=True)
    ]
    outside = codemaps[0].new_tensor(layout.shape.codebook_sizes).expand(len(codemaps[0]), -1)
    return torch.cat([*parts, outside], dim=1).flatten()


def _codemaps(layout: Layout, state: Tensor, batch_size: int) -> Codemaps:
    rows = state.view(batch_size, layout.stride)
    return tuple(
        rows[:, layout.start(level) : layout.start(level + 1)]
        .reshape(batch_size, n_rows, layout.columns(level))
        .clone()
        for level, n_rows in enumerate(layout.shape.n_rows)
    )


def _groups(layout: Layout, masks: Masks) -> list[_Group]:
    groups = []
    for level, mask in enumerate(masks):
        cells = mask.nonzero()
        whole = _group(layout, level, cells)
        colour = colours(cells[:, 1], cells[:, 2])
        for members in ((colour == c).nonzero()[:, 0] for c in range(N_COLOURS)):
            if len(members):
                groups.append(whole.part(members))
    return groups


def _group(layout: Layout, level: int, cells: Int[Tensor, "cell three"]) -> _Group:
    sounds, rows, columns = cells.unbind(dim=1)
    first = sounds * layout.stride
    return _Group(
        level=level,
        rows=rows,
        own=first + layout.slots(level, rows, columns),
        neighbours=first[:, None] + layout.neighbours(level, rows, columns),
    )
