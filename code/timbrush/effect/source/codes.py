"""The codes of a sound, encoded in pieces when they are first needed."""

import threading
from collections.abc import Callable
from typing import Any

import torch

from timbrush import cancelling
from timbrush.audio.levels import Levels
from timbrush.codec.contract import Codec, frames_per_patch
from timbrush.tensors import Codemaps, Spectrogram

Picture = tuple[Spectrogram, Levels | None]
"""What a codec sees of some frames of a sound."""

CHUNK_COLUMNS = 8
"""Patch columns that are encoded at a time."""
CONTEXT_COLUMNS = 4
"""Patch columns on each side that a chunk's encoder sees at most: bounds the work."""


class LazyCodes:
    """Codemaps of a sound; the batch axis is the sound's channels.

    Chunks lie at fixed places, so the codes depend on the sound alone, not on what is asked
    first. A sound that fits a chunk is encoded as a whole. Safe to share among threads.

    Args:
        picture: Returns log-magnitudes of some frames, and band levels if the codec codes them.
        n_columns: Patch columns of the sound.
        codec: What encodes.
    """

    def __init__(
        self, picture: Callable[[int, int], Picture], n_columns: int, codec: Codec
    ) -> None:
        self.n_columns = n_columns
        self._picture, self._codec = picture, codec
        self._chunks: dict[int, Codemaps] = {}
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_lock": None}  # no other process waits for it

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _lock=threading.Lock())

    def columns(self, first: int, last: int) -> Codemaps:
        """Return the codes of some patch columns."""
        chunks = range(first // CHUNK_COLUMNS, -(-last // CHUNK_COLUMNS))
        pieces = [self._chunk(index) for index in chunks]
        start = chunks.start * CHUNK_COLUMNS
        joined = tuple(torch.cat(level, dim=2) for level in zip(*pieces, strict=True))
        return self._codec.shape.cut(joined, first - start, last - start)

    def _chunk(self, index: int) -> Codemaps:
        cancelling.check()
        with self._lock:
            if index not in self._chunks:
                self._chunks[index] = self._encode(index)
            return self._chunks[index]

    def _encode(self, index: int) -> Codemaps:
        first = index * CHUNK_COLUMNS
        last = min(first + CHUNK_COLUMNS, self.n_columns)
        context = min(CONTEXT_COLUMNS, self._codec.encode_context_columns)
        low, high = max(first - context, 0), min(last + context, self.n_columns)
        width = frames_per_patch(self._codec)
        codemaps = self._codec.encode(*self._picture(low * width, high * width))
        return self._codec.shape.cut(codemaps, first - low, last - low)
