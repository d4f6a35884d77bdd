"""Draw a stroke: spectrogram and codemaps before and after it, the zone outlined."""

from pathlib import Path

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import hsv_to_rgb, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.contract import Grid
from timbrush.effect.canvas import Canvas
from timbrush.effect.model import Effect
from timbrush.tensors import Codemaps
from timbrush.whole import write_whole

GROUND, INK, QUIET, ACCENT = "#14161b", "#e8e6e1", "#8b8f98", "#ffb454"
LOWEST_HERTZ = 50.0
TICKS = (50, 100, 200, 500, 1000, 2000, 5000)

Picture = Float[np.ndarray, "row column"]


def draw_stroke(
    path: Path,
    effect: Effect,
    before: Canvas,
    after: Canvas,
    *,
    title: str,
    force: bool = False,
) -> None:
    """Write a PNG of the last stroke of ``after``, which was painted on ``before``.

    Args:
        path: Where to.
        effect: What painted.
        before: The sound as it was; its first channel is drawn.
        after: The sound after the stroke.
        title: Stands above.
        force: Replace a file that exists.

    Raises:
        OutputError: If the picture cannot be written.
    """
    figure = Figure(figsize=(12, 9.2), facecolor=GROUND, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, color=INK, fontsize=15, x=0.012, ha="left", fontweight="bold")
    axes = figure.subplots(3, 2, sharex=True, sharey=True)
    config, grids = effect.spectrogram, effect.codec.grids
    for column, canvas in enumerate((before, after)):
        _draw_spectrogram(axes[0, column], canvas.spectrogram()[0], config)
        for level, grid in enumerate(grids[:2]):
            _draw_codemap(axes[level + 1, column], canvas, before.codemaps, level, grid, config)
    names = [f"{name} codes" for name in effect.codec.shape.names[:2]]
    for row, name in enumerate(("spectrogram", *names)):
        axes[row, 0].set_title(f"{name}, before", color=INK, fontsize=11, loc="left")
        axes[row, 1].set_title(f"{name}, after", color=INK, fontsize=11, loc="left")
    for axis in axes.flat:
        _outline(axis, after)
        _style(axis, before.length / before.sample_rate, config.sample_rate / 2)
    for axis in axes[2]:
        axis.set_xlabel("seconds", color=QUIET)
    for axis in axes[:, 0]:
        axis.set_ylabel("hertz", color=QUIET)
    with write_whole(path, force=force) as file:
        figure.savefig(file, format="png", dpi=110, metadata={"Software": None})


def _draw_spectrogram(axis: Axes, spectrogram: Picture, config: SpectrogramConfig) -> None:
    n_bins, n_frames = spectrogram.shape
    times = (np.arange(n_frames + 1) - 0.5) * config.frame_seconds
    hertz = (np.arange(n_bins + 1) - 0.5) * config.bin_hertz
    axis.pcolormesh(times, hertz, spectrogram, cmap="magma", vmin=0, vmax=1, rasterized=True)


def _draw_codemap(
    axis: Axes,
    canvas: Canvas,
    originals: Codemaps,
    level: int,
    grid: Grid,
    config: SpectrogramConfig,
) -> None:
    """Draw each code in its colour; what the stroke changed is bright, the rest dim."""
    codes = canvas.codemaps[level][0].numpy()
    width = grid.frames_per_column * config.frame_seconds
    times = np.arange(codes.shape[1] + 1) * width - 0.5 * config.frame_seconds
    hertz = (np.array(grid.row_edges) - 0.5) * config.bin_hertz
    changed = codes != originals[level][0].numpy()
    light = np.where(changed, 1.0, 0.4 if changed.any() else 0.7)[:, :, None]
    colours = light * _colours(codes) + (1 - light) * np.array(to_rgb(GROUND))
    axis.pcolormesh(times, hertz, colours, edgecolors=GROUND, linewidth=0.4, rasterized=True)


def _colours(codes: np.ndarray) -> Float[np.ndarray, "row column 3"]:
    """Return a colour a code. Its number means nothing, so neighbours must not look alike.

    Steps of the golden ratio around the circle of hues keep any few of them far apart.
    """
    hue = (codes * 0.61803398875) % 1
    value = 0.70 + 0.25 * ((codes * 0.38196601) % 1)
    return hsv_to_rgb(np.stack([hue, np.full(codes.shape, 0.45), value], axis=2))


def _outline(axis: Axes, after: Canvas) -> None:
    stroke = after.strokes[-1]
    start, end = stroke.seconds or (0.0, after.length / after.sample_rate)
    low, high = stroke.hertz or (LOWEST_HERTZ, after.sample_rate / 2)
    axis.add_patch(
        Rectangle(
            (start, low), end - start, high - low, fill=False, edgecolor=ACCENT, linewidth=1.8
        )
    )


def _style(axis: Axes, seconds: float, highest_hertz: float) -> None:
    axis.set_facecolor(GROUND)
    axis.set_yscale("log")
    axis.set_xlim(0, seconds)
    axis.set_ylim(LOWEST_HERTZ, highest_hertz)
    ticks = [tick for tick in TICKS if tick < highest_hertz]
    axis.set_yticks(ticks, [str(tick) for tick in ticks])
    axis.set_yticks([], minor=True)
    axis.tick_params(colors=QUIET, labelsize=9, length=3)
    for spine in axis.spines.values():
        spine.set_visible(False)
