"""Any folder of sounds to examples, without labels."""

from pathlib import Path

from timbrush.audio.containers import SUFFIXES
from timbrush.datasets.examples import UNKNOWN, Example, Sounds, read_mono
from timbrush.datasets.nsynth import NSynth
from timbrush.errors import DatasetError


class Folder:
    """Every sound below a folder, sorted by path.

    Args:
        folder: Searched with all its folders; hidden ones are left out.
        sample_rate: Rate of the waveforms.

    Raises:
        DatasetError: If there is no sound in it.
    """

    def __init__(self, folder: Path, *, sample_rate: int = 16_000) -> None:
        self._root = Path(folder)
        self._sample_rate = sample_rate
        self.paths = find_sounds(self._root)
        if not self.paths:
            kinds = " ".join(sorted(SUFFIXES))
            raise DatasetError(f"no sound below {folder}; expected files that end in {kinds}")

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


def find_sounds(folder: Path) -> tuple[Path, ...]:
    """Return the sound files below a folder, sorted.

    Raises:
        DatasetError: If the folder does not exist.
    """
    if not folder.is_dir():
        raise DatasetError(f"{folder} is no folder; expected one with sounds in it")
    return tuple(
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def open_sounds(folder: Path, *, sample_rate: int = 16_000) -> Sounds:
    """Open a folder as NSynth if it holds an ``examples.json``, else as a folder of sounds.

    Raises:
        DatasetError: If it is neither.
    """
    if (Path(folder) / "examples.json").exists():
        return NSynth(folder, sample_rate=sample_rate)
    return Folder(folder, sample_rate=sample_rate)
