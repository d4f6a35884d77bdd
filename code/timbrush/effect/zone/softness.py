"""Lower the weights of a zone towards its edges, however long it is."""

from collections.abc import Callable, Iterator

import numpy as np
from jaxtyping import Bool, Float
from scipy import ndimage

from timbrush.effect.zone.sheet import LevelPixels, Pixels, Sheet

MOST_FRAMES = 1 << 14
"""Frames of which distances are found at a time: about three minutes."""

Distances = Float[np.ndarray, "_bin _frame"]


class Softness:
    """How far the pixels of a zone lie from its edge; the ends of the sound are none.

    Distances are in half-widths of the zone, so that both directions fall alike. A zone of more
    than ``MOST_FRAMES`` is looked at in as many evenly spaced frames, unless it is a box.

    Args:
        zone: Yields the zone's pixels, a tile after the other; called twice.
        sheet: All that the zone may touch.
        softness: Distance at which a weight is full.
    """

    def __init__(
        self, zone: Callable[[], Iterator[LevelPixels]], sheet: Sheet, softness: float
    ) -> None:
        self._softness, self._ends, self._n_frames = softness, sheet.ends, sheet.n_frames
        self._step = -(-sheet.n_frames // MOST_FRAMES)
        self._edges = [_Edges(sheet.config.n_bins, sheet.n_frames) for _ in sheet.grids]
        seen: list[list[Pixels]] = [[] for _ in sheet.grids]
        first = 0
        for tile in zone():
            for level, pixels in enumerate(tile):
                self._edges[level].add(pixels, first)
                seen[level].append(pixels[:, -first % self._step :: self._step])
            first += tile.shape[2]
        self._distances = [
            None
            if edges.are_a_box and self._step > 1
            else self._all_distances(edges, np.concatenate(pieces, axis=1))
            for edges, pieces in zip(self._edges, seen, strict=True)
        ]

    def weights(
        self, zone: LevelPixels, first_frame: int
    ) -> Float[np.ndarray, "level bin frame"]:
        """Return the weights of a tile.

        Args:
            zone: Its pixels.
            first_frame: Where it begins, counted from the sheet's first frame.
        """
        frames = np.arange(first_frame, first_frame + zone.shape[2])
        levels = []
        for pixels, edges, distances in zip(zone, self._edges, self._distances, strict=True):
            if distances is None:
                far = edges.box_distances(frames, self._ends)
            else:
                nearest = (frames + self._step // 2) // self._step
                far = distances[:, nearest.clip(max=distances.shape[1] - 1)]
            weights = np.minimum(far / self._softness, 1.0).astype(np.float32)
            levels.append(weights * pixels)
        return np.stack(levels)

    def _all_distances(self, edges: "_Edges", zone: Pixels) -> Distances:
        padded = np.pad(zone, ((0, 0), (0 if self._ends[0] else 1, 0 if self._ends[1] else 1)))
        if not zone.any() or padded.all():
            return np.where(zone, np.inf, 0.0)
        height, width = edges.size
        distances: Distances = ndimage.distance_transform_edt(
            padded, sampling=(2 / height, self._step * 2 / width)
        )
        return distances[:, 0 if self._ends[0] else 1 :][:, : zone.shape[1]]


class _Edges:
    """Which bins and frames a zone touches, and whether it is a box."""

    def __init__(self, n_bins: int, n_frames: int) -> None:
        self._bins = np.zeros(n_bins, dtype=bool)
        self._frames = np.zeros(n_frames, dtype=bool)
        self._n_pixels = 0

    def add(self, pixels: Pixels, first_frame: int) -> None:
        """Look at one more tile."""
        self._bins |= pixels.any(1)
        self._frames[first_frame : first_frame + pixels.shape[1]] = pixels.any(0)
        self._n_pixels += int(pixels.sum())

    @property
    def size(self) -> tuple[int, int]:
        """Bins and frames of the box around the zone."""
        (low, high), (first, last) = (_ends(axis) for axis in (self._bins, self._frames))
        return high - low, last - first

    @property
    def are_a_box(self) -> bool:
        """Whether the zone fills the box around it."""
        return self._n_pixels == self.size[0] * self.size[1]

    def box_distances(self, frames: np.ndarray, ends: tuple[bool, bool]) -> Distances:
        """Return how far frames of a box lie from its nearest edge.

        Args:
            frames: Numbers of frames.
            ends: Whether the sheet's first and last frame are the sound's.
        """
        if not self._n_pixels:
            return np.zeros((len(self._bins), len(frames)))
        height, width = self.size
        bins = np.arange(len(self._bins))
        up = _from_edges(bins, _ends(self._bins), len(self._bins), (True, True)) * (2 / height)
        along = _from_edges(frames, _ends(self._frames), len(self._frames), ends) * (2 / width)
        # As SciPy's distances are: a root of squares.
        return np.sqrt(np.square(np.minimum(up[:, None], along[None])))


def _ends(touched: Bool[np.ndarray, " place"]) -> tuple[int, int]:
    places = np.flatnonzero(touched)
    return (int(places[0]), int(places[-1]) + 1) if len(places) else (0, 0)


def _from_edges(
    places: np.ndarray, box: tuple[int, int], n_places: int, open_ends: tuple[bool, bool]
) -> Float[np.ndarray, " place"]:
    """Return how many places lie between each one and the nearest outside of the box."""
    low = np.inf if box[0] == 0 and open_ends[0] else places - box[0] + 1.0
    high = np.inf if box[1] == n_places and open_ends[1] else box[1] - places + 0.0
    return np.minimum(low, high) + 0.0 * places
