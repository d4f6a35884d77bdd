"""Count how much likelier a pitch or an instrument family makes each code."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from timbrush.codemaps import CodeShape
from timbrush.families import FAMILIES
from timbrush.inpainting.contract import Condition
from timbrush.inpainting.counting.tables.counts import PackedTables, TableConfig, count_pairs

N_PITCHES = 128
UNSURE = 20.0
"""Cells' worth of the row's own shares that a label's are mixed with: few cells say little."""

Labels = Int[Tensor, " _sound"]
LabelledBatches = Iterable[
    tuple[tuple[Int[Tensor, "_batch _row _column"], ...], Labels, Labels]
]
"""Codemaps with each sound's MIDI note and index into ``FAMILIES``, or -1."""

Table = Float[Tensor, "row codeword"]
Tables = list[Int[Tensor, "label row codeword"]]


@dataclass(frozen=True, kw_only=True)
class LabelCountsConfig:
    """Sizes of the tables.

    Args:
        shape: The codemaps.
        pitches: How much of the table of pitches is kept; one a level.
        families: The same of families.
    """

    shape: CodeShape
    pitches: tuple[TableConfig, ...]
    families: tuple[TableConfig, ...]


class LabelCounts(nn.Module):
    """How often each code was seen in each row of the sounds under each label.

    A label is evidence as a neighbour is: given the code, it is taken to depend on nothing
    else, so that ``log p(code | around, label) = log p(code | around) + evidence``.

    Args:
        config: Sizes of the tables.

    Raises:
        ConfigError: If there are more or fewer than levels.
    """

    def __init__(self, config: LabelCountsConfig) -> None:
        super().__init__()
        self.config = config
        shape = config.shape
        sizes = tuple(zip(shape.n_rows, shape.codebook_sizes, strict=True))
        self.pitches = PackedTables([(N_PITCHES, *size) for size in sizes], config.pitches)
        self.families = PackedTables(
            [(len(FAMILIES), *size) for size in sizes], config.families
        )
        self._unpacked: dict[str, Tables] = {}
        self._found: dict[tuple[str, int, int], Table] = {}

    def evidence(self, level: int, condition: Condition) -> Table:
        """Return log p(code | row, labels) - log p(code | row), times the guidance.

        Two labels are taken to be independent, given the code.
        """
        found = torch.zeros(())  # on any device
        if condition.pitch is not None:
            found = found + self._of("pitches", level, condition.pitch)
        if condition.family is not None:
            family = FAMILIES.index(condition.family)
            found = found + self._of("families", level, family)
        return condition.guidance * found

    def _of(self, kind: str, level: int, label: int) -> Table:
        """Return the evidence of one label; found once, as a stroke asks for it many times."""
        place = (kind, level, label)
        if place not in self._found:
            self._found[place] = self._evidence(*place)
        return self._found[place]

    def _evidence(self, kind: str, level: int, label: int) -> Table:
        counts = self._tables(kind)[level]
        whole = counts.sum(dim=0) + 1 / counts.shape[2]
        shares = whole / whole.sum(dim=1, keepdim=True)
        seen = counts[label].float()
        own = (seen + UNSURE * shares) / (seen.sum(dim=1, keepdim=True) + UNSURE)
        return (own / shares).log()

    def _tables(self, kind: str) -> Tables:
        if kind not in self._unpacked:
            packed: PackedTables = getattr(self, kind)
            levels = range(self.config.shape.n_levels)
            self._unpacked[kind] = [packed.unpack(level).to(torch.int32) for level in levels]
        return self._unpacked[kind]


def count_labels(batches: LabelledBatches, shape: CodeShape) -> LabelCounts:
    """Count in one pass over labelled codemaps, which may differ in length."""
    sizes = tuple(zip(shape.n_rows, shape.codebook_sizes, strict=True))
    pitches = [torch.zeros(N_PITCHES, *size, dtype=torch.long) for size in sizes]
    families = [torch.zeros(len(FAMILIES), *size, dtype=torch.long) for size in sizes]
    for codemaps, pitch, family in batches:
        for level, codemap in enumerate(codemaps):
            _add(pitches[level], codemap, pitch)
            _add(families[level], codemap, family)
    packed = PackedTables.pack(pitches), PackedTables.pack(families)
    counted = LabelCounts(
        LabelCountsConfig(shape=shape, pitches=packed[0].configs, families=packed[1].configs)
    )
    counted.pitches, counted.families = packed
    return counted


def _add(
    table: Int[Tensor, "label row codeword"],
    codemap: Int[Tensor, "sound row column"],
    labels: Int[Tensor, " sound"],
) -> None:
    known, n_rows = labels >= 0, table.shape[1]
    lines = labels[known].view(-1, 1, 1) * n_rows + torch.arange(n_rows)[:, None]
    count_pairs(table.flatten(0, 1), lines, codemap[known])
