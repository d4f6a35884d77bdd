"""Draw the picture of a sound that the page shows: time by octaves."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8

from timbrush.audio.spectrogram import SpectrogramConfig, power, stft

Columns = UInt8[np.ndarray, "column row"]
"""Levels in steps of half a decibel: 255 is a full-scale sine, 0 is -127.5 dB or less."""

Read = Callable[[int, int], Float[np.ndarray, "channel time"]]
"""Returns the samples from one number up to another, both within the sound."""

LOWEST_HERTZ = 27.5
HIGHEST_HERTZ = 20_000.0
ROWS_PER_OCTAVE = 64
STEPS_PER_DECIBEL = 2.0
MAX_COLUMNS = 12_288
_BATCH_COLUMNS = 2048


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Where the columns and rows of a sound's picture lie.

    This is for the eye only: finer in time than the model's spectrogram, at the sound's own
    rate, and up to 20 kHz.

    Args:
        sample_rate: Rate of the sound in hertz.
        length: Samples of the sound.

    Example:
        >>> Picture(sample_rate=16_000, length=64_000).hop_length
        128
    """

    sample_rate: int
    length: int

    @property
    def n_fft(self) -> int:
        """Window in samples: the power of two next to a tenth of a second."""
        return max(64, 1 << round(math.log2(self.sample_rate / 10)))

    @property
    def hop_length(self) -> int:
        """Samples from one column to the next: a power of two, coarser for longer sounds."""
        finest = self.n_fft // 16
        wanted = 2 ** math.ceil(math.log2(max(1, self.length / MAX_COLUMNS)))
        return min(self.n_fft // 4, max(finest, wanted))

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
        """Rows, equally high in octaves, low first."""
        return math.ceil(math.log2(self.high_hertz / self.low_hertz) * ROWS_PER_OCTAVE)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the first column, and one past the last, that samples first..last-1 touch."""
        reach = self.n_fft // 2
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
        starts = range(first, last, _BATCH_COLUMNS)
        batches = [self._batch(read, c, min(last, c + _BATCH_COLUMNS)) for c in starts]
        return np.concatenate([np.zeros((0, self.n_rows), np.uint8), *batches])

    def _batch(self, read: Read, first: int, last: int) -> Columns:
        start = first * self.hop_length - self.n_fft
        stop = (last - 1) * self.hop_length + self.n_fft
        piece = np.asarray(read(max(0, start), min(self.length, stop)), np.float32)
        padded = np.zeros((len(piece), stop - start), np.float32)
        before = max(0, -start)
        padded[:, before : before + piece.shape[1]] = piece
        config = SpectrogramConfig(
            sample_rate=self.sample_rate, n_fft=self.n_fft, hop_length=self.hop_length
        )
        skipped = self.n_fft // self.hop_length
        total = np.zeros((self.n_fft // 2 + 1, last - first), np.float32)
        for channel in torch.from_numpy(padded)[:, None]:  # in turn: there may be hundreds
            spectrum = stft(channel, config)[:, :, skipped : skipped + last - first]
            total += power(spectrum)[0].numpy()
        return self._levels(total / len(padded))

    def _levels(self, power: Float[np.ndarray, "bin column"]) -> Columns:
        decibels = 10 * np.log10(np.maximum(power, 1e-15))
        edges = self._edges_hertz() * self.n_fft / self.sample_rate  # in bins
        narrow = int(np.searchsorted(np.diff(edges), 1.0))
        low = _between(decibels, np.sqrt(edges[:-1] * edges[1:])[:narrow])
        high = _loudest(decibels, edges[narrow:])
        steps = np.concatenate([low, high]) * STEPS_PER_DECIBEL + 255
        return np.ascontiguousarray(np.clip(np.rint(steps), 0, 255).astype(np.uint8).T)

    def _edges_hertz(self) -> Float[np.ndarray, " edge"]:
        return np.geomspace(self.low_hertz, self.high_hertz, self.n_rows + 1)


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
