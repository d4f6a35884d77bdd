"""Show a canvas: in a notebook with its last zone and its sound, or as a plot."""

import base64
import html
import io
import struct
import wave
import zlib
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, Float, Int16, UInt8

from timbrush.audio.resampling import Samples
from timbrush.errors import TimbrushError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from timbrush.effect.canvas import Canvas

WIDTH, HEIGHT = 800, 240
"""Pixels of the picture."""
LOWEST_HERTZ = 40.0
MAX_SECONDS = 60.0
"""What is longer is drawn and played only so far, since a notebook keeps all of it."""
COLOURS = ((8, 9, 20), (74, 20, 110), (180, 54, 90), (245, 130, 60), (252, 245, 190))
"""From silence to the peak."""
ZONE_COLOUR = (90, 230, 255)

Pixels = UInt8[np.ndarray, "height width 3"]


def to_html(canvas: "Canvas") -> str:
    """Return a canvas as HTML: picture, players for before and after, and what strokes did."""
    seconds = canvas.length / canvas.sample_rate
    shown = min(seconds, MAX_SECONDS)
    title = html.escape(repr(canvas))
    cut = f" · the first {shown:g} s" if shown < seconds else ""
    image = _uri("image/png", picture(canvas))
    rows = [
        f"<div><b>{title}</b>{cut}</div>",
        f'<img alt="{title}" style="max-width:100%" src="{image}">',
    ]
    n_samples = round(shown * canvas.sample_rate)
    if canvas.strokes:
        before = canvas.source.recording.read(0, n_samples)
        rows.append(_player("A, before", before, canvas.sample_rate))
        rows.append(_player("B, after", canvas.floats(0, n_samples), canvas.sample_rate))
    else:
        rows.append(_player("", canvas.floats(0, n_samples), canvas.sample_rate))
    for stroke, report in zip(canvas.strokes, canvas.reports, strict=True):
        what = "+".join(stroke.inpainters) or type(stroke.action).__name__.lower()
        cost = f"{report.milliseconds:.0f} ms · {report.joules:.2g} J"
        changed = f"{report.share_changed:.0%} of the cells changed"
        about = f"{html.escape(what)} · seed {stroke.seed} · {cost} · {changed}"
        rows.append(f"<div><small>{about}</small></div>")
    return "\n".join(rows)


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


def picture(canvas: "Canvas") -> bytes:
    """Return a PNG of the first channel: time by octaves, the last stroke's zone outlined."""
    seconds = min(canvas.length / canvas.sample_rate, MAX_SECONDS)
    config = canvas.source.config
    levels = canvas.spectrogram((0.0, seconds))[0]
    frames = np.linspace(0, levels.shape[1] - 1, WIDTH).round().astype(int)
    top = config.sample_rate / 2
    hertz = np.geomspace(top, LOWEST_HERTZ, HEIGHT)
    bins = np.clip((hertz / config.bin_hertz).round().astype(int), 0, levels.shape[0] - 1)
    pixels = _coloured(levels[np.ix_(bins, frames)])
    if canvas.strokes:
        pixels[_outline(_zone(canvas, bins, frames))] = ZONE_COLOUR
    return encode_png(pixels)


def _zone(canvas: "Canvas", bins: np.ndarray, frames: np.ndarray) -> Bool[np.ndarray, "h w"]:
    """Return which pixels lie in cells that the last stroke may redraw."""
    inside = np.zeros((len(bins), len(frames)), dtype=bool)
    cells = canvas.cells(canvas.strokes[-1])
    for grid, weights in zip(canvas.source.codec.grids, cells, strict=True):
        rows = np.searchsorted(np.asarray(grid.row_edges), bins, side="right") - 1
        rows = np.clip(rows, 0, weights.shape[0] - 1)
        columns = np.clip(frames // grid.frames_per_column, 0, weights.shape[1] - 1)
        inside |= weights[np.ix_(rows, columns)] > 0
    return inside


def _outline(inside: Bool[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    padded = np.pad(inside, 2)  # a zone that reaches the edge is outlined there too
    core = padded.copy()
    for axis in (0, 1):
        for step in (-2, -1, 1, 2):
            core &= np.roll(padded, step, axis)
    return inside & ~core[2:-2, 2:-2]


def _coloured(levels: Float[np.ndarray, "h w"]) -> Pixels:
    places = np.linspace(0, 1, len(COLOURS))
    channels = [np.interp(levels, places, values) for values in zip(*COLOURS, strict=True)]
    return np.stack(channels, axis=2).round().astype(np.uint8)


def encode_png(pixels: Pixels) -> bytes:
    """Return pixels as a PNG file."""
    height, width, _ = pixels.shape
    lines = np.pad(pixels.reshape(height, 3 * width), ((0, 0), (1, 0)))  # 0: no filter

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            chunk(b"IDAT", zlib.compress(lines.tobytes())),
            chunk(b"IEND", b""),
        )
    )


def encode_wav(samples: Samples, sample_rate: int) -> bytes:
    """Return samples as a 16-bit WAV, as loud as they are; what is beyond full scale is cut."""
    whole: Int16[np.ndarray, "time channel"] = np.clip(
        np.rint(samples.T * 32768), -32768, 32767
    ).astype(np.int16)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((whole.shape[1], 2, sample_rate, 0, "NONE", ""))
        file.writeframes(whole.astype("<i2").tobytes())
    return out.getvalue()


def _player(label: str, samples: Samples, sample_rate: int) -> str:
    uri = _uri("audio/wav", encode_wav(samples[:2], sample_rate))
    return f'<div>{label} <audio controls preload="auto" src="{uri}"></audio></div>'


def _uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
