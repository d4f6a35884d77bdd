"""Masks from pictures and arrays, and the tonal and transient parts of a sound."""

import io
import json
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from timbrush.audio.spectrogram import SpectrogramConfig, stft, to_spectrogram
from timbrush.codec.contract import Grid
from timbrush.effect.stroke import Stroke
from timbrush.effect.zone import shapes
from timbrush.effect.zone.mask import Mask
from timbrush.effect.zone.shapes import Part
from timbrush.effect.zone.sheet import Sheet
from timbrush.errors import StrokeError

CONFIG = SpectrogramConfig(sample_rate=8000, n_fft=256, hop_length=64)
BOX = {"seconds": (0.16, 0.48), "hertz": (1000.0, 3000.0)}


def sheet(decibels: torch.Tensor | None = None, n_frames: int = 100) -> Sheet:
    return Sheet(
        config=CONFIG,
        first_frame=0,
        n_frames=n_frames,
        grids=(Grid(row_edges=(0, 129), frames_per_column=10),),
        level_names=("one",),
        seconds_bounds=(0, 1),
        hertz_bounds=(0, 4000),
        decibels=lambda first, last: decibels[:, first:last],
    )


def test_an_array_lies_in_its_box_lowest_row_first() -> None:
    array = np.array([[1, 0, 0], [0, 0, 1]])
    pixels = Mask.of_array(array, **BOX).pixels(sheet())
    expected = np.zeros((129, 100), bool)
    seconds, hertz = np.arange(100) * 0.008, np.arange(129) * 31.25
    for row in range(2):
        for column in range(3):
            inside = (hertz >= 1000 + 1000 * row) & (hertz < 2000 + 1000 * row)
            width = 0.32 / 3
            when = (seconds >= 0.16 + width * column) & (seconds < 0.16 + width * (column + 1))
            expected |= bool(array[row, column]) & inside[:, None] & when
    assert np.array_equal(pixels, expected)


def test_a_picture_has_its_top_at_the_top_and_octaves_of_equal_height(tmp_path: Path) -> None:
    grey = np.zeros((4, 4), np.uint8)
    grey[0] = 255  # the top quarter
    grey[3, 0] = 255
    Image.fromarray(grey).save(tmp_path / "m.png")
    mask = Mask.of_file(tmp_path / "m.png", seconds=(0.0, 0.8), hertz=(250.0, 4000.0))
    pixels = mask.pixels(sheet())
    hertz = np.arange(129) * 31.25
    assert pixels[(hertz > 2000) & (hertz < 4000)].all()
    assert not pixels[(hertz > 501) & (hertz < 1999)].any()
    low = pixels[(hertz > 251) & (hertz < 499)]
    assert low[:, :24].all() and not low[:, 26:].any()


def test_what_is_transparent_is_no_zone(tmp_path: Path) -> None:
    layers = np.full((2, 2, 4), 255, np.uint8)
    layers[0, :, 3] = 0
    Image.fromarray(layers).save(tmp_path / "m.png")
    mask = Mask.of_file(tmp_path / "m.png", **BOX)
    assert mask.picture.tolist() == [[True, True], [False, False]]


@pytest.mark.parametrize("name", ["m.npz", "m.npy"])
def test_an_array_comes_from_a_file(tmp_path: Path, name: str) -> None:
    array = np.random.default_rng(0).random((7, 13)) > 0.5
    if name.endswith("z"):
        np.savez_compressed(tmp_path / name, array)
    else:
        np.save(tmp_path / name, array)
    assert np.array_equal(Mask.of_file(tmp_path / name, **BOX).picture, array)


def test_a_mask_is_part_of_a_saved_stroke() -> None:
    array = np.random.default_rng(0).random((300, 500)) > 0.5
    stroke = Stroke(zone=(Mask.of_array(array, **BOX), Part(part="tonal")))
    read = Stroke.from_dict(json.loads(json.dumps(stroke.to_dict())))
    assert read == stroke
    assert np.array_equal(read.zone[0].picture, array)


def bomb() -> bytes:
    """Return an NPZ that says it holds a gigabyte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", b"0" * 100)
    broken = bytearray(out.getvalue())
    where = broken.rfind(b"PK\x01\x02")
    broken[where + 24 : where + 28] = (1 << 30).to_bytes(4, "little")
    return bytes(broken)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("m.gif", b"", "must be a file of .png"),
        ("m.png", b"nothing", "cannot read the mask"),
        ("m.npz", b"nothing", "cannot read the mask"),
        ("m.npy", b"nothing", "cannot read the mask"),
        ("m.npz", bomb(), "too large"),
        ("none.png", None, "No such file"),
        ("none.npz", None, "No such file"),
        ("none.npy", None, "No such file"),
    ],
)
def test_files_that_hold_no_mask_are_refused(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(StrokeError, match=message) as caught:
        Mask.of_file(tmp_path / name, **BOX)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((3, 3)), "the mask is empty"),
        (np.zeros(3), "two axes"),
        (np.array([["a"]]), "array of numbers"),
        (np.array([[np.nan]]), "finite"),
        (np.ones((1, 9000)), "rows and columns"),
        (np.array([[object()]]), "array of numbers"),
    ],
)
def test_arrays_that_are_no_mask_are_refused(array: np.ndarray, message: str) -> None:
    with pytest.raises(StrokeError, match=message):
        Mask.of_array(array, **BOX)


@pytest.mark.parametrize("side", [10_000, 2**31 - 1])
def test_the_size_that_a_picture_states_is_bounded(tmp_path: Path, side: int) -> None:
    head = struct.pack(">4sIIBBBBB", b"IHDR", side, side, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    (tmp_path / "m.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk + bytes(4) + b"IDAT")
    with pytest.raises(StrokeError, match="1 to 8192 rows and columns"):
        Mask.of_file(tmp_path / "m.png", **BOX)


def test_the_size_that_an_array_states_is_not_believed(tmp_path: Path) -> None:
    array = io.BytesIO()
    header = {"descr": "|u1", "fortran_order": False, "shape": (10**9, 10**9)}
    np.lib.format.write_array_header_1_0(array, header)
    with zipfile.ZipFile(tmp_path / "m.npz", "w") as archive:
        archive.writestr("m.npy", array.getvalue())
    with pytest.raises(StrokeError, match="too large"):
        Mask.of_file(tmp_path / "m.npz", **BOX)


def test_a_pickled_array_is_never_read(tmp_path: Path) -> None:
    np.save(tmp_path / "m.npy", np.array([[{}]]), allow_pickle=True)
    with pytest.raises(StrokeError, match="cannot read the mask"):
        Mask.of_file(tmp_path / "m.npy", **BOX)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"packed": "!"}, "Base64"),
        ({"packed": "AAAA"}, "Base64"),
        ({"n_rows": 4}, "rows of"),
        ({"n_columns": 1}, "rows of"),
        ({"n_rows": 10**6}, "1 to 8192 rows"),
        ({"scale": "mel"}, "scale must be one of"),
        ({"scale": "log", "hertz": [0, 100]}, "begin above 0 Hz"),
    ],
)
def test_packed_bits_that_do_not_fit_are_refused(change: dict, message: str) -> None:
    good = shapes.to_dict(Mask.of_array(np.ones((2, 9)), **BOX))
    with pytest.raises(StrokeError, match=message):
        shapes.from_dict({**good, **change})


def test_a_tone_is_tonal_and_a_click_transient() -> None:
    wave = 0.1 * torch.sin(2 * torch.pi * 1000 * torch.arange(6400) / 8000)
    wave[3200] += 1.0
    spectrum = stft(wave[None], CONFIG)[:, :, :100].abs()
    levels = to_spectrogram(spectrum, spectrum.amax((1, 2)), CONFIG)
    decibels = (1 - levels[0]) * CONFIG.floor_decibels
    tonal, transient = (
        Part(part=part).pixels(sheet(decibels)) for part in ("tonal", "transient")
    )
    assert np.array_equal(tonal, ~transient)
    assert tonal[32, 5:45].all() and tonal[32, 55:95].all()
    assert transient[60:120, 49:52].all()
    with pytest.raises(StrokeError, match="part must be one of tonal, transient"):
        Part(part="drums")
