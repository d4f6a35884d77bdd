"""A run file to a trained codec."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from timbrush import seeds
from timbrush.audio.spectrogram import SpectrogramConfig, peak_spectrogram
from timbrush.checkpoints import load_codec, save_codec
from timbrush.codec.quantizer import perplexity
from timbrush.codec.vqvae2 import VQVAE2, VQVAE2Config
from timbrush.config import to_dict
from timbrush.datasets.examples import Joined, Remembered, Sounds
from timbrush.datasets.folder import open_sounds
from timbrush.effect.model import BUNDLED, CODEC_FILE, read_spectrogram
from timbrush.errors import ConfigError
from timbrush.tensors import Spectrogram, Waveform
from timbrush.training import processes
from timbrush.training.augmentation import AugmentationConfig, draw_crops
from timbrush.training.heard import EDGE_FRAMES, heard
from timbrush.training.loop import LoopConfig, run_as_told
from timbrush.training.losses import LossConfig, change_outside, spectrogram_loss
from timbrush.training.publication import CHART, RECORD, brief, write_beside
from timbrush.training.rows import with_rows
from timbrush.training.swaps import draw_swaps


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
        start: A codec to go on from; ``bundled`` for the one in the package, as when training
            on sounds of one's own; empty starts from nothing. Its sizes must be those of
            ``codec``, but for ``row_heights``: other rows take over what their bins knew.
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


class CodecTask:
    """Trains a VQ-VAE-2 on crops of sounds; see ``loop.Task``."""

    files = (CODEC_FILE, RECORD, CHART)

    def __init__(self, config: CodecRunConfig, device: torch.device) -> None:
        torch.manual_seed(config.loop.seed)
        self.config = config
        self.device = device
        self.module = _start(config).to(device)
        frames = self.module.grids[0].frames_per_column
        self._column_samples = frames * config.spectrogram.hop_length
        rate = config.spectrogram.sample_rate
        parts = [open_sounds(Path(folder), sample_rate=rate) for folder in config.data.train]
        self._train: Sounds = Remembered(Joined(parts))
        self._valid: Sounds = Remembered(open_sounds(Path(config.data.valid), sample_rate=rate))

    def loss(self, module: nn.Module, seed: tuple[int, ...]) -> tuple[Tensor, dict[str, float]]:
        """Return the loss on a batch of crops."""
        config = self.config
        length = config.data.crop_columns * self._column_samples
        crops = draw_crops(
            self._train, config.data.batch_size, length, config.augmentation, seed
        )
        target = peak_spectrogram(crops.to(self.device), config.spectrogram)
        if not config.loss.locality:
            restored = module(target)
            loss, terms = self._distance(restored.spectrogram, target)
            return loss + restored.loss, terms
        masks, zone = draw_swaps(
            self.module.grids,
            config.data.crop_columns,
            config.codec.n_bins,
            seeds.generator(*seed),
        )
        restored = module(target, tuple(mask.to(self.device) for mask in masks))
        plain, changed = restored.spectrogram.split((len(target), len(zone)))
        loss, terms = self._distance(plain, target)
        scale = -config.spectrogram.floor_decibels
        outside = change_outside(changed, plain[: len(zone)], zone.to(self.device), scale)
        terms["outside"] = outside.item()
        return loss + restored.loss + config.loss.locality * outside / 8, terms

    def _distance(
        self, restored: Spectrogram, target: Spectrogram
    ) -> tuple[Tensor, dict[str, float]]:
        spectrogram, config = self.config.spectrogram, self.config.loss
        loss, terms = spectrogram_loss(restored.float(), target, spectrogram, config)
        if not config.heard:
            return loss, terms
        whole = slice(EDGE_FRAMES, -EDGE_FRAMES)
        sound = heard(restored.float(), spectrogram)[:, :, whole]
        after, terms_after = spectrogram_loss(sound, target[:, :, whole], spectrogram, config)
        terms |= {f"{name}_heard": value for name, value in terms_after.items()}
        return (1 - config.heard) * loss + config.heard * after, terms

    @torch.no_grad()
    def validate(self, module: nn.Module) -> dict[str, float]:
        """Return the loss's terms and the perplexities on whole validation sounds."""
        assert isinstance(module, VQVAE2), "this task trains a VQVAE2"
        n_sounds = min(self.config.data.n_valid or len(self._valid), len(self._valid))
        totals: dict[str, float] = {}
        codes: tuple[list[Tensor], ...] = ([], [])
        for index in range(n_sounds):
            waveform = self._valid[index * len(self._valid) // n_sounds].waveform
            target = self._whole(waveform[None].to(self.device))
            codemaps = module.encode(target)
            _, terms = spectrogram_loss(
                module.decode(codemaps), target, self.config.spectrogram, self.config.loss
            )
            totals = {name: totals.get(name, 0.0) + terms[name] / n_sounds for name in terms}
            for level, codemap in zip(codes, codemaps, strict=True):
                level.append(codemap.flatten())
        size = self.config.codec.quantizer.codebook_size
        coarse, fine = (perplexity(torch.cat(level), size) for level in codes)
        return {**totals, "coarse_perplexity": coarse, "fine_perplexity": fine}

    def publish(self, module: nn.Module, record: Mapping[str, Any]) -> None:
        """Write the codec, the record and the chart."""
        path = Path(self.config.output) / CODEC_FILE
        seen = processes.sounds_seen(record["steps"], self.config.data.batch_size)
        counted = {**record, "sounds_seen": seen}
        extra = {"spectrogram": to_dict(self.config.spectrogram), "training": brief(counted)}
        fingerprint = save_codec(path, module, extra=extra)
        write_beside(path, {**counted, "fingerprint": fingerprint})

    def _whole(self, waveform: Waveform) -> Spectrogram:
        padded = nn.functional.pad(waveform, (0, -waveform.shape[1] % self._column_samples))
        return peak_spectrogram(padded, self.config.spectrogram)


def train(
    config: CodecRunConfig, *, resume: bool = False, device: str = "cpu"
) -> dict[str, Any]:
    """Train a codec as the run file says; answer the record of the run.

    Raises:
        ConfigError: If the output folder and ``resume`` contradict each other.
        DatasetError: If the sounds cannot be read.
    """
    return run_as_told(CodecTask(config, torch.device(device)), config, resume=resume)


def _start(config: CodecRunConfig) -> VQVAE2:
    if not config.start:
        return VQVAE2(config.codec)
    path = BUNDLED / CODEC_FILE if config.start == "bundled" else Path(config.start)
    codec, checkpoint = load_codec(path)
    if not isinstance(codec, VQVAE2) or _rowless(codec.config) != _rowless(config.codec):
        raise ConfigError(
            f"{config.start} has other sizes than the run file's codec; copy its settings "
            "(timbrush info shows them) or leave start out"
        )
    learned = read_spectrogram(path, codec, checkpoint)
    if learned != config.spectrogram:
        raise ConfigError(
            f"{config.start} learned from other spectrograms than the run file's: {learned}; "
            "copy these settings or leave start out"
        )
    if codec.config.row_heights != config.codec.row_heights:
        codec = with_rows(codec, config.codec.row_heights)
    return codec.requires_grad_(True)


def _rowless(config: VQVAE2Config) -> VQVAE2Config:
    return replace(config, row_heights=(1, 1))
