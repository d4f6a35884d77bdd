"""Draw the picture of a sound that the page shows: time by frequency."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float, UInt8

from timbrush.audio.spectrogram import SpectrogramConfig, power, stft
from timbrush.web.look import Look

Columns = UInt8[np.ndarray, "column row"]
"""Levels in steps of half a decibel: 255 is a full-scale sine, 0 is -127.5 dB or less."""

Read = Callable[[int, int], Float[np.ndarray, "channel time"]]
"""Returns the samples from one number up to another, both within the sound."""

LOWEST_HERTZ = 27.5
HIGHEST_HERTZ = 20_000.0
ROWS_PER_OCTAVE = 64
STEPS_PER_DECIBEL = 2.0
MAX_COLUMNS = 12_288
_BATCH_SAMPLES = 2048 * 4096


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Where the columns and rows of a sound's picture lie.

    This is for the eye only: finer in time than the model's spectrogram, at the sound's own
    rate, and up to 20 kHz.

    Args:
        sample_rate: Rate of the sound in hertz.
        length: Samples of the sound.
        look: How it is drawn.

    Example:
        >>> Picture(sample_rate=16_000, length=64_000).hop_length
        128
    """

    sample_rate: int
    length: int
    look: Look = field(default_factory=Look)

    @property
    def n_fft(self) -> int:
        """Window in samples: the power of two next to what is asked for."""
        return max(64, 1 << round(math.log2(self.sample_rate * self.look.window_seconds)))

    @property
    def hop_length(self) -> int:
        """Samples from one column to the next: a power of two, coarser for longer sounds."""
        finest = self.n_fft // 16
        coarsest = max(64, 1 << round(math.log2(self.sample_rate / 10))) // 4
        wanted = 2 ** math.ceil(math.log2(max(1, self.length / MAX_COLUMNS)))
        return max(finest, min(coarsest, wanted))

    @property
    def frames_per_column(self) -> int:
        """Windows of which a column shows the loudest: several, if they are short."""
        return max(1, 4 * self.hop_length // self.n_fft)

    @property
    def n_columns(self) -> int:
        """Columns; column ``c`` is centred on sample ``c * hop_length``."""
        return 1 + self.length // self.hop_length

    @property
    def high_hertz(self) -> float:
        """Upper edge of the picture."""
        return min(HIGHEST_HERTZ, self.sample_rate / 2)

    @property
    def low_hertz(self) -> float:
        """Lower edge of the picture."""
        return min(LOWEST_HERTZ, self.high_hertz / 2)

    @property
    def n_rows(self) -> int:
        """Rows, equally high on the scale, low first; as many as octaves need."""
        return math.ceil(math.log2(self.high_hertz / self.low_hertz) * ROWS_PER_OCTAVE)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the first column, and one past the last, that samples first..last-1 touch."""
        n_frames = self.frames_per_column
        reach = self.n_fft // 2 + n_frames // 2 * self.hop_length // n_frames
        start = max(0, math.ceil((first - reach) / self.hop_length))
        return start, max(start, min(self.n_columns, (last + reach) // self.hop_length + 1))

    def columns(self, read: Read, first: int = 0, last: int | None = None) -> Columns:
        """Draw columns ``first`` to ``last - 1``; the mean power of the channels.

        Args:
            read: Returns samples; full scale is ±1.
            first: First column.
            last: One past the last column; None for all.
        """
        last = self.n_columns if last is None else last
        size = max(1, _BATCH_SAMPLES // (self.n_fft * self.frames_per_column))
        starts = range(first, last, size)
        batches = [self._batch(read, c, min(last, c + size)) for c in starts]
        return np.concatenate([np.zeros((0, self.n_rows), np.uint8), *batches])

    def _batch(self, read: Read, first: int, last: int) -> Columns:
        group = self.frames_per_column
        step = self.hop_length // group
        # The frames of a column lie around its middle.
        start = first * self.hop_length - (group // 2) * step - self.n_fft
        n_frames = (last - first) * group
        stop = start + 2 * self.n_fft + n_frames * step
        piece = np.asarray(read(max(0, start), max(0, min(self.length, stop))), np.float32)
        piece = self.look.seen(piece)
        padded = np.zeros((len(piece), stop - start), np.float32)
        before = max(0, -start)
        padded[:, before : before + piece.shape[1]] = piece
        config = SpectrogramConfig(
            sample_rate=self.sample_rate, n_fft=self.n_fft, hop_length=step
        )
        skipped = self.n_fft // step
        total = np.zeros((self.n_fft // 2 + 1, n_frames), np.float32)
        for channel in torch.from_numpy(padded)[:, None]:  # in turn: there may be hundreds
            spectrum = stft(channel, config)[:, :, skipped : skipped + n_frames]
            total += power(spectrum)[0].numpy()
        loudest = total.reshape(len(total), -1, group).max(axis=2)
        return self._levels(loudest / len(padded))

    def _levels(self, power: Float[np.ndarray, "bin column"]) -> Columns:
        decibels = 10 * np.log10(np.maximum(power, 1e-15))
        edges = self._edges_hertz() * self.n_fft / self.sample_rate  # in bins
        narrow = int(np.searchsorted(np.diff(edges), 1.0))
        low = _between(decibels, self._middles(edges)[:narrow])
        high = _loudest(decibels, edges[narrow:])
        steps = np.concatenate([low, high]) * STEPS_PER_DECIBEL + 255
        return np.ascontiguousarray(np.clip(np.rint(steps), 0, 255).astype(np.uint8).T)

    def _edges_hertz(self) -> Float[np.ndarray, " edge"]:
        low, high = self.look.up(np.array([self.low_hertz, self.high_hertz])).tolist()
        return self.look.down(np.linspace(low, high, self.n_rows + 1))

    def _middles(self, edges: Float[np.ndarray, " edge"]) -> Float[np.ndarray, " row"]:
        places = self.look.up(edges)
        return self.look.down((places[:-1] + places[1:]) / 2)


def _between(
    decibels: Float[np.ndarray, "bin column"], bins: Float[np.ndarray, " row"]
) -> Float[np.ndarray, "row column"]:
    """Interpolate rows that are narrower than a bin."""
    lower = np.minimum(np.floor(bins).astype(int), len(decibels) - 2)
    share = (bins - lower)[:, None].astype(decibels.dtype)
    return decibels[lower] * (1 - share) + decibels[lower + 1] * share


def _loudest(
    decibels: Float[np.ndarray, "bin column"], edges: Float[np.ndarray, " edge"]
) -> Float[np.ndarray, "row column"]:
    """Return the loudest bin of rows wider than a bin, so that no partial is lost."""
    if len(edges) < 2:
        return decibels[:0]
    starts = np.minimum(np.rint(edges[:-1]).astype(int), len(decibels) - 1)
    return np.maximum.reduceat(decibels, starts, axis=0)
