"""A shape that is a picture: black and white, stretched over a box."""

import base64
import binascii
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool

from timbrush.effect.zone.base import BaseShape, Reach
from timbrush.effect.zone.checks import Span, check_mode, check_span, check_types
from timbrush.effect.zone.sheet import Pixels, Sheet
from timbrush.errors import StrokeError

MAX_SIDE = 8_192
"""Rows and columns of a picture."""
MAX_FILE_BYTES = 512 << 20
SCALES = ("linear", "log")
PICTURES = (".png",)
ARRAYS = (".npz", ".npy")

Picture = Bool[np.ndarray, "row column"]


@dataclass(frozen=True, kw_only=True)
class Mask(BaseShape):
    """A picture stretched over a box; ``of_array`` and ``of_file`` make one.

    The picture is held packed, so that a saved edit needs no other file.

    Args:
        seconds: The box's span of time.
        hertz: Its span of frequency.
        n_rows: Rows of the picture; the first is the lowest.
        n_columns: Its columns.
        packed: Its bits, row after row, packed by eight, deflated, as Base64.
        scale: How rows lie in frequency: ``linear``, or ``log`` as on the page.
        mode: How it joins the zone.
    """

    seconds: Span
    hertz: Span
    n_rows: int
    n_columns: int
    packed: str
    scale: str = "linear"
    mode: str = "add"

    def __post_init__(self) -> None:
        check_types(self)
        check_mode(self.mode)
        check_span("seconds", self.seconds)
        check_span("hertz", self.hertz)
        if not (0 < self.n_rows <= MAX_SIDE and 0 < self.n_columns <= MAX_SIDE):
            raise StrokeError(
                f"a mask must have 1 to {MAX_SIDE} rows and columns, got {self.n_rows} and "
                f"{self.n_columns}"
            )
        if self.scale not in SCALES:
            raise StrokeError(f"scale must be one of {', '.join(SCALES)}; got {self.scale!r}")
        if self.scale == "log" and not self.hertz[0] > 0:
            raise StrokeError("a mask of scale log must begin above 0 Hz")
        _ = self.picture

    @classmethod
    def of_array(
        cls,
        array: np.ndarray,
        *,
        seconds: Span,
        hertz: Span,
        scale: str = "linear",
        mode: str = "add",
    ) -> "Mask":
        """Return the mask of an array ``(row, column)``, the lowest frequency first.

        Args:
            array: True, or above half of its largest value, where the zone is.
            seconds: See the class.
            hertz: See the class.
            scale: See the class.
            mode: See the class.

        Raises:
            StrokeError: If it is no array of two axes with something in it.
        """
        array = np.asarray(array)
        if array.ndim != 2 or not (
            array.dtype == bool or np.issubdtype(array.dtype, np.number)
        ):
            raise StrokeError(
                "a mask must be an array of numbers with two axes (row, column), got shape "
                f"{array.shape} of {array.dtype}"
            )
        if max(array.shape) > MAX_SIDE or not array.size:
            raise StrokeError(
                f"a mask must have 1 to {MAX_SIDE} rows and columns, got {array.shape}"
            )
        if np.iscomplexobj(array) or not np.isfinite(array).all():
            raise StrokeError("a mask must hold finite real numbers")
        picture = array if array.dtype == bool else array > array.max() / 2
        if not picture.any():
            raise StrokeError("the mask is empty; paint something in it, as white or as True")
        packed = zlib.compress(np.packbits(picture).tobytes(), 9)
        return cls(
            seconds=seconds,
            hertz=hertz,
            n_rows=picture.shape[0],
            n_columns=picture.shape[1],
            packed=base64.b64encode(packed).decode(),
            scale=scale,
            mode=mode,
        )

    @classmethod
    def of_file(
        cls, path: str | Path, *, seconds: Span, hertz: Span, mode: str = "add"
    ) -> "Mask":
        """Return the mask of a picture (PNG) or of an array (NPZ, NPY).

        In a picture, white is the zone, up is high, and frequency is logarithmic, as on the
        page, where the box begins above 0 Hz. An array has the lowest frequency first and is
        linear, as ``Canvas.spectrogram`` is.

        Raises:
            StrokeError: If the file is missing or holds no mask.
        """
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix in PICTURES:
            scale = "log" if hertz[0] > 0 else "linear"
            read = read_picture(path)[::-1]
        elif suffix in ARRAYS:
            scale, read = "linear", read_array(path)
        else:
            raise StrokeError(
                f"a mask must be a file of {', '.join((*PICTURES, *ARRAYS))}; got {path}"
            )
        try:
            return cls.of_array(read, seconds=seconds, hertz=hertz, scale=scale, mode=mode)
        except StrokeError as error:
            raise StrokeError(f"{path}: {error}") from None

    @property
    def picture(self) -> Picture:
        """The picture, the lowest row first.

        Raises:
            StrokeError: If ``packed`` does not hold so many bits.
        """
        n_bits = self.n_rows * self.n_columns
        n_bytes = -(-n_bits // 8)
        try:
            inflater = zlib.decompressobj()
            packed = inflater.decompress(base64.b64decode(self.packed, validate=True), n_bytes)
            whole = inflater.eof or not inflater.decompress(inflater.unconsumed_tail, 1)
        except (binascii.Error, zlib.error, ValueError) as error:
            raise StrokeError(f"packed must be deflated bits as Base64: {error}") from None
        if len(packed) != n_bytes or not whole:
            raise StrokeError(
                f"packed must hold {self.n_rows} rows of {self.n_columns} bits, got others"
            )
        bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=n_bits)
        return bits.astype(bool).reshape(self.n_rows, self.n_columns)

    @property
    def reach(self) -> Reach:
        """The box."""
        return self.seconds, self.hertz

    def pixels(self, sheet: Sheet) -> Pixels:
        """Return the pixels whose middles lie in white."""
        low, high = self.hertz
        if self.scale == "log":
            octaves = np.log2(np.maximum(sheet.hertz, 1e-3) / low)
            rows = np.floor(octaves / np.log2(high / low) * self.n_rows)
        else:
            rows = np.floor((sheet.hertz - low) / (high - low) * self.n_rows)
        begin, end = self.seconds
        columns = np.floor((sheet.seconds - begin) / (end - begin) * self.n_columns)
        bins = np.flatnonzero((rows >= 0) & (rows < self.n_rows))
        frames = np.flatnonzero((columns >= 0) & (columns < self.n_columns))
        pixels = np.zeros((sheet.config.n_bins, sheet.n_frames), dtype=bool)
        pixels[np.ix_(bins, frames)] = self.picture[
            np.ix_(rows[bins].astype(int), columns[frames].astype(int))
        ]
        return pixels


def read_picture(path: Path) -> np.ndarray:
    """Return the greys of a picture, its top row first; what is transparent is black.

    Raises:
        StrokeError: If it cannot be read, is too large, or Pillow is not installed.
    """
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        raise StrokeError(
            "to read a picture as a mask, install timbrush[picture], or save an array as NPZ"
        ) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened = Image.open(path, formats=["PNG"])
        with opened as image:
            if max(image.size) > MAX_SIDE:
                raise StrokeError(
                    f"{path}: a mask must have 1 to {MAX_SIDE} rows and columns, got "
                    f"{image.size[1]} and {image.size[0]}"
                )
            layers = np.asarray(image.convert("LA"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise StrokeError(
            f"{path}: a mask must have 1 to {MAX_SIDE} rows and columns, got far more"
        ) from None
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no whole PNG"
        raise StrokeError(f"cannot read the mask {path}: {reason}") from None
    return layers[..., 0].astype(np.float32) * (layers[..., 1] > 127)


def read_array(path: Path) -> np.ndarray:
    """Return the one array of an NPZ or NPY file.

    Raises:
        StrokeError: If it cannot be read, is too large, or holds other than one array.
    """
    try:
        if path.suffix.lower() == ".npz":
            with zipfile.ZipFile(path) as archive:
                members = archive.infolist()
                if len(members) != 1:
                    raise StrokeError(
                        f"{path}: a mask must be the only array of its file, got {len(members)}"
                    )
                if members[0].file_size > MAX_FILE_BYTES:
                    raise StrokeError(f"{path}: the array is too large for a mask")
            with np.load(path, allow_pickle=False) as arrays:
                array: np.ndarray = arrays[arrays.files[0]]
        else:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        reason = error.strerror or "it is no array"
        raise StrokeError(f"cannot read the mask {path}: {reason}") from None
    except StrokeError:
        raise
    except MemoryError:  # the size that an array's header states may be a lie
        raise StrokeError(f"{path}: the array is too large for a mask") from None
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, KeyError) as error:
        raise StrokeError(f"cannot read the mask {path}: {error}") from None
    return array
