"""Train a codec on crops of sounds."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from timbrush.audio.spectrogram import peak_spectrogram
from timbrush.checkpoints import load_codec, save_codec
from timbrush.codec.quantizer import perplexity
from timbrush.codec.vqvae2 import VQVAE2
from timbrush.config import to_dict
from timbrush.datasets.examples import Joined, Remembered, Sounds
from timbrush.datasets.folder import open_sounds
from timbrush.effect import bundled
from timbrush.effect.bundled import CODEC_FILE
from timbrush.effect.model import read_spectrogram
from timbrush.errors import ConfigError
from timbrush.tensors import Spectrogram, Waveform
from timbrush.training.codec.augmentation import draw_crops
from timbrush.training.codec.config import CodecRunConfig
from timbrush.training.codec.losses import spectrogram_loss
from timbrush.training.loop import processes
from timbrush.training.loop.publication import CHART, RECORD, brief, write_beside
from timbrush.training.loop.run import run_as_told


class CodecTask:
    """Trains a VQ-VAE-2 on crops of sounds; see ``loop.task.Task``."""

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
        restored = module(target)
        loss, terms = spectrogram_loss(
            restored.spectrogram.float(), target, config.spectrogram, config.loss
        )
        return loss + restored.loss, terms

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
    """Train a codec as the run file says; return the record of the run.

    Raises:
        ConfigError: If the output folder and ``resume`` contradict each other.
        DatasetError: If the sounds cannot be read.
    """
    return run_as_told(CodecTask(config, torch.device(device)), config, resume=resume)


def _start(config: CodecRunConfig) -> VQVAE2:
    if not config.start:
        return VQVAE2(config.codec)
    found = bundled.find(config.start)
    path = found / CODEC_FILE if found.is_dir() else found
    codec, checkpoint = load_codec(path)
    if not isinstance(codec, VQVAE2) or codec.config != config.codec:
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
    return codec.requires_grad_(True)
