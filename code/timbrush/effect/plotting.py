"""Plot a canvas with matplotlib."""

from typing import TYPE_CHECKING

import numpy as np

from timbrush.errors import TimbrushError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from timbrush.effect.canvas import Canvas


def plot(canvas: "Canvas", seconds: tuple[float, float] | None) -> "Figure":
    """Return a figure with the spectrogram of each channel and the boxes of the strokes.

    Raises:
        TimbrushError: If matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
        from matplotlib.patches import Rectangle
    except ImportError:
        raise TimbrushError(
            "plot needs matplotlib; install it with: pip install 'timbrush[picture]'"
        ) from None
    config = canvas.source.config
    length = canvas.length / canvas.sample_rate
    start = (seconds or (0.0, length))[0]
    pictures = canvas.spectrogram(seconds)
    figure = Figure(figsize=(10, 3 * len(pictures)), layout="constrained")
    for axis, picture in zip(
        figure.subplots(len(pictures), squeeze=False)[:, 0], pictures, strict=True
    ):
        n_bins, n_frames = picture.shape
        times = start + (np.arange(n_frames + 1) - 0.5) * config.frame_seconds
        hertz = (np.arange(n_bins + 1) - 0.5) * config.bin_hertz
        axis.pcolormesh(times, hertz, picture, cmap="magma", vmin=0, vmax=1, rasterized=True)
        axis.set(xlabel="seconds", ylabel="hertz", ylim=(0, config.sample_rate / 2))
        for stroke in canvas.strokes:
            first, last = stroke.seconds or (0.0, length)
            low, high = stroke.hertz or (0.0, config.sample_rate / 2)
            axis.add_patch(
                Rectangle((first, low), last - first, high - low, fill=False, edgecolor="cyan")
            )
    return figure
