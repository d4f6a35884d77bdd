"""Magnitudes to phases in one pass: the phase's slope is read off the magnitudes and summed up.

For a Gaussian window the phase's slope in time follows from the log-magnitude's slope in
frequency, and the other way round; for a Hann window nearly so. Starting at the loudest cells,
phases are summed along the loudest paths, and a cell that is known lends its phase to its
neighbours, so that a partial runs on across the edge of a painted zone.

Source: Průša, Balazs and Søndergaard, A noniterative method for reconstruction of phase from
STFT magnitude, 2017, equations 21 to 23. Where they grow a heap cell by cell we take the
spanning tree of the loudest edges and sum along it by pointer doubling, which needs no compiled
loop of our own.
"""

import numpy as np
import torch
from jaxtyping import Bool, Complex, Float, Int, Shaped
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree
from torch import Tensor

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.tensors import Magnitudes, Stft

HANN_GAMMA = 0.25645
"""Width of the Gaussian nearest to a Hann window, over the window's length squared."""
RANGE_DECIBELS = 50.0
"""Cells softer than this below the peak get no phase by integration: nobody hears them."""
MAX_CELLS_PER_FRAME = 30
"""Cells whose phase is integrated at most, the loudest of the sound: bounds the time. On
magnitudes that a codec answers, a third more change hardly anything: 0.004 dB of LSD."""

ONSET_NEPERS = 4.8
"""How far the level is taken to have risen in the window before the sound. With it, a steady
tone that begins with the sound comes to lie where the half of the window that sees it has its
centre: 0.15 windows behind the middle of its first frame."""

Plane = Float[np.ndarray, "frame bin"]
CellNumbers = Int[np.ndarray, " cell"]
"""Places of cells in a flattened plane, rising."""


def integrate(
    magnitudes: Magnitudes,
    config: SpectrogramConfig,
    *,
    phasors: Stft,
    is_known: Bool[Tensor, "batch bin frame"] | None = None,
) -> Stft:
    """Give magnitudes phases that belong together.

    Args:
        magnitudes: What the answer's absolute values will be.
        config: The spectrogram that they are of.
        phasors: Of magnitude 1; cells that no path reaches keep their phases.
        is_known: Cells that keep the phase of ``phasors`` and lend it to their neighbours.

    Returns:
        The magnitudes with phases; the same for the same input.
    """
    planes = _frame_major(magnitudes)
    units = _frame_major(phasors).astype(np.result_type(planes, np.complex64))
    fixed = None if is_known is None else _frame_major(is_known)
    for index, plane in enumerate(planes):
        _integrate(plane, units[index], None if fixed is None else fixed[index], config)
    np.multiply(planes, units, out=units)
    return torch.from_numpy(units).transpose(1, 2).to(magnitudes.device)


def _frame_major(tensor: Shaped[Tensor, "b k f"]) -> Shaped[np.ndarray, "b f k"]:
    planes: Shaped[np.ndarray, "b f k"] = (
        tensor.detach().cpu().transpose(1, 2).contiguous().numpy()
    )
    return planes


def _integrate(
    magnitudes: Plane,
    units: Complex[np.ndarray, "frame bin"],
    fixed: Bool[np.ndarray, "frame bin"] | None,
    config: SpectrogramConfig,
) -> None:
    """Write the phases of the loud cells over those in ``units``."""
    reached = _loud(magnitudes if fixed is None else magnitudes * ~fixed)
    cells = np.flatnonzero(reached if fixed is None else reached | fixed & _next_to(reached))
    if not len(cells):
        return
    known = np.zeros(len(cells), dtype=bool) if fixed is None else fixed.ravel()[cells]
    parents = _parents(cells, magnitudes, known)
    bins = cells % config.n_bins
    # Slopes are told about the middle of a frame, the spectrum counts from its start.
    start = np.pi * bins
    # An island's loudest cell may have any phase: one for all would pile its partials up.
    roots = 2 * np.pi * 0.618034 * bins
    roots[known] = np.angle(units.ravel()[cells[known]]) + start[known]
    slopes = _slopes(cells, magnitudes, config)
    steps = np.where(
        parents == len(cells), roots, _steps(cells, parents, slopes, config.n_bins)
    )
    phases = _sum_to_root(parents, steps) - start
    units.ravel()[cells] = np.exp(1j * np.remainder(phases, 2 * np.pi).astype(np.float32))


def _loud(magnitudes: Plane) -> Bool[np.ndarray, "frame bin"]:
    loud: Bool[np.ndarray, "frame bin"] = magnitudes > (
        float(magnitudes.max()) * 10 ** (-RANGE_DECIBELS / 20)
    )
    most = MAX_CELLS_PER_FRAME * len(magnitudes)
    levels = magnitudes[loud]
    if len(levels) > most:
        loud = magnitudes > np.partition(levels, -most)[-most]
    return loud


def _next_to(cells: Bool[np.ndarray, "frame bin"]) -> Bool[np.ndarray, "frame bin"]:
    neighbours = np.zeros_like(cells)
    neighbours[1:] |= cells[:-1]
    neighbours[:-1] |= cells[1:]
    neighbours[:, 1:] |= cells[:, :-1]
    neighbours[:, :-1] |= cells[:, 1:]
    return neighbours


def _parents(
    cells: CellNumbers, magnitudes: Plane, known: Bool[np.ndarray, " cell"]
) -> Int[np.ndarray, " cell"]:
    """Return each cell's parent on the loudest path.

    A cell whose parent is ``len(cells)`` is a root.
    """
    n_cells = len(cells)
    level = _levels(magnitudes, cells)
    first, second = _neighbours(cells, magnitudes.shape)
    free = ~(known[first] & known[second])
    first, second = first[free], second[free]
    # Lighter is better; none may weigh zero, which csgraph takes for no edge. Known cells
    # hang on the root at once; of an island without any the loudest peak does, at a high price.
    loudest = float(level.max())
    peaks = ~known
    peaks[first[level[first] < level[second]]] = False
    peaks[second[level[second] < level[first]]] = False
    roots = np.flatnonzero(known | peaks)
    to_root = np.where(known[roots], 1e-6, 1e3 + loudest - level[roots])
    weights = np.concatenate([2 * loudest - level[first] - level[second] + 1e-3, to_root])
    # Edges come row by row, the root's last, so that nothing need be sorted.
    ends = np.bincount(first, minlength=n_cells).cumsum()
    edges = np.concatenate([second, roots]), np.concatenate([[0], ends, [len(weights)]])
    graph = csr_array((weights, *edges), shape=(n_cells + 1, n_cells + 1))
    tree = minimum_spanning_tree(graph, overwrite=True)
    parents: Int[np.ndarray, " cell"] = breadth_first_order(tree, n_cells, directed=False)[1]
    return parents[:n_cells]


def _neighbours(
    cells: CellNumbers, shape: tuple[int, int]
) -> tuple[Int[np.ndarray, " edge"], Int[np.ndarray, " edge"]]:
    """Return the pairs of cells that touch, as indexes into ``cells``; the first rises."""
    n_frames, n_bins = shape
    number = np.full((n_frames + 1) * n_bins, -1, dtype=np.int32)
    number[cells] = np.arange(len(cells), dtype=np.int32)
    after = number[cells[:, None] + (1, n_bins)]
    after[cells % n_bins == n_bins - 1, 0] = -1
    touching = after >= 0
    return np.nonzero(touching)[0], after[touching]


def _levels(magnitudes: Plane, cells: CellNumbers) -> Float[np.ndarray, " cell"]:
    """Natural log-magnitudes, cut off 100 dB below the peak."""
    loud = np.maximum(magnitudes.ravel()[cells], magnitudes.max() * 1e-5)
    levels: Float[np.ndarray, " cell"] = np.log(loud)
    return levels


def _slopes(
    cells: CellNumbers, magnitudes: Plane, config: SpectrogramConfig
) -> tuple[Float[np.ndarray, " cell"], Float[np.ndarray, " cell"]]:
    """Return the phase's slope a frame and a bin at some cells, from the magnitudes around."""
    step = config.hop_length / (HANN_GAMMA * config.n_fft)
    bins = cells % config.n_bins
    inside = (bins > 0) & (bins < config.n_bins - 1)
    a_frame = step * _rise(cells, 1, inside, magnitudes)
    a_frame += 2 * np.pi * config.hop_length / config.n_fft * bins
    onset = ONSET_NEPERS * config.hop_length / config.n_fft
    return a_frame, _rise_in_time(cells, magnitudes, config.n_bins, onset=onset) / -step


def _rise_in_time(
    cells: CellNumbers, magnitudes: Plane, n_bins: int, *, onset: float
) -> Float[np.ndarray, " cell"]:
    """Half the difference of the levels before and after; silence lies before the sound.

    What begins with the sound lies in the second half of its first window. With phases as if it
    filled that window, half of an attack would be cut off.
    """
    first, last = cells < n_bins, cells >= magnitudes.size - n_bins
    rise = _rise(cells, n_bins, ~(first | last), magnitudes)
    starts = cells[first & ~last]
    here, after = (_levels(magnitudes, starts + way) for way in (0, n_bins))
    rise[first & ~last] = (after - here + onset) / 2
    return rise


def _rise(
    cells: CellNumbers, distance: int, inside: Bool[np.ndarray, " cell"], magnitudes: Plane
) -> Float[np.ndarray, " cell"]:
    """Half the difference of the levels on both sides; 0 at the edge."""
    rise = np.zeros(len(cells))
    after, before = (_levels(magnitudes, cells[inside] + way) for way in (distance, -distance))
    rise[inside] = (after - before) / 2
    return rise


def _steps(
    cells: CellNumbers,
    parents: Int[np.ndarray, " cell"],
    slopes: tuple[Float[np.ndarray, " cell"], Float[np.ndarray, " cell"]],
    n_bins: int,
) -> Float[np.ndarray, " cell"]:
    """Return the phase's step from each cell's parent: the mean of both slopes."""
    sources = np.append(cells, 0)[parents]
    steps = np.zeros(len(cells))
    for slope, here, there in zip(
        slopes, np.divmod(cells, n_bins), np.divmod(sources, n_bins), strict=True
    ):
        steps += (here - there) * (slope + np.append(slope, 0)[parents]) / 2
    return steps


def _sum_to_root(
    parents: Int[np.ndarray, " cell"], steps: Float[np.ndarray, " cell"]
) -> Float[np.ndarray, " cell"]:
    root = len(parents)
    parents, sums = np.append(parents, root), np.append(steps, 0.0)
    while (parents != root).any():
        sums = sums + sums[parents]
        parents = parents[parents]
    return sums[:root]
