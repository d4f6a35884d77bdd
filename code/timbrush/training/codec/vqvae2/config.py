"""The settings of a run that trains a codec."""

from dataclasses import dataclass, field

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.vqvae2 import VQVAE2Config
from timbrush.errors import ConfigError
from timbrush.training.codec.crops.augmentation import AugmentationConfig
from timbrush.training.codec.data import DataConfig
from timbrush.training.codec.vqvae2.losses import LossConfig
from timbrush.training.loop.config import LoopConfig


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
