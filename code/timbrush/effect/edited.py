"""A sound with the patches of its strokes, read a window at a time."""

from dataclasses import dataclass, replace
from typing import Any

import torch

from timbrush.audio.spectrogram import SpectrogramConfig, to_spectrogram
from timbrush.effect.encoded import Encoded, squared_magnitudes
from timbrush.effect.original import Original, Rates, Samples
from timbrush.effect.patch import Patch, put
from timbrush.tensors import Codemaps, Spectrogram, Waveform


@dataclass(frozen=True, eq=False)
class Edited:
    """A sound as strokes have left it. Every read costs what its window holds, no more.

    Args:
        original: The sound.
        encoded: Its codes.
        gain: Its spectral peak: what 0 dB stands for, whatever strokes do.
        config: The spectrogram.
        patches: What strokes changed, first stroke first.
    """

    original: Original
    encoded: Encoded
    gain: float
    config: SpectrogramConfig
    patches: tuple[Patch, ...] = ()

    @property
    def n_columns(self) -> int:
        """Coarse columns of the sound."""
        return self.encoded.n_columns

    @property
    def rates(self) -> Rates:
        """The sound's rate and the model's."""
        return Rates(outer=self.original.sample_rate, inner=self.config.sample_rate)

    def with_patch(self, patch: Patch | None) -> "Edited":
        """Return the sound with one more stroke; None changes nothing."""
        return self if patch is None else replace(self, patches=(*self.patches, patch))

    def samples(self, first: int, last: int) -> Any:
        """Return samples in the kind, type and shape of the original."""
        first, last = (min(max(edge, 0), self.original.length) for edge in (first, last))
        out = self.original.array[:, first:last].copy()
        for patch in self.patches:
            start, change = patch.between(first, last)
            span = slice(start, start + change.shape[1])
            out[:, span] = self.original.add(out[:, span], change)
        return self.original.like(out)

    def waveform(self, first: int, last: int) -> Waveform:
        """Return samples at the model's rate; silence surrounds the sound."""
        piece = self.read(*self.rates.outer_span(first, last))
        return torch.from_numpy(self.rates.to_inner(piece, first, last))

    def read(self, first: int, last: int) -> Samples:
        """Return float32 samples at the sound's own rate; silence surrounds the sound."""
        piece = self.original.read(first, last)
        for patch in self.patches:
            start, change = patch.between(first, last)
            piece[:, start : start + change.shape[1]] += change
        return piece

    def spectrogram(self, first_frame: int, last_frame: int) -> Spectrogram:
        """Return log-magnitudes of some frames, relative to the gain."""
        squares = squared_magnitudes(self.waveform, first_frame, last_frame, self.config)
        gain = torch.full((squares.shape[0],), self.gain)
        return to_spectrogram(squares.sqrt_(), gain, self.config)

    def codes(self, first: int, last: int) -> Codemaps:
        """Return the codes of some coarse columns; the batch axis is the sound's channels."""
        codemaps = self.encoded.columns(first, last)
        for patch in self.patches:
            codemaps = put(codemaps, first, patch.codemaps, patch.first_column)
        return codemaps

    def around(self, first: int, last: int, reach: int) -> tuple[int, int]:
        """Return a window of columns with its context, as far as the sound goes."""
        return max(first - reach, 0), min(last + reach, self.n_columns)


def crop(codemaps: Codemaps, first: int, last: int) -> Codemaps:
    """Cut coarse columns, and what lies under them in finer levels, out of codemaps."""
    n_columns = codemaps[0].shape[2]
    scales = [codes.shape[2] // n_columns for codes in codemaps]
    return tuple(
        codes[:, :, first * scale : last * scale]
        for codes, scale in zip(codemaps, scales, strict=True)
    )
