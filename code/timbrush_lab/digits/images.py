"""Read handwritten digits, from MNIST's official files or from scikit-learn.

Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits".
"""

import gzip
import struct
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor
from torch.nn import functional

from timbrush.errors import DatasetError

SIDE = 28
MAX_BYTES = 64 << 20
"""More than the largest of the four files holds unpacked (47 MB)."""

VALID_SHARE = 1 / 6
"""Of the official training images, the last so many are kept from training, to choose by."""

_PREFIXES = {"train": "train", "valid": "train", "test": "t10k"}


class Digits(NamedTuple):
    """Images of digits with their labels.

    Args:
        images: 28 × 28 values from 0 (paper) to 1 (ink); the first axis of an image is its row.
        labels: The digit on each.
    """

    images: Float[Tensor, "batch row column"]
    labels: Int[Tensor, " batch"]


def read_mnist(folder: Path, split: str) -> Digits:
    """Read one split of MNIST.

    Args:
        folder: Holds the four official files, as they are (``.gz``) or unpacked, itself or in
            ``raw`` or ``MNIST/raw``.
        split: ``train``, ``valid`` or ``test``.

    Raises:
        DatasetError: If a file is missing, damaged or of another shape.
    """
    if split not in _PREFIXES:
        raise DatasetError(f"MNIST has the splits train, valid and test, got {split!r}")
    prefix = _PREFIXES[split]
    images = _read_idx(_find(Path(folder), f"{prefix}-images-idx3-ubyte"), n_axes=3)
    labels = _read_idx(_find(Path(folder), f"{prefix}-labels-idx1-ubyte"), n_axes=1)
    if images.shape[1:] != (SIDE, SIDE) or len(images) != len(labels):
        raise DatasetError(
            f"{folder} holds images of {images.shape[1:]} for {len(labels)} labels; "
            f"expected {len(labels)} images of {SIDE} × {SIDE}"
        )
    if labels.max(initial=0) > 9:
        raise DatasetError(f"{folder} holds the label {labels.max()}; expected 0 to 9")
    chosen = _part(split, len(images))
    if not len(images[chosen]):
        raise DatasetError(
            f"{folder} holds {len(images)} images, too few for a {split} split; expected at "
            "least 6"
        )
    return Digits(
        torch.from_numpy(images[chosen]).float() / 255, torch.from_numpy(labels[chosen]).long()
    )


def bundled_digits(split: str) -> Digits:
    """Return scikit-learn's own 1797 digits, enlarged from 8 × 8 to MNIST's 28 × 28.

    They need no network; the last 297 are the test split, and of the others the last 250 the
    validation split.

    Raises:
        DatasetError: If scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise DatasetError(
            "the bundled digits come with scikit-learn; install timbrush[lab], "
            "or fetch MNIST with `timbrush download mnist`"
        ) from error
    bunch = load_digits()
    small = torch.from_numpy(bunch.images).float()[:, None] / 16
    images = functional.interpolate(small, (SIDE, SIDE), mode="bilinear", align_corners=False)
    chosen = slice(1500, None) if split == "test" else _part(split, 1500)
    return Digits(images[chosen, 0], torch.from_numpy(bunch.target).long()[chosen])


def _part(split: str, n_images: int) -> slice:
    first_valid = n_images - int(VALID_SHARE * n_images)
    return {
        "train": slice(0, first_valid),
        "valid": slice(first_valid, n_images),
        "test": slice(0, n_images),
    }[split]


def _find(folder: Path, name: str) -> Path:
    for place in (folder, folder / "raw", folder / "MNIST" / "raw"):
        for suffix in (".gz", ""):
            if (place / (name + suffix)).is_file():
                return place / (name + suffix)
    raise DatasetError(
        f"no {name}.gz in {folder}; fetch it with `timbrush download mnist {folder}`"
    )


def _read_idx(path: Path, *, n_axes: int) -> UInt8[np.ndarray, "..."]:
    """Read an idx file of bytes: two zeros, 8 (bytes), axes, each size as 4 bytes, values."""
    data = _read_bytes(path)
    if data[:4] != bytes([0, 0, 8, n_axes]) or len(data) < 4 + 4 * n_axes:
        raise DatasetError(f"{path} is no idx file of bytes with {n_axes} axes")
    shape = struct.unpack_from(f">{n_axes}I", data, 4)
    values = np.frombuffer(data, np.uint8, offset=4 + 4 * n_axes)
    if len(values) != int(np.prod(shape, dtype=object)):
        raise DatasetError(f"{path} states {shape} and holds {len(values)} values")
    return values.reshape(shape).copy()


def _read_bytes(path: Path) -> bytes:
    opened = gzip.open if path.suffix == ".gz" else Path.open
    try:
        with opened(path, "rb") as file:
            data: bytes = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:  # a wrong gzip CRC is an OSError
        raise DatasetError(f"{path} is damaged: {error}; fetch it again") from error
    if len(data) > MAX_BYTES:
        raise DatasetError(f"{path} holds more than {MAX_BYTES >> 20} MB; that is not MNIST")
    return data
