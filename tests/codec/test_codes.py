"""Codes files: round trips, size, and what is refused."""

import dataclasses
import hashlib
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch

from timbrush.codec import codes as codes_file
from timbrush.codec.codes import Codes, pack, unpack
from timbrush.errors import CheckpointError, OutputError


def make(
    *,
    n_channels: int = 1,
    columns: int = 8,
    rows: int = 16,
    bits: int = 9,
    length: int = 64000,
    sample_rate: int = 16000,
) -> Codes:
    generator = torch.Generator().manual_seed(columns)
    shapes = [(n_channels, rows, columns), (n_channels, 2 * rows, 2 * columns)]
    return Codes(
        codemaps=tuple(torch.randint(0, 2**bits, s, generator=generator) for s in shapes),
        bits_per_code=(bits, bits),
        length=length,
        sample_rate=sample_rate,
        gain=0.25,
        fingerprint="0123456789abcdef",
    )


@pytest.mark.parametrize("n_channels", [1, 2, 130])
@pytest.mark.parametrize("columns", [1, 8, 150])
@pytest.mark.parametrize(("rows", "bits"), [(16, 9), (3, 1), (1, 10)])
def test_codes_come_back_as_they_were(
    n_channels: int, columns: int, rows: int, bits: int
) -> None:
    codes = make(n_channels=n_channels, columns=columns, rows=rows, bits=bits)

    restored = unpack(pack(codes))

    assert [c.tolist() for c in restored.codemaps] == [c.tolist() for c in codes.codemaps]
    for name in ("bits_per_code", "length", "sample_rate", "gain", "fingerprint"):
        assert getattr(restored, name) == getattr(codes, name)


@pytest.mark.parametrize(
    ("settings", "digest"),
    [
        ({}, "63b2d0c358bf51e43415f38b605e690a"),
        (
            {"n_channels": 2, "columns": 5, "rows": 3, "bits": 4, "sample_rate": 12345},
            "8d592b1c2280e2202cbfaba3797ab194",
        ),
    ],
)
def test_codes_of_nested_levels_are_the_bytes_that_version_1_always_was(
    settings: dict[str, int], digest: str
) -> None:
    data = pack(make(**settings))

    assert data[2] == 1 << 4 | 2
    assert hashlib.sha256(data).hexdigest()[:32] == digest


@pytest.mark.parametrize(
    "cells",
    [
        ((1, 4), (6, 1)),
        ((6, 1), (1, 4)),
        ((2, 2), (1, 1)),
        ((1, 1), (1, 17)),
        ((1, 4), (6, 1), (2, 2)),
        ((1, 1), (300, 1)),
    ],
)
@pytest.mark.parametrize("n_columns", [1, 7])
def test_codes_of_levels_that_do_not_nest_come_back_as_they_were(
    cells: tuple[tuple[int, int], ...], n_columns: int
) -> None:
    generator = torch.Generator().manual_seed(0)
    codes = dataclasses.replace(
        make(),
        codemaps=tuple(
            torch.randint(
                0, 2 ** (3 + level), (2, 8 * high, n_columns * wide), generator=generator
            )
            for level, (high, wide) in enumerate(cells)
        ),
        bits_per_code=tuple(3 + level for level in range(len(cells))),
    )

    data = pack(codes)
    restored = unpack(data)

    assert data[2] >> 4 == 2
    assert [c.tolist() for c in restored.codemaps] == [c.tolist() for c in codes.codemaps]
    assert [(level.rows, level.columns) for level in restored.shape.levels] == list(cells)
    assert (restored.shape, restored.length) == (codes.shape, codes.length)
    for position in range(len(data)):
        with pytest.raises(CheckpointError):
            unpack(data[:position])


@pytest.mark.parametrize("rate", [16000, 44100, 48000, 96000])
def test_four_seconds_of_mono_stay_below_1500_bits_a_second(rate: int) -> None:
    data = pack(make(length=4 * rate, sample_rate=rate))

    assert len(data) == 720 + 29
    assert 8 * len(data) / 4 <= 1500


@pytest.mark.parametrize("rate", [100, 12345, 192000, 1_536_000])
def test_any_sample_rate_is_kept(rate: int) -> None:
    assert unpack(pack(make(sample_rate=rate))).sample_rate == rate


def test_every_changed_byte_and_every_cut_is_noticed() -> None:
    data = pack(make())

    for position in range(len(data)):
        broken = bytearray(data)
        broken[position] ^= 0x10
        with pytest.raises(CheckpointError):
            unpack(bytes(broken))
        with pytest.raises(CheckpointError):
            unpack(data[:position])
    with pytest.raises(CheckpointError, match="damaged or cut short"):
        unpack(data + b"\0")


def test_a_forged_header_with_a_true_checksum_is_refused_without_the_memory() -> None:
    data = pack(make())
    rng = np.random.default_rng(0)

    refused = 0
    for _ in range(300):
        body = bytearray(data[7:])
        body[rng.integers(8, 22)] = rng.integers(256)
        forged = data[:3] + struct.pack("<I", zlib.crc32(body)) + body
        try:
            restored = unpack(bytes(forged))
        except CheckpointError as error:
            assert "\n" not in str(error)
            refused += 1
        else:  # only rate, length or gain were changed
            assert restored.codemaps[0].shape == (1, 16, 8)
    assert refused > 100


def test_foreign_files_are_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.codes").write_bytes(b"RIFF" + bytes(1000))

    with pytest.raises(CheckpointError, match=r"x\.codes: this is no codes file"):
        codes_file.read(tmp_path / "x.codes")
    with pytest.raises(CheckpointError, match="No such file"):
        codes_file.read(tmp_path / "missing.codes")
    newer = bytearray(pack(make()))
    newer[2] = 3 << 4 | 2
    with pytest.raises(CheckpointError, match="version 3; this timbrush reads 1 and 2"):
        unpack(bytes(newer))


def test_another_model_is_refused() -> None:
    make().check_fingerprint("0123456789abcdef")

    with pytest.raises(CheckpointError, match="made by model 0123456789abcdef, this is ffff"):
        make().check_fingerprint("ffffffffffffffff")


def test_parts_that_do_not_fit_each_other_are_refused() -> None:
    def build(**changes: object) -> Codes:
        parts = {name: getattr(make(), name) for name in Codes.__dataclass_fields__}
        return Codes(**(parts | changes))

    coarse, fine = make().codemaps
    with pytest.raises(CheckpointError, match="do not fit each other: of the columns"):
        build(codemaps=(coarse, fine[:, :, :15]))
    with pytest.raises(CheckpointError, match="do not fit each other: codemaps need rows"):
        build(codemaps=(coarse, fine[:, :, :0]))
    with pytest.raises(CheckpointError, match="same number of channels"):
        build(codemaps=(coarse, fine.repeat(2, 1, 1)))
    with pytest.raises(CheckpointError, match=r"level 2 codes from 0 to 511, got .* to 512"):
        build(codemaps=(coarse, fine + 1))
    with pytest.raises(CheckpointError, match="codes need a gain of 0 to"):
        build(gain=float("nan"))
    with pytest.raises(CheckpointError, match="codes need a gain of 0 to"):
        build(gain=3e38)
    with pytest.raises(CheckpointError, match="need 1 to 256 channels, got 0"):
        build(codemaps=(coarse[:0], fine[:0]))
    with pytest.raises(CheckpointError, match="a sample rate of 100 to 1536000 Hz"):
        build(sample_rate=2**24)
    with pytest.raises(CheckpointError, match="samples over all channels, got 8589934592"):
        build(length=2**33)
    with pytest.raises(CheckpointError, match="16 hex digits"):
        build(fingerprint="0123")


def test_a_file_is_written_whole_and_never_replaced_without_force(tmp_path: Path) -> None:
    path = tmp_path / "x.codes"
    codes_file.write(path, make())

    with pytest.raises(OutputError, match="exists"):
        codes_file.write(path, make(columns=1))
    assert codes_file.read(path).codemaps[0].shape == (1, 16, 8)
    codes_file.write(path, make(columns=1), force=True)
    assert codes_file.read(path).codemaps[0].shape == (1, 16, 1)
    assert [p.name for p in tmp_path.iterdir()] == ["x.codes"]
