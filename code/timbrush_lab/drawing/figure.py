"""Begin a picture, and write it whole and small."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

from timbrush.whole import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST_PICTURE = 300_000
"""Bytes of a picture, since each is kept in the history for ever."""

COLOURS = ("#3b6ea5", "#d1603d", "#5b8c5a", "#8a5a9e", "#b8912f", "#4d4d4d", "#c05a83")


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty figure of so many inches."""
    from matplotlib.figure import Figure  # lazy: takes half a second to load

    return Figure(figsize=(width, height), layout="constrained")


def save(figure: "Figure", path: Path) -> None:
    """Write a picture whole; the same figure gives the same bytes."""
    kind = path.suffix.removeprefix(".")
    dated = {"pdf": {"CreationDate": None}, "png": {"Software": None}}
    drawn = io.BytesIO()
    figure.savefig(drawn, format=kind, dpi=150, metadata=dated.get(kind))
    content = small_png(drawn.getvalue()) if kind == "png" else drawn.getvalue()
    with write_whole(path, force=True, parents=True) as file:
        file.write(content)


def small_png(content: bytes, *, n_bytes: int = LARGEST_PICTURE) -> bytes:
    """Return a PNG of 256 colours, smaller by steps of a tenth until it fits.

    Args:
        content: The file of a picture.
        n_bytes: Size that the new file keeps below.
    """
    from PIL import Image

    picture = Image.open(io.BytesIO(content)).convert("RGB")
    width, height = picture.size
    for tenths in range(10, 0, -1):
        size = (width * tenths // 10, height * tenths // 10)
        smaller = picture.resize(size, Image.Resampling.LANCZOS) if tenths < 10 else picture
        written = io.BytesIO()
        smaller.quantize(256, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
        if written.tell() < n_bytes:
            break
    return written.getvalue()
