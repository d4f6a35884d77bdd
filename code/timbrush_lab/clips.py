"""Read the sounds of a folder at their own rates, with the kind that a table gives each."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float

from timbrush.audio import files
from timbrush.datasets.folder import find_sounds
from timbrush.errors import DatasetError

TABLE = "clips.csv"
"""Lies in the folder or the one above it; its columns ``path`` and ``kind`` are read."""
UNKNOWN_KIND = "unknown"


@dataclass(frozen=True, kw_only=True, eq=False)
class Clip:
    """A sound of a folder.

    Args:
        name: Its path below the folder.
        kind: Such as ``drum``, ``loop`` or ``voice``.
        samples: The sound; full scale is 1.
        sample_rate: Its rate in hertz.
    """

    name: str
    kind: str
    samples: Float[np.ndarray, "channel time"]
    sample_rate: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.samples.shape[1] / self.sample_rate

    @property
    def mono(self) -> Float[np.ndarray, " time"]:
        """The mean of its channels."""
        return self.samples.mean(axis=0)


def read_clips(
    folder: Path, *, kind: str | None = None, most_seconds: float | None = None
) -> Iterator[Clip]:
    """Yield the sounds below a folder, sorted by path.

    Args:
        folder: Searched with all its folders.
        kind: What all sounds are; None for what ``clips.csv`` says of each.
        most_seconds: What is longer is cut off; None for whole sounds.

    Raises:
        DatasetError: If the folder has no sound in it.
        SoundError: If one cannot be read.
    """
    paths = find_sounds(folder)
    if not paths:
        raise DatasetError(f"no sound below {folder}; expected WAV, FLAC, OGG, MP3 or AIFF")
    kinds = _read_kinds(folder)
    for path in paths:
        sound = files.read(path)
        length = None if most_seconds is None else round(most_seconds * sound.sample_rate)
        yield Clip(
            name=path.relative_to(folder).as_posix(),
            kind=kind or kinds.get(path.resolve(), UNKNOWN_KIND),
            samples=sound.samples[:, :length],
            sample_rate=sound.sample_rate,
        )


def as_stereo(clip: Clip) -> Clip:
    """Return a mono sound as two channels that are alike; any other as it is."""
    if len(clip.samples) != 1:
        return clip
    return replace(clip, samples=np.repeat(clip.samples, 2, axis=0))


def _read_kinds(folder: Path) -> dict[Path, str]:
    """Return the kind of each file that a table in the folder or above it names."""
    for place in (folder, folder.resolve().parent):
        if (place / TABLE).is_file():
            with (place / TABLE).open(encoding="utf-8", newline="") as table:
                rows = csv.DictReader(table)
                return {
                    (place / row["path"]).resolve(): row["kind"]
                    for row in rows
                    if row.get("path") and row.get("kind")
                }
    return {}
