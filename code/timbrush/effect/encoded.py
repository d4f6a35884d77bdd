"""The codemaps of a sound, encoded in pieces when they are first needed."""

import threading
from collections.abc import Callable

import torch

from timbrush.audio.spectrogram import SpectrogramConfig, power, stft, to_spectrogram
from timbrush.codec.contract import Codec
from timbrush.tensors import Codemaps, Magnitudes, Spectrogram, Waveform

CHUNK_COLUMNS = 8
"""Coarse columns that are encoded at a time."""
CONTEXT_COLUMNS = 4
"""Coarse columns on each side that a chunk's encoder sees at most: bounds the work."""


class Encoded:
    """Codemaps of a sound, coarse first; the batch axis is the sound's channels.

    Chunks lie at fixed places, so the codes depend on the sound alone, not on what is asked
    first. A sound that fits a chunk is encoded as a whole. Safe to share among threads.

    Args:
        read: Returns squared magnitudes of some frames.
        n_columns: Coarse columns of the sound.
        gain: Spectral peak of the sound.
        codec: What encodes.
        config: The spectrogram.
    """

    def __init__(
        self,
        read: Callable[[int, int], Magnitudes],
        n_columns: int,
        gain: float,
        codec: Codec,
        config: SpectrogramConfig,
    ) -> None:
        self.n_columns = n_columns
        self._read, self._gain = read, gain
        self._codec, self._config = codec, config
        self._chunks: dict[int, Codemaps] = {}
        self._lock = threading.Lock()

    def columns(self, first: int, last: int) -> Codemaps:
        """Return the codes of some coarse columns."""
        chunks = range(first // CHUNK_COLUMNS, -(-last // CHUNK_COLUMNS))
        pieces = [self._chunk(index) for index in chunks]
        start = chunks.start * CHUNK_COLUMNS
        scales = self._scales
        return tuple(
            torch.cat(level, dim=2)[:, :, (first - start) * scale : (last - start) * scale]
            for level, scale in zip(zip(*pieces, strict=True), scales, strict=True)
        )

    def spectrogram(self, first_frame: int, last_frame: int) -> Spectrogram:
        """Return log-magnitudes relative to the sound's peak."""
        squares = self._read(first_frame, last_frame)
        gain = torch.full((squares.shape[0],), self._gain)
        return to_spectrogram(squares.sqrt(), gain, self._config)

    @property
    def _scales(self) -> tuple[int, ...]:
        widths = [grid.frames_per_column for grid in self._codec.grids]
        return tuple(widths[0] // width for width in widths)

    def _chunk(self, index: int) -> Codemaps:
        with self._lock:
            if index not in self._chunks:
                self._chunks[index] = self._encode(index)
            return self._chunks[index]

    def _encode(self, index: int) -> Codemaps:
        first = index * CHUNK_COLUMNS
        last = min(first + CHUNK_COLUMNS, self.n_columns)
        context = min(CONTEXT_COLUMNS, self._codec.encode_context_columns)
        low, high = max(first - context, 0), min(last + context, self.n_columns)
        width = self._codec.grids[0].frames_per_column
        codemaps = self._codec.encode(self.spectrogram(low * width, high * width))
        return tuple(
            codes[:, :, (first - low) * scale : (last - low) * scale]
            for codes, scale in zip(codemaps, self._scales, strict=True)
        )


def squared_magnitudes(
    read: Callable[[int, int], Waveform],
    first_frame: int,
    last_frame: int,
    config: SpectrogramConfig,
) -> Magnitudes:
    """Return the power of some frames of a sound, as ``stft`` of the whole has them.

    Args:
        read: Returns samples at the model's rate, silence around the sound.
        first_frame: The first frame.
        last_frame: The one after the last.
        config: The spectrogram.
    """
    hop, half = config.hop_length, config.n_fft // 2
    around = -(-half // hop)  # whole frames that windows reach beyond a frame's middle
    piece = read((first_frame - around) * hop, (last_frame + around) * hop)
    return power(stft(piece, config)[:, :, around : around + last_frame - first_frame])
