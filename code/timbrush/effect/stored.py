"""Samples that a stroke adds: in memory where they are few, in a temporary file where many."""

import os
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from timbrush.audio.resampling import Piece, Samples

MOST_VALUES = 1 << 24
"""Samples over all channels that are kept in memory: 64 MiB."""
BLOCK_SAMPLES = 1 << 20
"""Samples of a channel that are read or written at a time where all are meant."""
_BYTES = 4


class _Nameless:
    """A temporary file without a name, open until nobody refers to it.

    Args:
        n_bytes: Its size; all are zeros.
    """

    def __init__(self, n_bytes: int) -> None:
        self.number, path = tempfile.mkstemp(prefix="timbrush-")
        weakref.finalize(self, os.close, self.number)
        Path(path).unlink()
        os.ftruncate(self.number, n_bytes)


class Stored:
    """Float32 samples ``(channel, time)`` in a temporary file, zeros at first.

    The file has no name and is gone with its last user. Threads may read at the same time.

    Args:
        n_channels: Channels.
        length: Samples of each.
    """

    def __init__(self, n_channels: int, length: int) -> None:
        self.shape = (n_channels, length)
        self._first, self._row_length = 0, length
        self._file = _Nameless(n_channels * length * _BYTES)

    @property
    def nbytes(self) -> int:
        """Bytes of memory that it holds: none to speak of."""
        return 0

    def read(self, first: int, last: int) -> Piece:
        """Return a copy of some samples."""
        samples = np.empty((self.shape[0], max(last - first, 0)), np.float32)
        for channel, row in enumerate(samples):
            view, place = row.data.cast("B"), self._place(channel, first)
            while view:
                n_read = os.preadv(self._file.number, [view], place)
                view, place = view[n_read:], place + n_read
        return samples

    def add(self, first: int, samples: Samples) -> None:
        """Add samples to those that stand from ``first`` on."""
        total = self.read(first, first + samples.shape[1]) + samples
        for channel, row in enumerate(total):
            view, place = np.ascontiguousarray(row).data.cast("B"), 0
            place = self._place(channel, first)
            while view:
                n_written = os.pwrite(self._file.number, view, place)
                view, place = view[n_written:], place + n_written

    def cut(self, first: int, last: int) -> "Stored":
        """Return a part, which shares the file."""
        part = object.__new__(Stored)
        part.__dict__.update(self.__dict__, shape=(self.shape[0], last - first))
        part._first = self._first + first
        return part

    def _place(self, channel: int, first: int) -> int:
        return (channel * self._row_length + self._first + first) * _BYTES

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.read(0, self.shape[1]),)  # other processes have no such file


def _restore(samples: Samples) -> Stored:
    stored = Stored(*samples.shape)
    stored.add(0, samples)
    return stored


Added = Samples | Stored
"""What a stroke adds, wherever it lies."""


def part(added: Added, first: int, last: int) -> Piece:
    """Return some samples; a view of those in memory."""
    return added.read(first, last) if isinstance(added, Stored) else added[:, first:last]


def mapped(added: Added, function: Callable[[Samples], Samples]) -> Added:
    """Return what a function that keeps shapes makes of samples."""
    if not isinstance(added, Stored):
        return function(added)
    result = Stored(*added.shape)
    for first in range(0, added.shape[1], BLOCK_SAMPLES):
        last = min(first + BLOCK_SAMPLES, added.shape[1])
        result.add(first, function(added.read(first, last)))
    return result


class Sum:
    """Sums up samples that come in pieces, each with its place.

    Args:
        n_channels: Channels.
        first: The first sample that any piece may have.
        last: The one after the last.
    """

    def __init__(self, n_channels: int, first: int, last: int) -> None:
        self._first, shape = first, (n_channels, last - first)
        large = shape[0] * shape[1] > MOST_VALUES
        self._total: Added = Stored(*shape) if large else np.zeros(shape, np.float32)
        self._span = (last, first)

    def add(self, first: int, samples: Samples) -> None:
        """Add a piece."""
        last, start = first + samples.shape[1], first - self._first
        if isinstance(self._total, Stored):
            self._total.add(start, samples)
        else:
            self._total[:, start : start + samples.shape[1]] += samples
        self._span = min(self._span[0], first), max(self._span[1], last)

    def done(self) -> tuple[int, Added]:
        """Return where the first piece begins, and the sum from there to the last one's end."""
        first, last = (edge - self._first for edge in self._span)
        if isinstance(self._total, Stored):
            return self._span[0], self._total.cut(first, last)
        whole = last - first == self._total.shape[1]
        return self._span[0], self._total if whole else self._total[:, first:last].copy()
