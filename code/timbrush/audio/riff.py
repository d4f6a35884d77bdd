"""The chunks of a WAV: whether its samples all came, and what it holds beside them.

Source: Microsoft and IBM 1991, Multimedia Programming Interface and Data Specifications 1.0.
"""

import io
import struct
from dataclasses import dataclass

KEPT = {
    b"smpl",
    b"inst",
    b"cue ",
    b"plst",
    b"LIST",
    b"bext",
    b"iXML",
    b"cart",
    b"acid",
    b"id3 ",
}
"""Loops, root key, cue points and their labels, titles: true as long as the length stays."""
MAX_KEPT_BYTES = 16 << 20
MAX_CHUNKS = 1_000
MADE_UP = 0x7FFFF000
"""Programs that write into a pipe state at least this for a length that they cannot know."""


@dataclass(frozen=True)
class Chunks:
    """What the chunks of a WAV tell.

    Args:
        missing: Bytes of samples that were promised and did not come.
        kept: The chunks to keep beside the samples, heads and all.
    """

    missing: int = 0
    kept: bytes = b""


def read_chunks(file: io.BufferedIOBase) -> Chunks:
    """Walk through a WAV from its start; of any other file nothing is told."""
    end = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(12)
    missing, kept = 0, b""
    if head[:4] == b"RIFF" and head[8:] == b"WAVE":
        for _ in range(MAX_CHUNKS):
            if len(chunk := file.read(8)) < 8:
                break
            name, size = struct.unpack("<4sI", chunk)
            held = end - file.tell()
            if name == b"data" and size < MADE_UP:
                missing = max(size - held, 0)
            if name in KEPT and size <= min(held, MAX_KEPT_BYTES - len(kept)):
                kept += chunk + file.read(size) + bytes(size % 2)
                file.seek(size % 2, io.SEEK_CUR)
            else:
                file.seek(size + size % 2, io.SEEK_CUR)
    file.seek(0)
    return Chunks(missing, kept)


def append_chunks(file: io.BufferedIOBase, chunks: bytes) -> None:
    """Put chunks behind all that a whole WAV holds."""
    if chunks:
        length = file.seek(0, io.SEEK_END)
        file.write(bytes(length % 2) + chunks)
        length = file.tell()
        file.seek(4)
        file.write(struct.pack("<I", length - 8))
        file.seek(0, io.SEEK_END)
