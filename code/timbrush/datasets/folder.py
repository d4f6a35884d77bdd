"""Any folder of sounds to examples, without labels."""

import os
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

from timbrush.audio.containers import SUFFIXES
from timbrush.datasets.examples import UNKNOWN, Example, Sounds, read_mono
from timbrush.datasets.nsynth import NSynth
from timbrush.errors import DatasetError

UNKNOWN_SUFFIXES = tuple(
    ".aac .ac3 .amr .ape .dff .dsf .m4a .mka .mp2 .mpc .ra .sd2 .tta .voc .wma .wv".split()
)
"""Endings of sounds that cannot be written, or not even read."""


class Folder:
    """Every sound below a folder, sorted by path.

    Args:
        folder: Searched with all its folders; hidden ones are left out.
        sample_rate: Rate of the waveforms.
        names: Pattern of the names to take, such as ``*_drum_*``.

    Raises:
        DatasetError: If there is no such sound in it.
    """

    def __init__(self, folder: Path, *, sample_rate: int = 16_000, names: str = "*") -> None:
        self._root = Path(folder)
        self._sample_rate = sample_rate
        found = find_sounds(self._root)
        self.paths = tuple(path for path in found if fnmatchcase(path.name, names))
        if not self.paths:
            kinds = " ".join(sorted(SUFFIXES))
            named = "" if names == "*" else f" named {names}"
            raise DatasetError(
                f"no sound{named} below {folder}; expected files that end in {kinds}"
            )

    @property
    def sample_rate(self) -> int:
        """Rate of every waveform."""
        return self._sample_rate

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> Example:
        path = self.paths[index]
        name = path.relative_to(self._root).with_suffix("").as_posix()
        return Example(read_mono(str(path), self._sample_rate), UNKNOWN, UNKNOWN, name)


def find_sounds(
    folder: Path, *, left_out: Callable[[str], None] | None = None
) -> tuple[Path, ...]:
    """Return the sound files below a folder, sorted.

    Args:
        folder: Searched with all its folders; hidden ones are left out.
        left_out: Called with a line on each folder that cannot be read and each sound of a kind
            that is unknown here; if None, the former are refused and the latter passed over.

    Raises:
        DatasetError: If the folder does not exist or cannot be read.
    """
    if not folder.is_dir():
        raise DatasetError(f"{folder} is no folder; expected one with sounds in it")

    def refuse(error: OSError) -> None:
        line = f"{error.filename} cannot be read: {error.strerror}"
        if left_out is None or Path(error.filename) == folder:
            raise DatasetError(line) from error
        left_out(line)

    found = []
    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = [Path(parent, name) for name in sorted(names) if not name.startswith(".")]
        found += [p for p in paths if p.suffix.lower() in SUFFIXES and p.is_file()]
        for path in paths:
            if left_out is not None and path.suffix.lower() in UNKNOWN_SUFFIXES:
                left_out(f"{path} is of a kind that is unknown here; make it a WAV first")
    return tuple(sorted(found))


def open_sounds(folder: Path, *, sample_rate: int = 16_000) -> Sounds:
    """Open a folder as NSynth if it holds an ``examples.json``, else as a folder of sounds.

    ``folder/*_drum_*`` stands for the sounds below a folder that have such names.

    Raises:
        DatasetError: If it is neither.
    """
    if "*" in folder.name and not folder.is_dir():
        return Folder(folder.parent, sample_rate=sample_rate, names=folder.name)
    if (Path(folder) / "examples.json").exists():
        return NSynth(folder, sample_rate=sample_rate)
    return Folder(folder, sample_rate=sample_rate)
