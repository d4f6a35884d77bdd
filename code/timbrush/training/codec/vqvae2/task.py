"""Train a VQ-VAE-2 on crops of sounds."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from timbrush.audio.spectrogram import begun_magnitudes, peak_spectrogram, to_spectrogram
from timbrush.codec.quantizer import perplexity
from timbrush.codec.vqvae2 import VQVAE2
from timbrush.tensors import Spectrogram, Waveform
from timbrush.training.codec.checkpoint import FILES, publish, start_from
from timbrush.training.codec.crops.augmentation import draw_crops
from timbrush.training.codec.data import open_training, open_validation, some
from timbrush.training.codec.vqvae2.config import CodecRunConfig
from timbrush.training.codec.vqvae2.losses import spectrogram_loss
from timbrush.training.loop.run import run_as_told


class CodecTask:
    """Trains a VQ-VAE-2 on crops of sounds; see ``loop.task.Task``."""

    files = FILES

    def __init__(self, config: CodecRunConfig, device: torch.device) -> None:
        torch.manual_seed(config.loop.seed)
        self.config = config
        self.device = device
        codec = start_from(config.start, VQVAE2(config.codec), config.spectrogram)
        assert isinstance(codec, VQVAE2), "the codec to start from is of the run file's kind"
        self.module = codec.to(device)
        frames = self.module.grids[0].frames_per_column
        self._column_samples = frames * config.spectrogram.hop_length
        rate = config.spectrogram.sample_rate
        self._train = open_training(config.data, rate)
        self._valid = open_validation(config.data, rate)

    def loss(self, module: nn.Module, seed: tuple[int, ...]) -> tuple[Tensor, dict[str, float]]:
        """Return the loss on a batch of crops."""
        config = self.config
        length = config.data.crop_columns * self._column_samples
        crops = draw_crops(
            self._train, config.data.batch_size, length, config.augmentation, seed
        )
        heard = begun_magnitudes(crops.waveforms.to(self.device), config.spectrogram)
        target = to_spectrogram(heard, crops.gain(heard), config.spectrogram)
        restored = module(target)
        loss, terms = spectrogram_loss(
            restored.spectrogram.float(), target, config.spectrogram, config.loss
        )
        return loss + restored.loss, terms

    @torch.no_grad()
    def validate(self, module: nn.Module) -> dict[str, float]:
        """Return the loss's terms and the perplexities on whole validation sounds."""
        assert isinstance(module, VQVAE2), "this task trains a VQVAE2"
        sounds = some(self._valid, self.config.data.n_valid)
        totals: dict[str, float] = {}
        codes: tuple[list[Tensor], ...] = ([], [])
        for index in range(len(sounds)):
            target = self._whole(sounds[index].waveform[None].to(self.device))
            codemaps = module.encode(target)
            _, terms = spectrogram_loss(
                module.decode(codemaps), target, self.config.spectrogram, self.config.loss
            )
            totals = {name: totals.get(name, 0.0) + terms[name] / len(sounds) for name in terms}
            for level, codemap in zip(codes, codemaps, strict=True):
                level.append(codemap.flatten())
        size = self.config.codec.quantizer.codebook_size
        coarse, fine = (perplexity(torch.cat(level), size) for level in codes)
        return {**totals, "coarse_perplexity": coarse, "fine_perplexity": fine}

    def publish(self, module: nn.Module, record: Mapping[str, Any]) -> None:
        """Write the codec, the record and the chart."""
        publish(
            Path(self.config.output),
            module,
            record,
            spectrogram=self.config.spectrogram,
            batch_size=self.config.data.batch_size,
        )

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
