"""The part of a spectrogram that a zone is drawn on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.contract import Grid
from timbrush.effect.zone.checks import Span

Pixels = Bool[np.ndarray, "bin frame"]
LevelPixels = Bool[np.ndarray, "level bin frame"]
Hertz = Float[np.ndarray, " any"]


def nothing_known(first_frame: int, last_frame: int) -> Float[Tensor, "bin frame"]:
    """Stand for the levels of a sheet that lies on no sound."""
    raise AssertionError("this sheet lies on no sound")


def nothing_judged(inpainter: str, radius: float) -> tuple[Float[Tensor, "_row _column"], ...]:
    """Stand for the judgement of a sheet that lies on no sound."""
    raise AssertionError("this sheet lies on no sound")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The part of a spectrogram that a zone is drawn on, and what the sound has there.

    Args:
        config: The spectrogram.
        first_frame: The sheet's first frame in the sound.
        n_frames: Frames of the sheet.
        grids: Where the cells of each level of codes lie.
        level_names: What those levels are called.
        seconds_bounds: Span of time that bounds the zone.
        hertz_bounds: Span of frequency that bounds the zone.
        ends: Whether the sheet's first and last frame are the sound's.
        decibels: Returns the level of each pixel between two frames of the sound, relative to
            the sound's spectral peak.
        surprise: Returns how unlikely each cell of the whole zone is, in bits, for the name and
            the radius of an inpainter.
        whole: First frame of the whole zone, and its number of frames, where the sheet is a
            part of it; None where it is all.
    """

    config: SpectrogramConfig
    first_frame: int
    n_frames: int
    grids: tuple[Grid, ...]
    level_names: tuple[str, ...]
    seconds_bounds: Span
    hertz_bounds: Span
    ends: tuple[bool, bool] = (False, False)
    decibels: Callable[[int, int], Float[Tensor, "bin frame"]] = nothing_known
    surprise: Callable[[str, float], tuple[Float[Tensor, "_row _column"], ...]] = nothing_judged
    whole: tuple[int, int] | None = None

    def part(self, first: int, n_frames: int) -> "Sheet":
        """Return so many frames of the sheet, from its frame ``first`` on; fewer at its end."""
        left = self.n_frames - first
        return replace(
            self,
            first_frame=self.first_frame + first,
            n_frames=min(n_frames, left),
            whole=self.span,
        )

    @property
    def span(self) -> tuple[int, int]:
        """First frame of the whole zone, and its number of frames."""
        return self.whole or (self.first_frame, self.n_frames)

    def decibels_around(self, reach: int) -> tuple[Float[Tensor, "bin _frame"], int]:
        """Return the level of each pixel, and of those near, as far as the whole zone goes.

        Args:
            reach: Frames on each side.

        Returns:
            The levels, and how many frames of them come before the sheet.
        """
        first, n_frames = self.span
        low = max(self.first_frame - reach, first)
        high = min(self.first_frame + self.n_frames + reach, first + n_frames)
        return self.decibels(low, high), self.first_frame - low

    def cells_within(self, grid: Grid) -> Bool[Tensor, "_row _column"]:
        """Return the cells of the whole zone that touch its bounds."""
        whole = replace(self, first_frame=self.span[0], n_frames=self.span[1], whole=None)
        frames = torch.from_numpy(
            _overlaps(whole.seconds, self.seconds_bounds, self.config.frame_seconds / 2)
        )
        bins = torch.from_numpy(
            _overlaps(self.hertz, self.hertz_bounds, self.config.bin_hertz / 2)
        )
        edges = pairwise(grid.row_edges)
        rows = torch.stack([bins[low:high].any() for low, high in edges])
        columns = frames.unflatten(0, (-1, grid.frames_per_column)).any(1)
        return rows[:, None] & columns

    @property
    def seconds(self) -> Float[np.ndarray, " frame"]:
        """Middle of each frame."""
        frames = self.first_frame + np.arange(self.n_frames)
        return frames * self.config.frame_seconds

    @property
    def hertz(self) -> Float[np.ndarray, " bin"]:
        """Middle of each bin."""
        return np.arange(self.config.n_bins) * self.config.bin_hertz

    @property
    def bounds(self) -> Pixels:
        """Pixels that the zone may have."""
        return self.box(self.seconds_bounds, self.hertz_bounds)

    def box(self, seconds: Span | None, hertz: Span | None) -> Pixels:
        """Return the pixels that overlap a box; a box thinner than a pixel is one pixel."""
        frames = _overlaps(self.seconds, seconds, self.config.frame_seconds / 2)
        bins = _overlaps(self.hertz, hertz, self.config.bin_hertz / 2)
        return bins[:, None] & frames[None, :]

    def octaves(self, hertz: Hertz) -> Hertz:
        """Return the logarithm of frequencies, those below half a bin as half a bin."""
        return np.log2(np.maximum(hertz, self.config.bin_hertz / 2))

    def under(self, points: Float[np.ndarray, "point axis"]) -> Pixels:
        """Return the pixels that points lie on, so that the smallest path paints one."""
        frames = np.round(points[:, 0] / self.config.frame_seconds).astype(int)
        frames -= self.first_frame
        bins = np.round(points[:, 1] / self.config.bin_hertz).astype(int)
        inside = (frames >= 0) & (frames < self.n_frames) & (bins < self.config.n_bins)
        pixels = np.zeros((self.config.n_bins, self.n_frames), dtype=bool)
        pixels[bins[inside], frames[inside]] = True
        return pixels


def _overlaps(
    middles: Float[np.ndarray, " pixel"], span: Span | None, half: float
) -> Bool[np.ndarray, " pixel"]:
    if span is None:
        return np.ones(len(middles), dtype=bool)
    return (middles + half > span[0]) & (middles - half < span[1])
