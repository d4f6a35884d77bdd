"""A model as the user has it: encode, decode, and open a sound to paint on."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from timbrush import checkpoints
from timbrush.audio.levels import BandPower, impose_in_pieces, to_power
from timbrush.audio.resampling import Rates
from timbrush.audio.spectrogram import SpectrogramConfig, to_magnitudes
from timbrush.audio.synthesis import synthesise
from timbrush.codec.codes import Codes
from timbrush.codec.contract import Codec, frames_per_patch
from timbrush.codec.kinds import CODECS
from timbrush.codec.rhythm_timbre import RhythmTimbre
from timbrush.codec.vqvae import VQVAE
from timbrush.codec.vqvae2 import VQVAE2
from timbrush.config import from_dict
from timbrush.effect import bundled
from timbrush.effect.bundled import CODEC_FILE
from timbrush.effect.canvas import Canvas
from timbrush.effect.edit import Edit
from timbrush.effect.inpainters import Inpainters
from timbrush.effect.memory import keep_freed_memory
from timbrush.effect.painter import Painter
from timbrush.effect.source.recording import check_axes
from timbrush.effect.source.source import Source, count_columns
from timbrush.effect.stroke import Stroke
from timbrush.errors import CheckpointError
from timbrush.inpainting.contract import Inpainter
from timbrush.inpainting.registry import STORED
from timbrush.tensors import Magnitudes
from timbrush.torch_defaults import as_always, survive_forks


@dataclass(frozen=True, eq=False)
class Effect:
    """A codec with its inpainters.

    Args:
        codec: Spectrogram to codemaps and back.
        inpainters: By name.
        spectrogram: Settings that the codec was trained with.
        fingerprint: 16 hex digits that name the codec.
    """

    codec: Codec
    inpainters: Mapping[str, Inpainter]
    spectrogram: SpectrogramConfig
    fingerprint: str

    def __repr__(self) -> str:
        levels = ", ".join(
            f"{level.name} of {rows} rows and {level.codebook_size} codes"
            for level, rows in zip(
                self.codec.shape.levels, self.codec.shape.n_rows, strict=True
            )
        )
        return (
            f"Effect({bundled.name_of(self.fingerprint) or 'own'}, {self.fingerprint}: "
            f"{self.spectrogram.sample_rate} Hz; {levels}; "
            f"inpainters {', '.join(sorted(self.inpainters))})"
        )

    @as_always
    def open(self, samples: Any, *, sample_rate: int, n_channels: int | None = None) -> Canvas:
        """Return a canvas to paint on.

        Args:
            samples: NumPy or torch, ``(time,)`` or ``(channel, time)``; float32 or float64 with
                full scale ±1, int16 or int32. Not copied: leave it as it is.
            sample_rate: Its rate in hertz.
            n_channels: Its channels; may be left out unless there are fewer samples than that.

        Raises:
            SoundError: If that is no sound, or time may be the first axis.
        """
        check_axes(samples, n_channels)
        source = Source.open(samples, sample_rate, codec=self.codec, config=self.spectrogram)
        return Canvas(source, Painter(self.inpainters))

    @as_always
    def encode(self, samples: Any, *, sample_rate: int, n_channels: int | None = None) -> Codes:
        """Return the codes of a sound; see ``open`` for what it may be.

        Raises:
            SoundError: If that is no sound.
        """
        canvas = self.open(samples, sample_rate=sample_rate, n_channels=n_channels)
        return Codes(
            codemaps=canvas.codemaps,
            bits_per_code=self.codec.shape.bits_per_code,
            length=canvas.length,
            sample_rate=canvas.sample_rate,
            gain=canvas.source.peak,
            fingerprint=self.fingerprint,
        )

    @as_always
    def decode(self, codes: Codes) -> np.ndarray:
        """Return the sound of some codes: float32, ``(time,)`` or ``(channel, time)``.

        Its rate and length are those of the sound that was encoded.

        Raises:
            CheckpointError: If another model made the codes.
        """
        codes.check_fingerprint(self.fingerprint)
        self._check_shape(codes)
        shape = self.codec.shape
        config, width = self.spectrogram, frames_per_patch(self.codec)
        n_columns = shape.n_columns(codes.codemaps)
        gain = torch.full((codes.n_channels,), float(codes.gain))

        def magnitudes(first: int, last: int) -> Magnitudes:
            low = max(first // width - self.codec.context_columns, 0)
            high = min(-(-last // width) + self.codec.context_columns, n_columns)
            decoded = self.codec.decode(shape.cut(codes.codemaps, low, high))
            return to_magnitudes(
                decoded[:, :, first - low * width : last - low * width], gain, config
            )

        rates = Rates(outer=codes.sample_rate, inner=config.sample_rate)
        length = -(-codes.length * config.sample_rate // codes.sample_rate)
        waveform = synthesise(magnitudes, n_columns * width, config, length=length)
        if self.codec.levels is not None:
            waveform = impose_in_pieces(waveform, self._levels_of(codes), self.codec.levels)
        samples = rates.to_outer(waveform.numpy(), 0, (0, codes.length))
        return samples[0] if codes.n_channels == 1 else samples

    def _levels_of(self, codes: Codes) -> Callable[[int, int], BandPower]:
        """Return what tells the band levels of some steps of a coded sound."""
        shape, config, reach = self.codec.shape, self.spectrogram, self.codec.context_columns
        assert self.codec.levels is not None, "asked for of a codec that codes levels"
        width = (
            frames_per_patch(self.codec) * config.hop_length // self.codec.levels.step_length
        )
        n_columns = shape.n_columns(codes.codemaps)
        gain = torch.full((codes.n_channels,), float(codes.gain))

        def wanted(first: int, last: int) -> BandPower:
            low = max(first // width - reach, 0)
            high = min(-(-last // width) + reach, n_columns)
            levels = self.codec.decode_levels(shape.cut(codes.codemaps, low, high))
            assert levels is not None, "this codec codes levels"
            part = levels[:, :, first - low * width : last - low * width]
            return to_power(part, gain, config.floor_decibels)

        return wanted

    def listens(self, name: str) -> bool:
        """Return whether a condition changes what an inpainter draws; loads none."""
        if isinstance(self.inpainters, Inpainters):
            return self.inpainters.listens(name)
        return self.inpainters[name].listens

    def edit(self, strokes: Iterable[Stroke]) -> Edit:
        """Return strokes as a file keeps them, with the models that painted them."""
        listed = tuple(strokes)
        names = {name for stroke in listed for name in stroke.inpainters}
        return Edit(strokes=listed, model=self.fingerprint, inpainters=self.fingerprints(names))

    def check(self, edit: Edit) -> None:
        """Refuse an edit that other models painted: its bytes would be others.

        Raises:
            StrokeError: If the codec or an inpainter is another.
        """
        edit.check(self.fingerprint, self.fingerprints(edit.inpainters))

    def fingerprints(self, names: Iterable[str]) -> dict[str, str]:
        """Return the fingerprint of each inpainter that came from a file, by name."""
        if not isinstance(self.inpainters, Inpainters):  # no file holds them
            return {}
        found = {name: self.inpainters.fingerprint(name) for name in sorted(names)}
        return {name: print_ for name, print_ in found.items() if print_ is not None}

    def _check_shape(self, codes: Codes) -> None:
        shape = self.codec.shape
        rows = tuple(codemap.shape[1] for codemap in codes.codemaps)
        columns = tuple(codemap.shape[2] for codemap in codes.codemaps)
        n_columns = count_columns(codes.length, codes.sample_rate, self.codec, self.spectrogram)
        if rows != shape.n_rows or columns != tuple(
            n_columns * scale for scale in shape.columns_per_patch
        ):
            raise CheckpointError(
                f"expected codemaps of {shape.n_rows} rows and {n_columns} patch columns for "
                f"this length, got {rows} rows and {columns} columns; encode the sound again"
            )
        for codemap, size in zip(codes.codemaps, shape.codebook_sizes, strict=True):
            if int(codemap.max()) >= size:
                raise CheckpointError(
                    f"the codebook has {size} codes, got code {int(codemap.max())}; "
                    "encode the sound again"
                )


@as_always
def load(
    path: str | Path | None = None, device: str = "auto", *, made_by: str | None = None
) -> Effect:
    """Load a model.

    Args:
        path: The name of a model that comes with timbrush, such as ``notes``; or a folder with
            ``codec.safetensors`` and a file an inpainter; or one codec file, which brings only
            what needs no file; or one inpainter file, which joins the model that comes with
            timbrush and that it was fitted to. None for the default model.
        device: Where the codec runs: ``auto``, ``cpu`` or ``cuda``. Codes are always drawn on
            the CPU, so that a seed means the same everywhere.
        made_by: Fingerprint of the model that made the codes or strokes at hand: where ``path``
            is None, it is loaded in place of the default one, if it comes with timbrush.

    Raises:
        CheckpointError: If a file is missing, or is no model that fits.
    """
    keep_freed_memory()
    survive_forks()
    where = choose_device(device)
    chosen = bundled.find(path, made_by=made_by)
    if chosen.is_dir():
        return _load_folder(chosen, where)
    if checkpoints.read_kind(chosen) in CODECS:
        return _effect(chosen, {}, where)
    inpainter, checkpoint = checkpoints.load_inpainter(chosen)
    fitted_to = str(checkpoint.extra.get("codec"))
    effect = _load_folder(bundled.find(None, made_by=fitted_to), where)
    checkpoints.check_codec(chosen, checkpoint, effect.fingerprint)
    assert isinstance(effect.inpainters, Inpainters), "a folder's inpainters are lazy"
    effect.inpainters.add(inpainter.name, inpainter, chosen)
    return effect


def _load_folder(folder: Path, device: str) -> Effect:
    codec = folder / CODEC_FILE
    if not codec.is_file():
        raise CheckpointError(
            f"expected {CODEC_FILE} in {folder}, found none; train one, or name another model"
        )
    return _effect(codec, {path.stem: path for path in find_inpainters(folder)}, device)


def find_inpainters(folder: Path) -> list[Path]:
    """Return the files of a folder of models that may be inpainters, sorted.

    What is known to be something else is left out, such as the states of a training.
    """
    return [
        path
        for path in sorted(folder.glob("*.safetensors"))
        if checkpoints.read_kind(path) in (None, *STORED)
    ]


def _effect(path: Path, files: Mapping[str, Path], device: str) -> Effect:
    codec, checkpoint = checkpoints.load_codec(path, device=device)
    config = read_spectrogram(path, codec, checkpoint)
    inpainters = Inpainters(codec.shape, files, codec=checkpoint.fingerprint)
    return Effect(codec, inpainters, config, checkpoint.fingerprint)


def read_spectrogram(
    path: Path, codec: VQVAE | VQVAE2 | RhythmTimbre, checkpoint: checkpoints.Checkpoint
) -> SpectrogramConfig:
    """Return the settings that a codec was trained with.

    Args:
        path: Its file, for messages.
        codec: From ``checkpoints.load_codec``.
        checkpoint: From there too.

    Raises:
        CheckpointError: If it is no codec of sounds, or does not fit its spectrogram.
        ConfigError: If they are no settings of a spectrogram.
    """
    settings = checkpoint.extra.get("spectrogram")
    if not isinstance(settings, Mapping):
        raise CheckpointError(
            f"{path} says nothing of its spectrogram; expected a codec of sounds"
        )
    config = from_dict(SpectrogramConfig, settings, where=f"{path.name}: spectrogram")
    if codec.config.n_bins != config.n_bins:
        raise CheckpointError(
            f"{path} is a codec of {codec.config.n_bins} bins, but its spectrogram has "
            f"{config.n_bins}; train it again"
        )
    return config


def choose_device(device: str) -> str:
    """Return where to compute; ``auto`` is the graphics card if there is one.

    Raises:
        CheckpointError: If there is no such device.
    """
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    counts = {"cpu": 1, "cuda": torch.cuda.device_count()}
    try:
        chosen = torch.device(device)
        n_devices = counts[chosen.type]
    except (RuntimeError, KeyError):
        raise CheckpointError(f"device must be auto, cpu or cuda, got {device!r}") from None
    if (chosen.index or 0) >= n_devices:
        raise CheckpointError(f"device {device} is not there; use auto or cpu")
    return device
