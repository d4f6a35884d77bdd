"""Redraw codes in sweeps, each from a score of the cells around it: Gibbs sampling."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.ndimage import distance_transform_cdt
from torch import Tensor, nn

from timbrush import cancelling
from timbrush.codemaps import CodeShape
from timbrush.inpainting.contract import ANYTHING, Condition, LevelLogProbabilities, Sampling
from timbrush.inpainting.counting.neighbourhood import REACH, Layout, colours
from timbrush.inpainting.sampling import draw
from timbrush.inpainting.strength import UNMEASURED
from timbrush.tensors import CellMask, Codemaps, Masks

MASKED = -1
"""Stands for a code that must not be looked at."""
MOST_CELLS = 1 << 14
"""Cells that are scored at a time: bounds the memory."""
Scores = Float[Tensor, "cell codeword"]
RowScores = Float[Tensor, "row codeword"]
"""What is added to the scores of the cells of each row."""
Turns = Int[Tensor, "batch row column"]
"""When each cell is drawn: cells of one turn at once."""


@dataclass(frozen=True)
class _Group:
    """Cells of one level that are drawn at once: none sees what is drawn for another."""

    level: int
    rows: Int[Tensor, " cell"]
    own: Int[Tensor, " cell"]
    neighbours: Int[Tensor, "cell neighbour"]

    def split(self, n_cells: int) -> "list[_Group]":
        """Return the group in parts of at most so many cells."""
        if len(self.rows) <= n_cells:
            return [self]
        parts = (each.split(n_cells) for each in (self.rows, self.own, self.neighbours))
        return [_Group(self.level, *part) for part in zip(*parts, strict=True)]

    def part(self, members: Int[Tensor, " member"]) -> "_Group":
        return _Group(
            self.level, self.rows[members], self.own[members], self.neighbours[members]
        )


class GibbsInpainter(nn.Module):
    """An inpainter that scores a cell from its neighbours alone; see ``contract.Inpainter``.

    The first sweep goes from the zone's border inwards, so that every cell is drawn from
    neighbours that are known by then, and what surrounds a zone grows into it: drawn in any
    other order, cells amid nothing known take the commonest code, which is silence. Cells as
    far from the border as each other are drawn at once, though some are neighbours. Further
    sweeps draw each again from all of its neighbours, never two neighbours at once (Geman and
    Geman 1984).

    Args:
        name: Name on the command line.
        shape: The codemaps.
        n_sweeps: Sweeps over the painted cells.
        strength_curve: See ``contract.Inpainter.strength_curve``.
    """

    context_columns = REACH
    takes_radius = True

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
        """Return the unnormalised log-probabilities of cells.

        Args:
            level: Their level.
            rows: Their rows.
            neighbours: Codes in the order of ``neighbourhood.distances``; ``MASKED`` (-1)
                where masked, the codebook's size beyond the edge.
            radius: Width of a Gaussian of distance, in cells.
        """

    @property
    def listens(self) -> bool:
        """Whether a condition changes what it draws."""
        return False

    def condition_scores(self, level: int, condition: Condition) -> RowScores | None:
        """Return what a condition adds to the scores of each row; None for nothing."""
        return None

    @torch.no_grad()
    def log_probabilities(
        self, codemaps: Codemaps, masks: Masks, *, radius: float
    ) -> LevelLogProbabilities:
        """Return log p(code | the neighbours that are not masked) for every cell."""
        everything = tuple(torch.ones_like(mask) for mask in masks)
        scores = self.scores(codemaps, masks, everything, radius=radius)
        return tuple(
            level.log_softmax(dim=1).view(*codemap.shape, -1)
            for level, codemap in zip(scores, codemaps, strict=True)
        )

    @torch.no_grad()
    def scores(
        self, codemaps: Codemaps, masks: Masks, asked: Masks, *, radius: float
    ) -> tuple[Scores, ...]:
        """Return the unnormalised log-probabilities of what is ``asked``, level by level.

        Args:
            codemaps: Codes.
            masks: True where codes must not be looked at.
            asked: True where scores are wanted; its cells in the order of ``nonzero``.
            radius: As for ``log_probabilities``.
        """
        around = neighbourhoods(self.shape, codemaps, masks, asked)
        return tuple(
            self.score(level, rows, neighbours, radius=radius)
            for level, (rows, neighbours) in enumerate(around)
        )

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
        """Draw every masked code anew."""
        layout = Layout(shape=self.shape, n_columns=self.shape.n_columns(codemaps))
        with torch.inference_mode():  # hundreds of small steps: a quarter less time
            state = _state(layout, codemaps, masks)
            cells = [_group(layout, level, mask.nonzero()) for level, mask in enumerate(masks)]
            added_scores = [
                self.condition_scores(level, condition) for level in range(self.shape.n_levels)
            ]
            inwards, coloured = (_apart(cells, masks, turns) for turns in (depths, _colours))
            for sweep in range(self.n_sweeps):
                for group in coloured if sweep else inwards:
                    added = added_scores[group.level]
                    drawn = []
                    for some in group.split(MOST_CELLS):
                        cancelling.check()
                        scores = self.score(
                            some.level, some.rows, state[some.neighbours], radius=radius
                        )
                        if added is not None:
                            scores = scores + added[some.rows]
                        drawn.append(draw(scores, sampling, generator))
                    state[group.own] = torch.cat(drawn)
        return _codemaps(layout, state, len(codemaps[0]))


def neighbourhoods(
    shape: CodeShape, codemaps: Codemaps, masks: Masks, asked: Masks
) -> list[tuple[Int[Tensor, " cell"], Int[Tensor, "cell neighbour"]]]:
    """Return the rows and the neighbours of the cells that are asked, level by level.

    Neighbours are as for ``GibbsInpainter.score``, cells in the order of ``nonzero``.
    """
    layout = Layout(shape=shape, n_columns=shape.n_columns(codemaps))
    state = _state(layout, codemaps, masks)
    groups = [_group(layout, level, mask.nonzero()) for level, mask in enumerate(asked)]
    return [(group.rows, state[group.neighbours]) for group in groups]


def _state(layout: Layout, codemaps: Codemaps, masks: Masks) -> Int[Tensor, " slot"]:
    """Return all codes in the layout's slots, sound after sound; ``MASKED`` under a mask."""
    parts = [
        codemap.masked_fill(mask, MASKED).flatten(1)
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


def _apart(
    levels: list[_Group], masks: Masks, turns: Callable[[CellMask], Turns]
) -> list[_Group]:
    """Part the masked cells of each level by their turn, first to last."""
    groups = []
    for whole, mask in zip(levels, masks, strict=True):
        turn = turns(mask)[mask]
        members = turn.argsort(stable=True).split(turn.bincount().tolist())
        groups += [whole.part(some) for some in members if len(some)]
    return groups


def _colours(mask: CellMask) -> Turns:
    rows, columns = torch.ones_like(mask[0]).nonzero().unbind(dim=1)
    return colours(rows, columns).view(mask[0].shape).expand(mask.shape)


def depths(mask: CellMask) -> Turns:
    """Return how many steps each masked cell lies from one that is not; 0 for the others.

    Steps go up, down, left or right; all of a map without a cell that is not masked is at 1.

    Example:
        >>> depths(torch.tensor([[[False, True, True, True, False]]]))
        tensor([[[0, 1, 2, 1, 0]]])
    """
    steps = [distance_transform_cdt(one, metric="taxicab") for one in mask.cpu().numpy()]
    depth = torch.from_numpy(np.stack(steps)).long().to(mask.device)
    return depth.abs()  # SciPy returns -1 where every cell is masked


def _group(layout: Layout, level: int, cells: Int[Tensor, "cell three"]) -> _Group:
    sounds, rows, columns = cells.unbind(dim=1)
    first = sounds * layout.stride
    neighbours = [
        (start[:, None] + layout.neighbours(level, *some)).int()  # half of what a long takes
        for start, *some in zip(
            *(each.split(MOST_CELLS) for each in (first, rows, columns)), strict=True
        )
    ]
    return _Group(
        level=level,
        rows=rows,
        own=first + layout.slots(level, rows, columns),
        neighbours=neighbours[0] if len(neighbours) == 1 else torch.cat(neighbours),
    )
