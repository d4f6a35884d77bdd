"""Codemaps of a sound to a small file and back: packed integers after about 29 bytes of header.

Layout, little-endian (a varint holds 7 bits a byte, low first; its last byte is below 128)::

    2  bytes   "TB"
    1  byte    version (high half), number of levels (low half)
    4  bytes   CRC-32 of all that follows
    8  bytes   fingerprint of the model
    4  bytes   gain, float32
    1  byte    sample rate: an index into RATES, or 0 and then a varint
       varint  length in samples
       varint  channels
       varint  patch columns
       varint  patch rows
    1  byte    a level: bits of a code
       cells   of a patch on each level, see below
       rest    codes, high bit first: level by level, channel by channel, row by row

Cells, in version 1, which is written where the first level has one cell a patch and each level
divides the next::

    1  byte    a level but the first: (rows per row of the level before - 1) · 16 + the same of
               columns

Cells, in version 2, which is written for all other shapes::

       varint  a level: rows in a patch
       varint  a level: columns in a patch
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import torch

from timbrush.audio.files import (
    MAX_CHANNELS,
    MAX_PEAK,
    MAX_SAMPLE_RATE,
    MAX_VALUES,
    MIN_SAMPLE_RATE,
)
from timbrush.codec.packing import Cursor, pack_bits, unpack_bits, varint
from timbrush.codemaps import CodeShape
from timbrush.errors import CheckpointError, ConfigError
from timbrush.tensors import Codemaps
from timbrush.whole import write_whole

MAGIC = b"TB"
NESTED, ANY_SHAPE = 1, 2
"""The two versions of a codes file."""
MAX_BYTES = 256 << 20
MAX_BITS = 24
# The index goes into files: only ever append.
RATES = (0, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 192000)


@dataclass(frozen=True, kw_only=True, eq=False)
class Codes:
    """The codemaps of a sound with all that is needed to make a sound of them again.

    Args:
        codemaps: One a level; their batch axis is the sound's channels.
        bits_per_code: One a level; codes lie in 0 to ``2**bits - 1``.
        length: Samples of a channel, at ``sample_rate``.
        sample_rate: Rate of the sound that was encoded, not of the model.
        gain: Spectral peak of the sound; its magnitudes were divided by it. 0 is silence.
        fingerprint: 16 hex digits of the model that made them.

    Raises:
        CheckpointError: If the parts do not fit each other.
    """

    codemaps: Codemaps
    bits_per_code: tuple[int, ...]
    length: int
    sample_rate: int
    gain: float
    fingerprint: str

    def __repr__(self) -> str:
        maps = " + ".join("×".join(map(str, codemap.shape[1:])) for codemap in self.codemaps)
        return (
            f"Codes({self.seconds:.2f} s at {self.sample_rate} Hz, {self.n_channels} "
            f"channel{'s' * (self.n_channels != 1)}; {maps} codes of "
            f"{' + '.join(map(str, self.bits_per_code))} bits; model {self.fingerprint})"
        )

    def __post_init__(self) -> None:
        n_levels = len(self.codemaps)
        if not 1 <= n_levels <= 15 or len(self.bits_per_code) != n_levels:
            raise CheckpointError(f"codes need 1 to 15 levels with their bits, got {n_levels}")
        if not all(1 <= bits <= MAX_BITS for bits in self.bits_per_code):
            raise CheckpointError(f"codes take 1 to {MAX_BITS} bits, got {self.bits_per_code}")
        if not MIN_SAMPLE_RATE <= self.sample_rate <= MAX_SAMPLE_RATE:
            raise CheckpointError(
                f"codes need a sample rate of {MIN_SAMPLE_RATE} to {MAX_SAMPLE_RATE} Hz, "
                f"got {self.sample_rate}"
            )
        if not 1 <= self.length <= MAX_VALUES // max(self.n_channels, 1):
            raise CheckpointError(
                f"codes need a length of 1 to {MAX_VALUES} samples over all channels, got "
                f"{self.length} of {self.n_channels} channels"
            )
        if not 1 <= self.n_channels <= MAX_CHANNELS:
            raise CheckpointError(
                f"codes need 1 to {MAX_CHANNELS} channels, got {self.n_channels}"
            )
        if not 0 <= self.gain <= 2 * MAX_PEAK:
            raise CheckpointError(
                f"codes need a gain of 0 to {2 * MAX_PEAK:g}, got {self.gain}"
            )
        if len(self.fingerprint) != 16 or set(self.fingerprint) - set("0123456789abcdef"):
            raise CheckpointError(f"a fingerprint is 16 hex digits, got {self.fingerprint!r}")
        if len({len(codemap) for codemap in self.codemaps}) > 1:
            raise CheckpointError("all codemaps of a sound need the same number of channels")
        self.shape.check(self.codemaps)

    @property
    def shape(self) -> CodeShape:
        """The shape of the codemaps, as far as a file tells it.

        Levels have numbers for names, and codebooks are as large as their bits allow.

        Raises:
            CheckpointError: If there is no such shape.
        """
        try:
            return CodeShape.of(
                codebook_sizes=[1 << bits for bits in self.bits_per_code],
                n_rows=[codemap.shape[1] for codemap in self.codemaps],
                columns=[codemap.shape[2] for codemap in self.codemaps],
                names=[f"level {n}" for n in range(1, len(self.codemaps) + 1)],
            )
        except ConfigError as error:
            raise CheckpointError(f"these codemaps do not fit each other: {error}") from error

    @property
    def n_channels(self) -> int:
        """Channels of the sound."""
        return int(self.codemaps[0].shape[0])

    @property
    def seconds(self) -> float:
        """Duration of the sound."""
        return self.length / self.sample_rate

    def check_fingerprint(self, fingerprint: str) -> None:
        """Refuse another model than the one that made the codes.

        Raises:
            CheckpointError: If ``fingerprint`` is another's.
        """
        if fingerprint != self.fingerprint:
            raise CheckpointError(
                f"these codes were made by model {self.fingerprint}, this is {fingerprint}; "
                "decode them with the model that made them"
            )


def pack(codes: Codes) -> bytes:
    """Return the bytes of a codes file; equal codes give equal bytes."""
    shape = codes.shape
    version = NESTED if _is_nested(shape) else ANY_SHAPE
    rate = RATES.index(codes.sample_rate) if codes.sample_rate in RATES else 0
    body = b"".join(
        (
            bytes.fromhex(codes.fingerprint),
            struct.pack("<f", codes.gain),
            bytes([rate]) + (b"" if rate else varint(codes.sample_rate)),
            varint(codes.length),
            varint(codes.n_channels),
            varint(shape.n_columns(codes.codemaps)),
            varint(shape.n_patch_rows),
            bytes(codes.bits_per_code),
            _pack_ratios(shape) if version == NESTED else _pack_cells(shape),
            pack_bits([c.numpy() for c in codes.codemaps], codes.bits_per_code),
        )
    )
    head = bytes([version << 4 | shape.n_levels])
    return MAGIC + head + struct.pack("<I", zlib.crc32(body)) + body


def unpack(data: bytes) -> Codes:
    """Return the codes that ``pack`` made bytes of.

    Raises:
        CheckpointError: If it is no codes file, of another version, damaged or cut short.
    """
    if data[:2] != MAGIC or len(data) < 8:
        raise CheckpointError("this is no codes file; expected what `timbrush encode` wrote")
    version, n_levels = data[2] >> 4, data[2] & 15
    if version not in (NESTED, ANY_SHAPE):
        raise CheckpointError(
            f"codes of version {version}; this timbrush reads {NESTED} and {ANY_SHAPE}"
        )
    if zlib.crc32(data[7:]) != struct.unpack_from("<I", data, 3)[0]:
        raise CheckpointError("the codes file is damaged or cut short; encode the sound again")
    try:
        return _unpack_body(Cursor(data, 7), n_levels, version)
    except (IndexError, ValueError, struct.error) as error:  # a forged header with a true CRC
        raise CheckpointError(f"the codes file contradicts itself: {error}") from error


def read(path: Path) -> Codes:
    """Read a codes file.

    Raises:
        CheckpointError: If it cannot be read or is no whole codes file.
    """
    try:
        with path.open("rb") as file:
            data = read_bytes(file.read)
    except OSError as error:
        raise CheckpointError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        return unpack(data)
    except CheckpointError as error:
        raise CheckpointError(f"{path}: {error}") from error


def read_bytes(read: Callable[[int], bytes]) -> bytes:
    """Return what an open file's ``read`` gives; of what is no codes file, the start alone.

    So no long film, and no endless pipe, is read to its end to be refused.
    """
    data = read(len(MAGIC))
    return data + read(MAX_BYTES) if data == MAGIC else data


def write(path: Path, codes: Codes, *, force: bool = False) -> None:
    """Write a codes file, whole or not at all.

    Raises:
        OutputError: If it exists and ``force`` is not given, or cannot be written.
    """
    data = pack(codes)
    with write_whole(path, force=force) as file:
        file.write(data)


def _unpack_body(cursor: Cursor, n_levels: int, version: int) -> Codes:
    fingerprint = cursor.take(8).hex()
    (gain,) = struct.unpack("<f", cursor.take(4))
    rate = cursor.take(1)[0]
    sample_rate = RATES[rate] if rate else cursor.varint()
    length, n_channels, columns, rows = (cursor.varint() for _ in range(4))
    bits = tuple(cursor.take(n_levels))
    unpack_shape = _unpack_ratios if version == NESTED else _unpack_cells
    shapes = [
        (n_channels, rows * high, columns * wide)
        for high, wide in unpack_shape(cursor, n_levels)
    ]
    return Codes(
        codemaps=tuple(torch.from_numpy(c) for c in unpack_bits(cursor.rest(), shapes, bits)),
        bits_per_code=bits,
        length=length,
        sample_rate=sample_rate,
        gain=gain,
        fingerprint=fingerprint,
    )


def _is_nested(shape: CodeShape) -> bool:
    """Return whether version 1 can say the shape."""
    first = shape.levels[0]
    pairs = pairwise(shape.levels)
    return (first.rows, first.columns) == (1, 1) and all(
        few <= many <= 16 * few
        for one, next_one in pairs
        for few, many in ((one.rows, next_one.rows), (one.columns, next_one.columns))
    )


def _pack_ratios(shape: CodeShape) -> bytes:
    return bytes(
        (fine.rows // coarse.rows - 1) << 4 | (fine.columns // coarse.columns - 1)
        for coarse, fine in pairwise(shape.levels)
    )


def _unpack_ratios(cursor: Cursor, n_levels: int) -> list[tuple[int, int]]:
    rows, columns, cells = 1, 1, [(1, 1)]
    for byte in cursor.take(max(n_levels - 1, 0)):
        rows, columns = rows * (byte >> 4) + rows, columns * (byte & 15) + columns
        cells.append((rows, columns))
    return cells


def _pack_cells(shape: CodeShape) -> bytes:
    return b"".join(varint(level.rows) + varint(level.columns) for level in shape.levels)


def _unpack_cells(cursor: Cursor, n_levels: int) -> list[tuple[int, int]]:
    return [(cursor.varint(), cursor.varint()) for _ in range(n_levels)]
