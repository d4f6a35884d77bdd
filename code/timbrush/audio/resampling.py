"""Convert pieces of a sound between its own sample rate and the model's."""

import math
from dataclasses import dataclass

import numpy as np
import soxr
from jaxtyping import Float

Samples = Float[np.ndarray, "channel time"]
Piece = Float[np.ndarray, "channel new_time"]
"""Samples of another length than those that came in."""

MARGIN_SAMPLES = 256
"""Samples at the lower rate on each side of a piece: further than the resampler reaches."""


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Two rates whose samples meet once a ``1 / gcd`` of a second.

    Pieces are cut where samples of both meet, so a piece is resampled as the whole would be.
    """

    outer: int
    inner: int

    @property
    def _units(self) -> tuple[int, int]:
        shared = math.gcd(self.outer, self.inner)
        return self.outer // shared, self.inner // shared

    @property
    def _margin(self) -> int:
        outer, inner = self._units
        return -(-MARGIN_SAMPLES // min(outer, inner))

    def outer_span(self, first: int, last: int) -> tuple[int, int]:
        """Return which outer samples ``to_inner`` needs for these inner ones."""
        outer, inner = self._units
        low, high = first // inner - self._margin, -(-last // inner) + self._margin
        return low * outer, high * outer

    def to_inner(self, piece: Samples, first: int, last: int) -> Piece:
        """Resample a piece read over ``outer_span(first, last)``."""
        if self.outer == self.inner:
            start = first - self.outer_span(first, last)[0]
            return piece[:, start : start + last - first]
        outer, inner = self._units
        start = self.outer_span(first, last)[0] // outer * inner
        return _cut(_resample(piece, self.outer, self.inner), first - start, last - first)

    def to_outer(self, piece: Samples, first: int, span: tuple[int, int]) -> Piece:
        """Resample a piece, silent around, that begins at inner sample ``first``.

        Args:
            piece: Inner samples.
            first: Where they begin.
            span: The outer samples to return.
        """
        outer, inner = self._units
        if self.outer == self.inner:
            return _cut(piece, span[0] - first, span[1] - span[0])
        unit = min(first // inner, span[0] // outer) - self._margin
        stop = max(first + piece.shape[1], -(-span[1] // outer) * inner)
        after = stop + self._margin * inner - first - piece.shape[1]
        padded = np.pad(piece, ((0, 0), (first - unit * inner, after)))
        resampled = _resample(padded, self.inner, self.outer)
        return _cut(resampled, span[0] - unit * outer, span[1] - span[0])


def _resample(piece: Samples, from_rate: int, to_rate: int) -> Piece:
    columns: Float[np.ndarray, "new_time channel"] = soxr.resample(
        np.ascontiguousarray(piece.T), from_rate, to_rate
    )
    return columns.T


def _cut(piece: Samples, start: int, length: int) -> Piece:
    """Cut out samples; silence surrounds the piece."""
    out = np.zeros((piece.shape[0], length), dtype=np.float32)
    low, high = max(start, 0), min(start + length, piece.shape[1])
    if low < high:
        out[:, low - start : high - start] = piece[:, low:high]
    return out
