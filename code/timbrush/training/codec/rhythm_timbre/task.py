"""Train a codec of rhythm and timbre on crops of sounds."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from timbrush.audio.levels import measure, to_levels
from timbrush.audio.spectrogram import SpectralPeak, begun_magnitudes, to_spectrogram
from timbrush.codec.quantizer import perplexity
from timbrush.codec.rhythm_timbre import RhythmTimbre
from timbrush.tensors import Magnitudes, Waveform
from timbrush.training.codec.checkpoint import FILES, publish, start_from
from timbrush.training.codec.crops.augmentation import draw_crops
from timbrush.training.codec.data import open_training, open_validation, some
from timbrush.training.codec.rhythm_timbre.config import RhythmTimbreRunConfig
from timbrush.training.codec.rhythm_timbre.losses import Heard, hearing_loss
from timbrush.training.loop.run import run_as_told


class RhythmTimbreTask:
    """Trains a codec of rhythm and timbre on crops of sounds; see ``loop.task.Task``."""

    files = FILES

    def __init__(self, config: RhythmTimbreRunConfig, device: torch.device) -> None:
        torch.manual_seed(config.loop.seed)
        self.config = config
        self.device = device
        sizes = config.rhythm_timbre
        codec = start_from(config.start, RhythmTimbre(sizes), sizes.spectrogram)
        assert isinstance(codec, RhythmTimbre), "the codec to start from is of the same kind"
        self.module = codec.to(device)
        self._patch_samples = sizes.steps_per_patch * sizes.step_length
        rate = sizes.spectrogram.sample_rate
        self._train = open_training(config.data, rate)
        self._valid = open_validation(config.data, rate)

    def loss(self, module: nn.Module, seed: tuple[int, ...]) -> tuple[Tensor, dict[str, float]]:
        """Return the loss on a batch of crops."""
        config = self.config
        length = config.data.crop_columns * self._patch_samples
        crops = draw_crops(
            self._train, config.data.batch_size, length, config.augmentation, seed
        )
        waveforms = crops.waveforms.to(self.device)
        magnitudes = self._magnitudes(waveforms)
        whole = self._hear(waveforms, magnitudes, crops.gain(magnitudes))
        restored = module(whole.spectrogram, whole.levels)
        loss, terms = hearing_loss(
            Heard(restored.spectrogram.float(), restored.levels.float()),
            self._below_top(whole),
            crops.edges_hertz.to(self.device),
            config.rhythm_timbre,
            config.loss,
        )
        return loss + restored.loss, terms

    @torch.no_grad()
    def validate(self, module: nn.Module) -> dict[str, float]:
        """Return the loss's terms and the perplexities on whole validation sounds."""
        assert isinstance(module, RhythmTimbre), "this task trains a RhythmTimbre"
        config, sounds = self.config, some(self._valid, self.config.data.n_valid)
        totals: dict[str, float] = {}
        codes: tuple[list[Tensor], ...] = ([], [])
        for index in range(len(sounds)):
            sound = sounds[index]
            whole = self._whole(sound.waveform[None].to(self.device))
            codemaps = module.encode(whole.spectrogram, whole.levels)
            restored = Heard(module.decode(codemaps), module.decode_levels(codemaps))
            edge = torch.tensor([sound.edge_hertz], device=self.device)
            _, terms = hearing_loss(
                self._below_top(restored),
                self._below_top(whole),
                edge,
                config.rhythm_timbre,
                config.loss,
            )
            totals = {name: totals.get(name, 0.0) + terms[name] / len(sounds) for name in terms}
            for level, codemap in zip(codes, codemaps, strict=True):
                level.append(codemap.flatten())
        perplexities = {
            f"{name}_perplexity": perplexity(torch.cat(level), size)
            for name, level, size in zip(
                module.shape.names, codes, module.shape.codebook_sizes, strict=True
            )
        }
        return {**totals, **perplexities}

    def publish(self, module: nn.Module, record: Mapping[str, Any]) -> None:
        """Write the codec, the record and the chart."""
        assert isinstance(module, RhythmTimbre), "this task trains a RhythmTimbre"
        publish(
            Path(self.config.output),
            module,
            record,
            spectrogram=module.config.spectrogram,
            batch_size=self.config.data.batch_size,
        )

    def _whole(self, waveform: Waveform) -> Heard:
        padded = nn.functional.pad(waveform, (0, -waveform.shape[1] % self._patch_samples))
        magnitudes = self._magnitudes(padded)
        return self._hear(padded, magnitudes, magnitudes.amax(dim=(1, 2)))

    def _magnitudes(self, waveform: Waveform) -> Magnitudes:
        return begun_magnitudes(waveform, self.config.rhythm_timbre.spectrogram)

    def _hear(self, waveform: Waveform, magnitudes: Magnitudes, gain: SpectralPeak) -> Heard:
        sizes = self.config.rhythm_timbre
        power = measure(waveform, sizes.levels)
        return Heard(
            to_spectrogram(magnitudes, gain, sizes.spectrogram),
            to_levels(power, gain, sizes.spectrogram.floor_decibels),
        )

    def _below_top(self, heard: Heard) -> Heard:
        """Return what the codec's rows cover; above them it codes nothing."""
        top = self.config.rhythm_timbre.band_edges[-1]
        return heard._replace(spectrogram=heard.spectrogram[:, :top])


def train(
    config: RhythmTimbreRunConfig, *, resume: bool = False, device: str = "cpu"
) -> dict[str, Any]:
    """Train a codec as the run file says; return the record of the run.

    Raises:
        ConfigError: If the output folder and ``resume`` contradict each other.
        DatasetError: If the sounds cannot be read.
    """
    task = RhythmTimbreTask(config, torch.device(device))
    return run_as_told(task, config, resume=resume)
