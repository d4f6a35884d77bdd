"""Where the samples of a WAV, AIFF, W64, CAF or AU lie among its chunks, and if they all came.

Source: Microsoft and IBM 1991, Multimedia Programming Interface and Data Specifications 1.0;
EBU Tech 3306 for RF64, ITU-R BS.2088 for BW64; Apple 1989, Audio Interchange File Format 1.3;
Apple, Core Audio Format 1.0; Sonic Foundry, Wave-64; Sun, the AU header.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MAX_CHUNKS = 1_000
MADE_UP = 0x7EFFF000
"""Programs that write into a pipe state at least this for a length that they cannot know: most
of them 0x7FFFF000 or more, SoX for an AIFF as many whole frames as 0x7F000000 bytes hold."""

_W64_RIFF = b"riff" + bytes.fromhex("2e91cf11a5d628db04c10000")
_W64_TAIL = bytes.fromhex("f3acd3118cd100c04f8edb8a")
"""What follows the four letters in the name of a chunk of a W64."""


@dataclass(frozen=True)
class Kind:
    """A kind of file that is made of chunks.

    Args:
        name: Its name, which is that of the ending of such files.
        endian: How it stores a number: ``LITTLE`` or ``BIG`` end first.
        samples: Name of the chunk that holds the samples.
        start: Byte where the first chunk begins.
        head: Fields at the beginning of a chunk, in the words of ``struct``.
        grain: Chunks begin at multiples of so many bytes.
    """

    name: str
    endian: Literal["LITTLE", "BIG"]
    samples: bytes
    start: int = 12
    head: str = "<4sI"
    grain: int = 2


WAV = Kind("WAV", "LITTLE", b"data")
AIFF = Kind("AIFF", "BIG", b"SSND", head=">4sI")
KINDS = {
    b"RIFFWAVE": WAV,
    b"RF64WAVE": WAV,
    b"BW64WAVE": WAV,
    b"RIFXWAVE": Kind("WAV", "BIG", b"data", head=">4sI"),
    b"FORMAIFF": AIFF,
    b"FORMAIFC": AIFF,
    b"FORM8SVX": Kind("SVX", "BIG", b"BODY", head=">4sI"),
    b"FORM16SV": Kind("SVX", "BIG", b"BODY", head=">4sI"),
}
_W64 = Kind("W64", "LITTLE", b"data", start=40, head="<16sQ", grain=8)
_CAF = Kind("CAF", "BIG", b"data", start=8, head=">4sQ", grain=1)
_AU = {b".snd": Kind("AU", "BIG", b""), b"dns.": Kind("AU", "LITTLE", b"")}


@dataclass(frozen=True)
class Chunk:
    """A chunk of a file.

    Args:
        name: Its four letters.
        first: Byte where it begins, with its head.
        last: The byte after its content, without what fills it up.
    """

    name: bytes
    first: int
    last: int


@dataclass(frozen=True)
class SampleLayout:
    """Where what lies in a file of chunks.

    Args:
        kind: What it is made like.
        first: First byte of the samples.
        last: The byte after them.
        missing: Bytes of samples that were promised and did not come.
        is_regular: Whether the sizes that the file states are true, so that what surrounds its
            samples may surround others of the same length.
        chunks: All chunks but the samples, in their order.
    """

    kind: Kind
    first: int
    last: int
    missing: int
    is_regular: bool
    chunks: tuple[Chunk, ...]


def find_layout(file: io.BufferedIOBase) -> SampleLayout | None:
    """Walk through a file from its start; None if it is not made of chunks.

    A file without the chunk of samples, or whose head is broken, is None as well: who decodes
    it says what is wrong.
    """
    end = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(40)
    if head[:4] in _AU:
        return _au_layout(head, _AU[head[:4]], end)
    kind = KINDS.get(head[:4] + head[8:12])
    if head[:16] == _W64_RIFF:
        kind = _W64
    if head[:4] == b"caff":
        kind = _CAF
    return None if kind is None else _chunks_layout(file, kind, end)


def _au_layout(head: bytes, kind: Kind, end: int) -> SampleLayout | None:
    if len(head) < 24:
        return None
    first, size = struct.unpack(">II" if kind.endian == "BIG" else "<II", head[4:12])
    if not 24 <= first <= end:
        return None
    is_known = size < MADE_UP
    last = min(first + size, end) if is_known else end
    note = (Chunk(b"note", 24, first),) if first > 24 else ()
    missing = max(first + size - end, 0) if is_known else 0
    return SampleLayout(kind, first, last, missing, is_known, note)


def _chunks_layout(file: io.BufferedIOBase, kind: Kind, end: int) -> SampleLayout | None:
    chunks, samples, long_size = [], None, None
    for name, start, size in _walk(file, kind):
        content = file.tell()
        held = max(end - content, 0)
        if name == b"ds64":  # the sizes of an RF64 that 32 bits cannot state
            long_size = int.from_bytes(file.read(16)[8:], "little")
        if name == kind.samples and samples is None:
            skipped = _skipped(file, kind, size)
            is_known, true_size = _true_size(kind, size, held, long_size)
            size = min(true_size, held)
            samples = SampleLayout(
                kind=kind,
                first=min(content + skipped, end),
                last=content + size,
                missing=true_size - size,
                is_regular=is_known,
                chunks=(),
            )
        else:
            chunks.append(Chunk(name, start, min(content + size, end)))
        file.seek(start + _padded(content + size - start, kind.grain))
    if samples is None or samples.first > samples.last:
        return None
    return SampleLayout(
        kind, samples.first, samples.last, samples.missing, samples.is_regular, tuple(chunks)
    )


def _padded(size: int, grain: int) -> int:
    return -(-size // grain) * grain


def _skipped(file: io.BufferedIOBase, kind: Kind, size: int) -> int:
    """Return the bytes of a chunk of samples that stand in front of the samples."""
    if kind.name == "CAF":
        return 4  # how often it was edited
    if kind is AIFF and size >= 8:
        return 8 + int.from_bytes(file.read(4), "big")  # offset and size of a block
    return 0


def _true_size(kind: Kind, size: int, held: int, long_size: int | None) -> tuple[bool, int]:
    """Return whether a chunk of samples states its size, and the size to believe."""
    if kind.name == "CAF":
        return (True, size) if size < 2**63 else (False, held)
    if kind.name == "W64" or size < MADE_UP:
        return True, size
    return (False, held) if long_size is None else (True, long_size)


def _walk(file: io.BufferedIOBase, kind: Kind) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, start and content size of each chunk, while the file stands at its content.

    Who receives a chunk moves the file to the next one.
    """
    size_of_head = struct.calcsize(kind.head)
    file.seek(kind.start)
    for _ in range(MAX_CHUNKS):
        start = file.tell()
        if len(head := file.read(size_of_head)) < size_of_head:
            return
        name, size = struct.unpack(kind.head, head)
        if kind.name == "W64":  # states the size of its head as well
            size = max(size - size_of_head, 0)
        yield name[:4], start, size
