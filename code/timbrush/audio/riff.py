"""The chunks of a WAV or AIFF: whether its samples all came, and what it holds beside them.

Source: Microsoft and IBM 1991, Multimedia Programming Interface and Data Specifications 1.0;
EBU Tech 3306 for RF64; Apple 1989, Audio Interchange File Format 1.3.
"""

import io
import struct
from collections.abc import Iterator
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
MADE_UP = 0x7EFFF000
"""Programs that write into a pipe state at least this for a length that they cannot know: most
of them 0x7FFFF000 or more, SoX for an AIFF as many whole frames as 0x7F000000 bytes hold."""

_SAMPLES = {
    b"RIFFWAVE": ("<", b"data"),
    b"RF64WAVE": ("<", b"data"),
    b"FORMAIFF": (">", b"SSND"),
    b"FORMAIFC": (">", b"SSND"),
}
"""Byte order of a kind of file, and the chunk that holds its samples."""


@dataclass(frozen=True)
class Chunks:
    """What the chunks of a file tell.

    Args:
        missing: Bytes of samples that were promised and did not come.
        kept: The chunks of a WAV to keep beside the samples, heads and all.
    """

    missing: int = 0
    kept: bytes = b""


def read_chunks(file: io.BufferedIOBase) -> Chunks:
    """Walk through a WAV, RF64 or AIFF from its start; of any other file nothing is told."""
    end = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(12)
    order, samples = _SAMPLES.get(head[:4] + head[8:], ("", b""))
    missing, kept, long_size = 0, b"", 0
    for name, size in _walk(file, order) if order else ():
        held = end - file.tell()
        if name == b"ds64":  # the sizes of an RF64 that 32 bits cannot state
            long_size = int.from_bytes(file.read(16)[8:], "little")
        elif name == samples:
            missing = max((size if size < MADE_UP else long_size) - held, 0)
        elif head[:4] == b"RIFF" and name in KEPT:
            if size <= min(held, MAX_KEPT_BYTES - len(kept)):
                kept += struct.pack("<4sI", name, size) + file.read(size) + bytes(size % 2)
    file.seek(0)
    return Chunks(missing, kept)


def _walk(file: io.BufferedIOBase, order: str) -> Iterator[tuple[bytes, int]]:
    """Yield name and stated size of each chunk, while the file stands behind its head."""
    for _ in range(MAX_CHUNKS):
        if len(head := file.read(8)) < 8:
            return
        name, size = struct.unpack(f"{order}4sI", head)
        start = file.tell()
        yield name, size
        file.seek(start + size + size % 2)


def append_chunks(file: io.BufferedIOBase, chunks: bytes) -> None:
    """Put chunks behind all that a whole WAV holds."""
    if chunks:
        length = file.seek(0, io.SEEK_END)
        file.write(bytes(length % 2) + chunks)
        length = file.tell()
        file.seek(4)
        file.write(struct.pack("<I", length - 8))
        file.seek(0, io.SEEK_END)
