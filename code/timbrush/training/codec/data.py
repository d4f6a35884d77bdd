"""Open the sounds that a codec learns from and those that it is validated on."""

from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from timbrush.datasets.edges import WithEdges
from timbrush.datasets.examples import Chosen, Joined, Remembered, Sounds
from timbrush.datasets.folder import open_sounds
from timbrush.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class DataConfig:
    """Where the sounds are and how many are seen at once.

    Args:
        train: Folders in NSynth's layout, or any folders of sounds; every sound of all of
            them is drawn equally often, and twice as often if its folder is named twice.
            ``folder/*_drum_*`` stands for the sounds of a folder that have such names.
        valid: A folder of other sounds.
        times: How often each folder of ``train`` counts; 0.125 takes every eighth of its
            sounds. Empty for once each.
        batch_size: Crops a step.
        crop_columns: Length of a crop in the columns of the codec's longest cells.
        n_valid: Validation sounds used during training, evenly spread; 0 for all.

    Raises:
        ConfigError: For no folder, sizes below one, or ``times`` that do not fit ``train``.
    """

    train: tuple[str, ...]
    valid: str
    times: tuple[float, ...] = ()
    batch_size: int = 8
    crop_columns: int = 4
    n_valid: int = 80

    def __post_init__(self) -> None:
        if not self.train:
            raise ConfigError("train must name at least one folder of sounds")
        if self.batch_size < 1 or self.crop_columns < 1 or self.n_valid < 0:
            raise ConfigError(
                "batch_size and crop_columns must be at least 1, n_valid at least 0"
            )
        if self.times and len(self.times) != len(self.train):
            raise ConfigError(
                f"times must hold one number for each of the {len(self.train)} folders of "
                f"train, got {len(self.times)}"
            )
        if not all(0 < times <= 1000 for times in self.times):
            raise ConfigError("times must lie above 0 and at most at 1000")


def open_training(config: DataConfig, sample_rate: int) -> Sounds:
    """Return the sounds to draw from; one that counts several times is read once.

    Raises:
        DatasetError: If a folder cannot be read.
    """
    folders = list(dict.fromkeys(config.train))
    parts = [open_sounds(Path(folder), sample_rate=sample_rate) for folder in folders]
    starts = dict(zip(folders, accumulate(map(len, parts), initial=0), strict=False))
    sizes = {folder: len(part) for folder, part in zip(folders, parts, strict=True)}
    times = config.times or (1.0,) * len(config.train)
    indices = [
        starts[folder] + index
        for folder, often in zip(config.train, times, strict=True)
        for index in spread(sizes[folder], max(1, round(often * sizes[folder])))
    ]
    return Chosen(WithEdges(Remembered(Joined(parts))), indices)


def open_validation(config: DataConfig, sample_rate: int) -> Sounds:
    """Return the sounds to validate on.

    Raises:
        DatasetError: If the folder cannot be read.
    """
    return WithEdges(Remembered(open_sounds(Path(config.valid), sample_rate=sample_rate)))


def some(sounds: Sounds, n_most: int) -> Sounds:
    """Return ``n_most`` sounds, evenly spread; all of them if it is 0 or there are fewer."""
    return Chosen(sounds, spread(len(sounds), min(n_most or len(sounds), len(sounds))))


def spread(n_sounds: int, n_wanted: int) -> list[int]:
    """Return ``n_wanted`` indices spread evenly over all; some are named again if need be."""
    return [index * n_sounds // n_wanted for index in range(n_wanted)]
