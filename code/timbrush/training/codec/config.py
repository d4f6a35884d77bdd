"""The settings of a run that trains a codec."""

from dataclasses import dataclass, field

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.vqvae2 import VQVAE2Config
from timbrush.errors import ConfigError
from timbrush.training.codec.augmentation import AugmentationConfig
from timbrush.training.codec.losses import LossConfig
from timbrush.training.loop.config import LoopConfig


@dataclass(frozen=True, kw_only=True)
class DataConfig:
    """Where the sounds are and how many are seen at once.

    Args:
        train: Folders in NSynth's layout, or any folders of sounds; every sound of all of
            them is drawn equally often, and twice as often if its folder is named twice.
        valid: A folder of other sounds.
        batch_size: Crops a step.
        crop_columns: Length of a crop in coarse columns.
        n_valid: Validation sounds used during training, evenly spread; 0 for all.

    Raises:
        ConfigError: For no folder, or sizes below one.
    """

    train: tuple[str, ...]
    valid: str
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


@dataclass(frozen=True, kw_only=True)
class CodecRunConfig:
    """A whole run: ``timbrush train RUN.toml`` reads it.

    Args:
        output: Folder of the state, the checkpoint, the record and the chart.
        data: The sounds.
        loop: The training loop.
        codec: Sizes of the VQ-VAE-2.
        spectrogram: Settings of the spectrogram.
        loss: Weights of the loss.
        augmentation: Variations of the crops.
        start: A codec to go on from: a file, or the name of a model that comes with timbrush,
            as when training on sounds of one's own; empty starts from nothing. Its sizes must
            be those of ``codec``.
    """

    output: str
    data: DataConfig
    loop: LoopConfig
    codec: VQVAE2Config = field(default_factory=VQVAE2Config)
    spectrogram: SpectrogramConfig = field(default_factory=SpectrogramConfig)
    loss: LossConfig = field(default_factory=LossConfig)
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    start: str = ""

    def __post_init__(self) -> None:
        if self.codec.n_bins != self.spectrogram.n_bins:
            raise ConfigError(
                f"codec.n_bins is {self.codec.n_bins}, but n_fft = {self.spectrogram.n_fft} "
                f"makes {self.spectrogram.n_bins} bins"
            )
