"""MNIST's files, written here byte by byte, and the digits of scikit-learn."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from timbrush.errors import DatasetError
from timbrush_lab.digits import images as digit_files
from timbrush_lab.digits.images import bundled_digits, read_mnist

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8)
LABELS = np.array([3, 1, 4, 1, 5], dtype=np.uint8)


def idx(array: np.ndarray) -> bytes:
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.tobytes()


def make(folder: Path, images: bytes = idx(IMAGES), labels: bytes = idx(LABELS)) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
    (folder / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels))
    return folder


@pytest.mark.parametrize("place", ["", "raw", "MNIST/raw"])
def test_images_and_labels_come_as_they_were_written(tmp_path: Path, place: str) -> None:
    make(tmp_path / place)

    digits = read_mnist(tmp_path, "test")

    assert np.array_equal(digits.images.numpy() * 255, IMAGES.astype(np.float32))
    assert digits.labels.tolist() == LABELS.tolist()


def test_unpacked_files_serve_as_well(tmp_path: Path) -> None:
    labels = np.repeat(LABELS, 2)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(np.repeat(IMAGES, 2, axis=0)))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(labels))

    parts = [read_mnist(tmp_path, split).labels.tolist() for split in ("train", "valid")]
    assert parts[0] + parts[1] == labels.tolist()


def test_a_sixth_of_the_training_images_is_kept_to_choose_by(tmp_path: Path) -> None:
    images, labels = np.repeat(IMAGES, 6, axis=0), np.repeat(LABELS, 6)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(images))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(labels))

    train, valid = read_mnist(tmp_path, "train"), read_mnist(tmp_path, "valid")

    assert (len(train.images), len(valid.images)) == (25, 5)
    assert valid.labels.tolist() == labels[25:].tolist()


@pytest.mark.parametrize(
    ("images", "labels", "match"),
    [
        (b"", idx(LABELS), "no idx file of bytes with 3 axes"),
        (idx(LABELS), idx(LABELS), "no idx file of bytes with 3 axes"),
        (idx(IMAGES)[:-1], idx(LABELS), "states .* and holds 3919 values"),
        (idx(IMAGES) + b"x", idx(LABELS), "holds 3921 values"),
        (idx(IMAGES[:4]), idx(LABELS), "expected 5 images of 28"),
        (idx(IMAGES[:, :27]), idx(LABELS), "expected 5 images of 28"),
        (idx(IMAGES), idx(LABELS + 5), "holds the label 10"),
        (idx(IMAGES[:0]), idx(LABELS[:0]), "holds 0 images, too few for a test split"),
    ],
)
def test_files_that_do_not_fit_are_refused(
    tmp_path: Path, images: bytes, labels: bytes, match: str
) -> None:
    with pytest.raises(DatasetError, match=match):
        read_mnist(make(tmp_path, images, labels), "test")


def test_missing_damaged_and_endless_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DatasetError, match="fetch it with `timbrush download mnist"):
        read_mnist(tmp_path, "test")
    with pytest.raises(DatasetError, match="splits train, valid and test, got 'dev'"):
        read_mnist(tmp_path, "dev")
    path = make(tmp_path) / "t10k-images-idx3-ubyte.gz"
    data = bytearray(path.read_bytes())
    data[-8] ^= 1  # gzip's checksum
    path.write_bytes(data)
    with pytest.raises(DatasetError, match="is damaged"):
        read_mnist(tmp_path, "test")
    path.write_bytes(gzip.compress(idx(IMAGES))[:-100])
    with pytest.raises(DatasetError, match="is damaged"):
        read_mnist(tmp_path, "test")
    monkeypatch.setattr(digit_files, "MAX_BYTES", 1 << 10)
    path.write_bytes(gzip.compress(bytes(4000)))
    with pytest.raises(DatasetError, match="that is not MNIST"):
        read_mnist(tmp_path, "test")


def test_the_bundled_digits_are_scikit_learns_enlarged() -> None:
    from sklearn.datasets import load_digits

    parts = [bundled_digits(split) for split in ("train", "valid", "test")]
    train = parts[0]

    assert train.images.shape == (1250, 28, 28)
    assert torch.cat([part.labels for part in parts]).tolist() == load_digits().target.tolist()
    assert 0 <= float(train.images.min()) < float(train.images.max()) <= 1
    # 28 is 3.5 times 8: over cells of 7 x 7 and of 2 x 2 both pictures have about one mean
    small = torch.from_numpy(load_digits().images[:1250]).float() / 16
    means = torch.nn.functional.avg_pool2d(train.images[:, None], 7)[:, 0]
    wanted = torch.nn.functional.avg_pool2d(small[:, None], 2)[:, 0]
    assert float((means - wanted).abs().mean()) < 0.05
