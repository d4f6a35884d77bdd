"""Draw sounds and digits beside what came back of them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from jaxtyping import Float
from torch import Tensor

from timbrush.audio.spectrogram import SpectrogramConfig, stft, to_spectrogram
from timbrush_lab.drawing.figure import new_figure, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Rectangle

Sound = Float[Tensor, " time"]
Images = Float[Tensor, "batch row column"]

LOWEST_BIN = 3
N_ROWS = 240


@dataclass(frozen=True, kw_only=True, eq=False)
class Pair:
    """A sound, what a codec made of it, and a title."""

    title: str
    original: Sound
    restored: Sound


def draw_pairs(path: Path, pairs: Sequence[Pair], config: SpectrogramConfig) -> None:
    """Draw the spectrograms of sounds, original beside restored, two pairs a row."""
    n_rows = -(-len(pairs) // 2)
    figure = new_figure(12.0, 1.9 * n_rows)
    grid = figure.subplots(n_rows, 4, squeeze=False).flatten()
    for axes in grid:
        axes.set_axis_off()
    for index, pair in enumerate(pairs):
        gain = stft(pair.original[None], config).abs().amax(dim=(1, 2))
        for axes, sound in zip(
            grid[2 * index : 2 * index + 2], (pair.original, pair.restored), strict=True
        ):
            picture = to_spectrogram(stft(sound[None], config).abs(), gain, config)[0]
            _show(axes, picture)
        grid[2 * index].set_title(pair.title, fontsize=7, loc="left")
    save(figure, path)


def draw_digits(path: Path, rows: Mapping[str, Images]) -> None:
    """Draw rows of digits, each with its name."""
    n_columns = max(len(images) for images in rows.values())
    figure = new_figure(0.42 * n_columns + 1.9, 0.45 * len(rows))
    grid = figure.subplots(len(rows), n_columns, squeeze=False)
    for (name, images), line in zip(rows.items(), grid, strict=True):
        for axes, image in zip(line, images, strict=True):
            axes.imshow(image.numpy(), cmap="gray_r", vmin=0, vmax=1)
            axes.set(xticks=[], yticks=[])
        line[0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=8)
    save(figure, path)


def draw_stroke(
    path: Path,
    before: Sound,
    after: Sound,
    config: SpectrogramConfig,
    *,
    seconds: tuple[float, float],
    hertz: tuple[float, float],
) -> None:
    """Draw a sound before and after a stroke, and where they differ, the zone outlined."""
    figure = new_figure(7.0, 2.1)
    spectra = [stft(sound[None], config).abs()[0] for sound in (before, after)]
    gain = spectra[0].amax()[None]
    pictures = [to_spectrogram(spectrum[None], gain, config)[0] for spectrum in spectra]
    change = stft((after - before)[None], config).abs()
    pictures.append(to_spectrogram(change, gain, config)[0])
    titles = ("before", "after", "the change")
    frames = [moment / config.frame_seconds for moment in seconds]
    rows = [_row(frequency / config.bin_hertz, config) for frequency in hertz]
    for axes, picture, title in zip(figure.subplots(1, 3), pictures, titles, strict=True):
        _show(axes, picture)
        axes.add_patch(_outline(frames, rows))
        axes.set_title(title, fontsize=8)
        axes.set_axis_off()
    save(figure, path)


def _outline(frames: Sequence[float], rows: Sequence[float]) -> "Rectangle":
    from matplotlib.patches import Rectangle

    corner, width, height = (frames[0], rows[0]), frames[1] - frames[0], rows[1] - rows[0]
    return Rectangle(corner, width, height, fill=False, edgecolor="white", linewidth=1)


def _row(index: float, config: SpectrogramConfig) -> float:
    """Return the row of the picture where a bin lies."""
    top = (config.n_bins - 1) / LOWEST_BIN
    return (N_ROWS - 1) * math.log(max(index, LOWEST_BIN) / LOWEST_BIN) / math.log(top)


def _show(axes: "Axes", picture: Float[Tensor, "bin frame"]) -> None:
    """Draw a spectrogram on a logarithmic axis of frequency."""
    bins = torch.logspace(0, 1, N_ROWS, base=(picture.shape[0] - 1) / LOWEST_BIN) * LOWEST_BIN
    rows = picture[bins.round().long().clamp(max=picture.shape[0] - 1)]
    axes.imshow(rows.numpy(), origin="lower", aspect="auto", cmap="magma", vmin=0, vmax=1)
