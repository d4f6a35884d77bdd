"""Extracted codemaps to what inpainters are fitted on and judged by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from timbrush.codemaps import CodeShape
from timbrush.datasets import codemaps
from timbrush.datasets.codemaps import CodemapSet, LabelledCodemaps
from timbrush.errors import ConfigError
from timbrush.inpainting.painting import PAINTED_SHARE, rectangles
from timbrush.tensors import Codemaps, Masks


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


@dataclass(frozen=True, kw_only=True, eq=False)
class HeldOut:
    """Whole validation sounds of one length, each with a painted rectangle."""

    codemaps: Codemaps
    masks: Masks


def read_pair(config: CodesConfig) -> tuple[CodemapSet, CodemapSet]:
    """Read the training and the validation codemaps.

    Raises:
        DatasetError: If a file cannot be read.
        ConfigError: If different codecs made them.
    """
    valid = codemaps.read(Path(config.valid))
    parts = [codemaps.read(Path(path)) for path in config.train]
    for path, train in zip(config.train, parts, strict=True):
        if train.fingerprint != valid.fingerprint:
            raise ConfigError(
                f"{path} was made by the codec {train.fingerprint}, {config.valid} by "
                f"{valid.fingerprint}; extract both with the same"
            )
    return concatenate(parts), valid


def concatenate(parts: Sequence[CodemapSet]) -> CodemapSet:
    """Return the sounds of all parts, which one codec made, one part after another."""
    levels = zip(*(one.levels for one in parts), strict=True)
    return replace(
        parts[0],
        levels=tuple(torch.cat(level, dim=1) for level in levels),
        columns=torch.cat([one.columns for one in parts]),
        pitch=torch.cat([one.pitch for one in parts]),
        family=torch.cat([one.family for one in parts]),
        names=tuple(name for one in parts for name in one.names),
    )


def code_shape(codes: CodemapSet) -> CodeShape:
    """Return what inpainters know of the codec."""
    return CodeShape.of(
        codebook_sizes=codes.codebook_sizes,
        n_rows=codes.n_rows,
        columns=codes.columns_per_patch,
    )


def part(codes: CodemapSet, chosen: Bool[Tensor, " sound"]) -> CodemapSet:
    """Return the sounds that are chosen, in the same order."""
    columns = chosen.repeat_interleave(codes.columns)
    ratios = codes.columns_per_patch
    return replace(
        codes,
        levels=tuple(
            level[:, columns.repeat_interleave(ratio)]
            for level, ratio in zip(codes.levels, ratios, strict=True)
        ),
        columns=codes.columns[chosen],
        pitch=codes.pitch[chosen],
        family=codes.family[chosen],
        names=tuple(compress(codes.names, chosen.tolist())),
    )


def folds(codes: CodemapSet, n_folds: int) -> Int[Tensor, " sound"]:
    """Return which of ``n_folds`` folds each sound is in; kin share theirs.

    Kin are sounds whose names agree up to the first hyphen: notes of one instrument, as NSynth
    names them. Who counts one note knows its kin by heart.
    """
    kin = [name.partition("-")[0] for name in codes.names]
    place = {name: index % n_folds for index, name in enumerate(sorted(set(kin)))}
    return torch.tensor([place[name] for name in kin])


def batches(codes: CodemapSet, batch_size: int = 512) -> Iterator[Codemaps]:
    """Return all sounds whole, those of one length together."""
    return (batch.codemaps for batch in labelled_batches(codes, batch_size))


def labelled_batches(codes: CodemapSet, batch_size: int = 512) -> Iterator[LabelledCodemaps]:
    """Return the same with what is known of each sound."""
    for n_columns in codes.columns.unique().tolist():
        sounds = (codes.columns == n_columns).nonzero()[:, 0]
        for some in sounds.split(batch_size):
            yield codes.crop(some, torch.zeros_like(some), n_columns)


def held_out(codes: CodemapSet, n_sounds: int = 0, *, seed: int = 0) -> HeldOut:
    """Return sounds evenly spread among those of the commonest length, with rectangles.

    Each rectangle covers a quarter of its sound on both levels. The same codes, count and seed
    give the same masks, so that rungs are compared alike.

    Args:
        codes: Validation codemaps.
        n_sounds: How many; 0 for all.
        seed: Start of the rectangles' places.
    """
    n_columns = int(codes.columns.mode().values)
    sounds = (codes.columns == n_columns).nonzero()[:, 0]
    count = min(n_sounds or len(sounds), len(sounds))
    chosen = sounds[torch.arange(count) * len(sounds) // count]
    generator = torch.Generator().manual_seed(seed)
    masks = rectangles(code_shape(codes), count, n_columns, PAINTED_SHARE, generator)
    return HeldOut(
        codemaps=codes.crop(chosen, torch.zeros_like(chosen), n_columns).codemaps, masks=masks
    )
