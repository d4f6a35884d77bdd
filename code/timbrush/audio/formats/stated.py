"""How many bytes of samples older kinds of files promise and lack.

Where a kind states no length, as PAF, PVF and IRCAM do not, a file that was cut is a whole one.

Source: the headers as libsndfile reads and writes them; MathWorks, MAT-File Format; Creative
Labs, Creative Voice File Format; NIST SPHERE.
"""

import io
import re
import struct
from collections.abc import Iterator

_VOC = b"Creative Voice File\x1a"
_AVR, _AVR_HEAD = b"2BIT", 128
_MPC2K, _MPC2K_HEAD = b"\x01\x04", 42
_NIST = b"NIST_1A\n"
_MAT4_NAME = b"samplerate\0"
_MAT4_BYTES = {0: 8, 1: 4, 2: 4, 3: 2}
_MAT5, _MAT5_HEAD = b"MATLAB 5.0 MAT-file", 128
_MAT5_SLACK = 8
"""Bytes by which libsndfile overstates the size of its matrices."""
MAX_BLOCKS = 10_000
_HEAD_BYTES = 1024


def missing_bytes(file: io.BufferedIOBase) -> int:
    """Return how many bytes of samples a file states and does not hold; 0 for other kinds."""
    end = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    try:
        return max(_stated_end(file, head, end) - end, 0)
    except struct.error:  # who decodes it says what is wrong with its head
        return 0


def _stated_end(file: io.BufferedIOBase, head: bytes, end: int) -> int:
    """Return the byte behind the samples, as the head states it; 0 if it states nothing."""
    if head.startswith(_AVR):
        is_mono, bits = struct.unpack(">HH", head[12:16])
        (n_frames,) = struct.unpack(">I", head[26:30])
        return _AVR_HEAD + n_frames * (2 if is_mono else 1) * bits // 8
    if head.startswith(_MPC2K):
        (n_frames,) = struct.unpack("<I", head[30:34])
        return _MPC2K_HEAD + n_frames * (2 if head[21] else 1) * 2
    if head.startswith(_NIST):
        return _nist_end(head)
    if head[20 : 20 + len(_MAT4_NAME)] == _MAT4_NAME:
        return _mat4_end(head)
    if head.startswith(_MAT5):
        return max(_mat5_ends(file, head, end), default=0)
    if head.startswith(_VOC):
        return max(_voc_ends(file, head, end), default=0)
    return 0


def _nist_end(head: bytes) -> int:
    fields = dict(re.findall(rb"^(\w+) -(?:i|s\d+) (\d{1,12})$", head, re.MULTILINE))
    size = int(head[8:16]) if head[8:16].strip().isdigit() else _HEAD_BYTES
    names = (b"sample_count", b"channel_count", b"sample_n_bytes")
    if not all(name in fields for name in names):
        return 0
    n_frames, n_channels, n_bytes = (int(fields[name]) for name in names)
    return size + n_frames * n_channels * n_bytes


def _mat4_end(head: bytes) -> int:
    order = ">" if head[:4] == b"\0\0\x03\xe8" else "<"
    start = 20 + len(_MAT4_NAME) + 8  # behind the matrix of one number, the rate
    kind, rows, columns, _, n_letters = struct.unpack(f"{order}5I", head[start : start + 20])
    n_bytes = _MAT4_BYTES.get(kind % 100 // 10, 0)
    return start + 20 + n_letters + rows * columns * n_bytes


def _mat5_ends(file: io.BufferedIOBase, head: bytes, end: int) -> Iterator[int]:
    order, start = "<" if head[126:128] == b"IM" else ">", _MAT5_HEAD
    for _ in range(MAX_BLOCKS):
        file.seek(start)
        if len(tag := file.read(8)) < 8:
            return
        _, size = struct.unpack(f"{order}II", tag)
        start += 8 + size
        yield start - _MAT5_SLACK
        if start >= end:
            return


def _voc_ends(file: io.BufferedIOBase, head: bytes, end: int) -> Iterator[int]:
    (start,) = struct.unpack("<H", head[20:22])
    for _ in range(MAX_BLOCKS):
        file.seek(start)
        tag = file.read(4)
        if len(tag) < 4 or tag[0] == 0:  # 0 ends the file
            return
        start += 4 + int.from_bytes(tag[1:], "little")
        yield start
        if start >= end:
            return
