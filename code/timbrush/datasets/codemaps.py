"""Codemaps of many sounds, extracted once, to one safetensors file and to batches."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import safetensors
import safetensors.torch
import torch
from jaxtyping import Int
from torch import Tensor

from timbrush.codemaps import CodeShape
from timbrush.config import from_dict, to_dict
from timbrush.errors import CheckpointError, DatasetError
from timbrush.families import FAMILIES
from timbrush.tensors import Codemaps
from timbrush.whole import write_whole

FORMAT = "timbrush codemaps"
VERSION = 2
"""Version 1 said the sizes of the codebooks alone: its tensors say the rest of the shape."""
NONE_READ = "no sound could be read; expected at least one to take codes from"
_LABELS = ("columns", "pitch", "family")


class LabelledCodemaps(NamedTuple):
    """A batch of codemaps with what is known about each.

    Args:
        codemaps: One a level; int64.
        pitch: MIDI note numbers; -1 where unknown.
        family: Indexes into ``families.FAMILIES``; -1 where unknown.
    """

    codemaps: Codemaps
    pitch: Int[Tensor, " batch"]
    family: Int[Tensor, " batch"]


@dataclass(frozen=True, kw_only=True, eq=False)
class CodemapSet:
    """The codemaps of many sounds, which may differ in length.

    Args:
        levels: One a level: ``[row, column]`` with all sounds one after another.
        columns: Patch columns of each sound.
        pitch: MIDI note number of each sound, or -1.
        family: Family of each sound, or -1.
        names: Name of each sound.
        shape: The shape of the codemaps.
        fingerprint: 16 hex digits of the codec that made the codes.

    Raises:
        DatasetError: If the parts do not fit each other.
    """

    levels: tuple[Int[Tensor, "_row _column"], ...]
    columns: Int[Tensor, " _sound"]
    pitch: Int[Tensor, " _sound"]
    family: Int[Tensor, " _sound"]
    names: tuple[str, ...]
    shape: CodeShape
    fingerprint: str

    def __post_init__(self) -> None:
        sizes = {len(self.columns), len(self.pitch), len(self.family), len(self.names)}
        if len(sizes) != 1:
            raise DatasetError("labels and names must be equally many")
        if len(self) == 0 or int(self.columns.min()) < 1:
            raise DatasetError("each sound must have at least one column of codes")
        try:
            self.shape.check(self.levels)
        except CheckpointError as error:
            raise DatasetError(str(error)) from error
        for name, values, n_values in (
            ("pitch", self.pitch, 128),
            ("family", self.family, len(FAMILIES)),
        ):
            if not -1 <= int(values.min()) <= int(values.max()) < n_values:
                raise DatasetError(f"{name} must lie in -1 (unknown) to {n_values - 1}")
        total = int(self.columns.sum())
        if self.shape.n_columns(self.levels) != total:
            raise DatasetError(f"the sounds have {total} columns, their codemaps others")

    def __len__(self) -> int:
        return len(self.columns)

    def __getitem__(self, index: int) -> LabelledCodemaps:
        """Return one whole sound as a batch of one."""
        n_columns = int(self.columns[index])
        return self.crop(torch.tensor([index]), torch.tensor([0]), n_columns)

    def crop(
        self, sounds: Int[Tensor, " batch"], first: Int[Tensor, " batch"], n_columns: int
    ) -> LabelledCodemaps:
        """Return ``n_columns`` patch columns of each of ``sounds``, from column ``first`` on.

        Raises:
            DatasetError: If a crop leaves its sound.
        """
        if bool(((first < 0) | (first + n_columns > self.columns[sounds])).any()):
            raise DatasetError(f"a crop of {n_columns} columns leaves its sound")
        starts = (self.columns.cumsum(0) - self.columns)[sounds] + first
        codemaps = []
        for level, ratio in zip(self.levels, self.shape.columns_per_patch, strict=True):
            span = torch.arange(n_columns * ratio)
            chosen = level[:, (starts * ratio)[:, None] + span]  # [row, batch, column]
            codemaps.append(chosen.movedim(0, 1).long())
        return LabelledCodemaps(tuple(codemaps), self.pitch[sounds], self.family[sounds])

    def random_crops(
        self, batch_size: int, n_columns: int, generator: torch.Generator
    ) -> LabelledCodemaps:
        """Return crops of sounds that are long enough, drawn evenly among those.

        Raises:
            DatasetError: If no sound is long enough.
        """
        long_enough = torch.nonzero(self.columns >= n_columns)[:, 0]
        if len(long_enough) == 0:
            raise DatasetError(f"no sound has {n_columns} columns; take shorter crops")
        drawn = torch.randint(len(long_enough), (batch_size,), generator=generator)
        sounds = long_enough[drawn]
        slack = self.columns[sounds] - n_columns + 1
        first = (torch.rand(batch_size, generator=generator) * slack).long()
        return self.crop(sounds, first.clamp(max=slack - 1), n_columns)


def collect(
    sounds: Sequence[LabelledCodemaps],
    names: Sequence[str],
    *,
    shape: CodeShape,
    fingerprint: str,
) -> CodemapSet:
    """Put extracted sounds together, each a batch of one.

    Raises:
        DatasetError: If there are none, or they do not fit each other.
    """
    if not sounds:
        raise DatasetError(NONE_READ)
    levels = zip(*(sound.codemaps for sound in sounds), strict=True)
    return CodemapSet(
        levels=tuple(torch.cat([codemap[0] for codemap in level], dim=1) for level in levels),
        columns=torch.tensor([shape.n_columns(sound.codemaps) for sound in sounds]),
        pitch=torch.cat([sound.pitch for sound in sounds]),
        family=torch.cat([sound.family for sound in sounds]),
        names=tuple(names),
        shape=shape,
        fingerprint=fingerprint,
    )


def join(parts: Sequence[CodemapSet]) -> CodemapSet:
    """Put sets of one codec together, one after another.

    Raises:
        DatasetError: If there are none, or they are of different codecs.
    """
    if not parts:
        raise DatasetError(NONE_READ)
    if len({part.fingerprint for part in parts}) > 1:
        raise DatasetError("codemaps of different codecs cannot be joined; extract them anew")
    return CodemapSet(
        levels=tuple(
            torch.cat(level, dim=1)
            for level in zip(*(part.levels for part in parts), strict=True)
        ),
        columns=torch.cat([part.columns for part in parts]),
        pitch=torch.cat([part.pitch for part in parts]),
        family=torch.cat([part.family for part in parts]),
        names=tuple(name for part in parts for name in part.names),
        shape=parts[0].shape,
        fingerprint=parts[0].fingerprint,
    )


def write(path: Path, codemaps: CodemapSet, *, force: bool = False) -> None:
    """Write a set of codemaps, whole or not at all.

    Raises:
        OutputError: If it exists and ``force`` is not given, or cannot be written.
    """
    header = {
        "format": FORMAT,
        "version": VERSION,
        "shape": to_dict(codemaps.shape),
        "fingerprint": codemaps.fingerprint,
        "names": codemaps.names,
    }
    tensors = {f"level{i}": level.to(torch.int32) for i, level in enumerate(codemaps.levels)}
    for name in _LABELS:
        tensors[name] = getattr(codemaps, name).to(torch.int32)
    data = safetensors.torch.save(tensors, {"timbrush": json.dumps(header)})
    with write_whole(path, force=force) as file:
        file.write(data)


def read(path: Path) -> CodemapSet:
    """Read a set of codemaps.

    Raises:
        DatasetError: If it cannot be read, is something else, or contradicts itself.
    """
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            header = json.loads((file.metadata() or {}).get("timbrush", "null"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}
    except (OSError, ValueError, RecursionError, safetensors.SafetensorError) as error:
        raise DatasetError(f"cannot read {path} as codemaps: {error}") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise DatasetError(f"{path} holds no codemaps; expected what `timbrush extract` wrote")
    if header.get("version") not in (1, VERSION):
        raise DatasetError(
            f"{path} is of version {header.get('version')}, this timbrush reads 1 and {VERSION}"
        )
    try:
        return _assemble(header, tensors)
    except (DatasetError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise DatasetError(f"{path} is damaged: {error}") from error


def _assemble(header: dict[str, Any], tensors: dict[str, Tensor]) -> CodemapSet:
    former = header["version"] == 1
    n_levels = len(header["codebook_sizes"] if former else header["shape"]["levels"])
    axes = {f"level{i}": 2 for i in range(n_levels)} | dict.fromkeys(_LABELS, 1)
    if {name: tensor.ndim for name, tensor in tensors.items()} != axes:
        raise DatasetError(f"expected the tensors {', '.join(sorted(axes))}")
    if any(t.dtype != torch.int32 or t.numel() == 0 for t in tensors.values()):
        raise DatasetError("expected int32 tensors that are not empty")
    levels = tuple(tensors[f"level{i}"] for i in range(n_levels))
    if former:
        shape = CodeShape.of(
            codebook_sizes=tuple(int(size) for size in header["codebook_sizes"]),
            n_rows=[level.shape[0] for level in levels],
            columns=[level.shape[1] for level in levels],
        )
    else:
        shape = from_dict(CodeShape, header["shape"], where="shape")
    return CodemapSet(
        levels=levels,
        columns=tensors["columns"].long(),
        pitch=tensors["pitch"].long(),
        family=tensors["family"].long(),
        names=tuple(str(name) for name in header["names"]),
        shape=shape,
        fingerprint=str(header["fingerprint"]),
    )
