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
MAX_CELLS = 8_000
"""Cells a sound whose phase is integrated at most, the loudest: bounds the time. On magnitudes
that a codec answers, three times as many change nothing (0.00 dB of active LSD)."""

Plane = Float[np.ndarray, "frame bin"]


def integrate(
    magnitudes: Magnitudes,
    config: SpectrogramConfig,
    *,
    known: Stft | None = None,
    is_known: Bool[Tensor, "batch bin frame"] | None = None,
) -> Stft:
    """Give magnitudes phases that belong together.

    Args:
        magnitudes: What the answer's absolute values will be.
        config: The spectrogram that they are of.
        known: A spectrum of the same shape; cells that no path reaches keep its phases.
        is_known: Cells that keep the phase of ``known`` and lend it to their neighbours.

    Returns:
        The magnitudes with phases; the same for the same input.
    """
    planes = _frame_major(magnitudes)
    start = _by_chance(magnitudes) if known is None else known * _inverse_size(known)
    units = _frame_major(start)
    fixed = np.zeros(planes.shape, dtype=bool) if is_known is None else _frame_major(is_known)
    for sound in zip(planes, units, fixed, strict=True):
        _integrate(*sound, config)
    return magnitudes * torch.from_numpy(units.transpose(0, 2, 1)).to(start)


def _frame_major(tensor: Shaped[Tensor, "b k f"]) -> Shaped[np.ndarray, "b f k"]:
    return np.ascontiguousarray(tensor.detach().cpu().numpy().transpose(0, 2, 1))


def _by_chance(magnitudes: Magnitudes) -> Stft:
    turns = np.random.default_rng(0).random(magnitudes.shape, dtype=np.float32)
    angles = torch.from_numpy(turns).to(magnitudes) * (2 * np.pi)
    return torch.polar(torch.ones_like(magnitudes), angles)


def _inverse_size(spectrum: Stft) -> Magnitudes:
    return (spectrum * spectrum.conj()).real.clamp(min=1e-30).rsqrt()


def _slopes(levels: Plane, config: SpectrogramConfig) -> tuple[Plane, Plane]:
    """Answer the phase's slope a frame and a bin, from natural log-magnitudes."""
    gamma = HANN_GAMMA * config.n_fft**2
    along_bins, along_frames = np.zeros_like(levels), np.zeros_like(levels)
    along_bins[:, 1:-1] = (levels[:, 2:] - levels[:, :-2]) / 2
    along_frames[1:-1] = (levels[2:] - levels[:-2]) / 2
    step = config.hop_length * config.n_fft / gamma
    a_frame = along_bins * step + 2 * np.pi * config.hop_length / config.n_fft * np.arange(
        config.n_bins
    )
    return a_frame, -along_frames / step


def _integrate(
    magnitudes: Plane,
    units: Complex[np.ndarray, "frame bin"],
    fixed: Bool[np.ndarray, "frame bin"],
    config: SpectrogramConfig,
) -> None:
    """Write the phases of the loud cells over those in ``units``."""
    reached = _loud(np.where(fixed, 0, magnitudes))
    if not reached.any():
        return
    levels = np.log(np.maximum(magnitudes, magnitudes.max() * 1e-5))
    cells = np.flatnonzero(reached | (fixed & _next_to(reached)))
    parents, slopes = _paths(cells, levels, fixed, config)
    bins = cells % config.n_bins
    # Slopes are told about the middle of a frame, the spectrum counts from its start.
    start = np.pi * bins
    known = np.angle(units.ravel()[cells]) + start
    # An island's loudest cell may have any phase: one for all would pile its partials up.
    roots = np.where(fixed.ravel()[cells], known, 2 * np.pi * 0.618034 * bins)
    phases = _sum_to_root(parents, np.where(parents == len(cells), roots, slopes)) - start
    units.ravel()[cells] = np.exp(1j * np.remainder(phases, 2 * np.pi).astype(np.float32))


def _loud(magnitudes: Plane) -> Bool[np.ndarray, "frame bin"]:
    threshold = magnitudes.max() * 10 ** (-RANGE_DECIBELS / 20)
    if np.count_nonzero(magnitudes > threshold) > MAX_CELLS:
        threshold = np.partition(magnitudes, -MAX_CELLS, axis=None)[-MAX_CELLS]
    return magnitudes > threshold


def _next_to(cells: Bool[np.ndarray, "frame bin"]) -> Bool[np.ndarray, "frame bin"]:
    neighbours = np.zeros_like(cells)
    neighbours[1:] |= cells[:-1]
    neighbours[:-1] |= cells[1:]
    neighbours[:, 1:] |= cells[:, :-1]
    neighbours[:, :-1] |= cells[:, 1:]
    return neighbours


def _paths(
    cells: Int[np.ndarray, " cell"],
    levels: Plane,
    fixed: Bool[np.ndarray, "frame bin"],
    config: SpectrogramConfig,
) -> tuple[Int[np.ndarray, " cell"], Float[np.ndarray, " cell"]]:
    """Answer each cell's parent on the loudest path, and the phase's step from there.

    A cell whose parent is ``len(cells)`` is a root.
    """
    n_cells, n_bins = len(cells), config.n_bins
    number = np.full(levels.size, -1, dtype=np.int32)
    number[cells] = np.arange(n_cells, dtype=np.int32)
    level = levels.ravel()[cells]
    known = fixed.ravel()[cells]
    first, second = _neighbours(number.reshape(levels.shape))
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
    edges = (
        np.concatenate([first, np.full(len(roots), n_cells)]),
        np.concatenate([second, roots]),
    )
    graph = csr_array((weights, edges), shape=(n_cells + 1, n_cells + 1))
    tree = minimum_spanning_tree(graph)
    parents = breadth_first_order(tree, n_cells, directed=False)[1][:n_cells]
    sources = np.append(cells, 0)[parents]
    a_frame, a_bin = (slope.ravel() for slope in _slopes(levels, config))
    frames, bins = np.divmod(cells, n_bins)
    source_frames, source_bins = np.divmod(sources, n_bins)
    slopes = (frames - source_frames) * (a_frame[cells] + a_frame[sources]) / 2
    slopes += (bins - source_bins) * (a_bin[cells] + a_bin[sources]) / 2
    return parents, slopes


def _neighbours(
    number: Int[np.ndarray, "frame bin"],
) -> tuple[Int[np.ndarray, " edge"], Int[np.ndarray, " edge"]]:
    along_frames = (number[:-1] >= 0) & (number[1:] >= 0)
    along_bins = (number[:, :-1] >= 0) & (number[:, 1:] >= 0)
    first = np.concatenate([number[:-1][along_frames], number[:, :-1][along_bins]])
    second = np.concatenate([number[1:][along_frames], number[:, 1:][along_bins]])
    return first, second


def _sum_to_root(
    parents: Int[np.ndarray, " cell"], steps: Float[np.ndarray, " cell"]
) -> Float[np.ndarray, " cell"]:
    root = len(parents)
    parents, sums = np.append(parents, root), np.append(steps, 0.0)
    while (parents != root).any():
        sums = sums + sums[parents]
        parents = parents[parents]
    return sums[:root]
