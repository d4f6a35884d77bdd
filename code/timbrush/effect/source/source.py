"""A sound as it was opened: its samples, its rate, its codes and its peak."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from timbrush.audio.levels import Levels, measure_part, to_levels
from timbrush.audio.resampling import Rates, Samples
from timbrush.audio.spectrogram import (
    SpectralPeak,
    SpectrogramConfig,
    power,
    stft,
    to_spectrogram,
)
from timbrush.codec.contract import Codec, frames_per_patch
from timbrush.effect.source.codes import LazyCodes, Picture
from timbrush.effect.source.recording import Recording
from timbrush.tensors import Magnitudes, Spectrogram, Waveform

PEAK_FRAMES = 1024
"""Frames, over all channels, that are looked at together when the peak is sought."""

Read = Callable[[int, int], Waveform]
"""Returns samples at the model's rate between two numbers; silence surrounds the sound."""


class View:
    """A recording as its codec sees it. Other processes can be sent it.

    Args:
        recording: The samples.
        codec: What encodes.
        config: The spectrogram that the codec sees.
    """

    def __init__(self, recording: Recording, codec: Codec, config: SpectrogramConfig) -> None:
        self._recording, self._codec, self._config = recording, codec, config
        self.peak = 0.0
        self._latest: tuple[tuple[int, int], Magnitudes] | None = None

    def __call__(self, first: int, last: int) -> Picture:
        """Return what the codec sees of some frames."""
        magnitudes = self.squares(first, last).sqrt()
        gain = torch.full((len(magnitudes),), self.peak)
        levels = measure_levels(self.waveform, first, last, gain, self._codec, self._config)
        return to_spectrogram(magnitudes, gain, self._config), levels

    def squares(self, first: int, last: int) -> Magnitudes:
        """Return the power of some frames.

        The latest is kept: of a short sound, the peak and the codes ask for the same.
        """
        latest = self._latest
        if latest is None or latest[0] != (first, last):
            squares = squared_magnitudes(self.waveform, first, last, self._config)
            self._latest = latest = ((first, last), squares)
        return latest[1]

    def waveform(self, first: int, last: int) -> Waveform:
        """Return samples at the codec's rate."""
        recording = self._recording
        rates = Rates(outer=recording.sample_rate, inner=self._config.sample_rate)
        return to_inner(recording.read, rates, first, last)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_latest": None}


@dataclass(frozen=True, eq=False)
class Source:
    """A sound that is painted on. No stroke changes it.

    Args:
        recording: Its samples, as they were handed over.
        codec: What made its codes, and decodes them.
        config: The spectrogram that the codec sees.
        peak: Its spectral peak: what 0 dB stands for, whatever strokes do.
        codes: Its codes.
    """

    recording: Recording
    codec: Codec
    config: SpectrogramConfig
    peak: float
    codes: LazyCodes

    @classmethod
    def open(
        cls, samples: Any, sample_rate: int, *, codec: Codec, config: SpectrogramConfig
    ) -> "Source":
        """Open samples.

        Raises:
            SoundError: If they are no sound.
        """
        recording = Recording(samples, sample_rate)
        view = View(recording, codec, config)
        width = frames_per_patch(codec)
        n_columns = count_columns(recording.length, recording.sample_rate, codec, config)
        step = max(1, PEAK_FRAMES // recording.n_channels)
        view.peak = find_peak(view.squares, n_columns * width, step)
        return cls(recording, codec, config, view.peak, LazyCodes(view, n_columns, codec))

    @property
    def sample_rate(self) -> int:
        """Rate of the sound."""
        return self.recording.sample_rate

    @property
    def length(self) -> int:
        """Samples of a channel."""
        return self.recording.length

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return self.length / self.sample_rate

    @property
    def top_hertz(self) -> float:
        """Upper end of the band that strokes redraw."""
        top = self.codec.grids[0].row_edges[-1] * self.config.bin_hertz
        return min(top, self.config.sample_rate / 2, self.sample_rate / 2)

    @property
    def n_columns(self) -> int:
        """Patch columns of the sound."""
        return self.codes.n_columns

    @property
    def rates(self) -> Rates:
        """The sound's rate and the model's."""
        return Rates(outer=self.sample_rate, inner=self.config.sample_rate)

    def spectrogram(self, read: Read, first_frame: int, last_frame: int) -> Spectrogram:
        """Return log-magnitudes of some frames, relative to this sound's peak.

        Args:
            read: What the strokes made of the sound.
            first_frame: The first frame.
            last_frame: The one after the last.
        """
        squares = squared_magnitudes(read, first_frame, last_frame, self.config)
        peak = torch.full((squares.shape[0],), self.peak)
        return to_spectrogram(squares.sqrt_(), peak, self.config)


def to_inner(
    read: Callable[[int, int], Samples], rates: Rates, first: int, last: int
) -> Waveform:
    """Return samples at the model's rate of what ``read`` reads at the sound's own."""
    piece = read(*rates.outer_span(first, last))
    return torch.from_numpy(rates.to_inner(piece, first, last))


def count_columns(
    length: int, sample_rate: int, codec: Codec, config: SpectrogramConfig
) -> int:
    """Return the patch columns of a sound: as few as cover its last sample."""
    inner = -(-length * config.sample_rate // sample_rate)
    return -(-inner // (config.hop_length * frames_per_patch(codec)))


def find_peak(squares: Callable[[int, int], Magnitudes], n_frames: int, step: int) -> float:
    """Return the largest magnitude of a sound, looked at in pieces of ``step`` frames."""
    starts = range(0, n_frames, step)
    peaks = (float(squares(first, min(first + step, n_frames)).max()) for first in starts)
    return math.sqrt(max(peaks, default=0.0))


def measure_levels(
    read: Read,
    first_frame: int,
    last_frame: int,
    gain: SpectralPeak,
    codec: Codec,
    config: SpectrogramConfig,
) -> Levels | None:
    """Return the band levels in the time of some frames; None if the codec codes none.

    Args:
        read: What reads the sound.
        first_frame: The first frame.
        last_frame: The one after the last.
        gain: Spectral peak of each channel.
        codec: Says how levels are measured.
        config: The spectrogram that the frames are of.
    """
    if codec.levels is None:
        return None
    per_frame = config.hop_length // codec.levels.step_length
    measured = measure_part(read, first_frame * per_frame, last_frame * per_frame, codec.levels)
    return to_levels(measured, gain, config.floor_decibels)


def squared_magnitudes(
    read: Read, first_frame: int, last_frame: int, config: SpectrogramConfig
) -> Magnitudes:
    """Return the power of some frames of a sound, as ``stft`` of the whole has them.

    Args:
        read: What reads the sound.
        first_frame: The first frame.
        last_frame: The one after the last.
        config: The spectrogram.
    """
    hop, half = config.hop_length, config.n_fft // 2
    around = -(-half // hop)  # whole frames that windows reach beyond a frame's middle
    piece = read((first_frame - around) * hop, (last_frame + around) * hop)
    return power(stft(piece, config)[:, :, around : around + last_frame - first_frame])
