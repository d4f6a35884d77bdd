"""Read the codes of many sounds, and choose those to learn from and those to judge by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path

import torch
from jaxtyping import Bool
from torch import Tensor

from timbrush import seeds
from timbrush.datasets import codemaps
from timbrush.datasets.codemaps import CodemapSet, LabelledCodemaps
from timbrush.errors import ConfigError
from timbrush.inpainting.measuring.painting import PAINTED_SHARE, rectangles
from timbrush.tensors import Codemaps, Masks
from timbrush.training.inpainters.config import CodesConfig


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


def part(codes: CodemapSet, chosen: Bool[Tensor, " sound"]) -> CodemapSet:
    """Return the sounds that are chosen, in the same order."""
    columns = chosen.repeat_interleave(codes.columns)
    return replace(
        codes,
        levels=tuple(
            level[:, columns.repeat_interleave(width)]
            for level, width in zip(codes.levels, codes.shape.columns_per_patch, strict=True)
        ),
        columns=codes.columns[chosen],
        pitch=codes.pitch[chosen],
        family=codes.family[chosen],
        names=tuple(compress(codes.names, chosen.tolist())),
    )


def batches(codes: CodemapSet, batch_size: int = 512) -> Iterator[Codemaps]:
    """Yield all sounds whole, those of one length together."""
    return (batch.codemaps for batch in labelled_batches(codes, batch_size))


def labelled_batches(codes: CodemapSet, batch_size: int = 512) -> Iterator[LabelledCodemaps]:
    """Yield them as ``batches`` does, with the pitch and the family of each sound."""
    for n_columns in codes.columns.unique().tolist():
        sounds = (codes.columns == n_columns).nonzero()[:, 0]
        for some in sounds.split(batch_size):
            yield codes.crop(some, torch.zeros_like(some), n_columns)


def held_out(codes: CodemapSet, n_sounds: int = 0, *, seed: int = 0) -> HeldOut:
    """Return sounds evenly spread among those of the commonest length, with rectangles.

    Each rectangle covers a quarter of its sound on both levels. The same codes, count and seed
    give the same masks, so that inpainters are compared alike.

    Args:
        codes: Validation codemaps.
        n_sounds: How many; 0 for all.
        seed: Start of the rectangles' places.
    """
    n_columns = int(codes.columns.mode().values)
    sounds = (codes.columns == n_columns).nonzero()[:, 0]
    count = min(n_sounds or len(sounds), len(sounds))
    chosen = sounds[torch.arange(count) * len(sounds) // count]
    generator = seeds.torch_generator(seed)
    masks = rectangles(codes.shape, count, n_columns, PAINTED_SHARE, generator)
    return HeldOut(
        codemaps=codes.crop(chosen, torch.zeros_like(chosen), n_columns).codemaps, masks=masks
    )
