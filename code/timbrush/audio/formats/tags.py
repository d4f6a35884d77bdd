"""Tags that stand in front of a sound and behind it, outside of what its own format describes.

Source: id3.org, ID3 tag version 2.4.0 structure, and ID3v1; APE tags version 2; Lyrics3 v2.00.
"""

import io
from dataclasses import dataclass

from timbrush.audio.formats.excerpt import Excerpt

MAX_TAGS = 16
"""Tags one behind the other: programs that do not know each other's add their own."""


@dataclass(frozen=True)
class ByteSpan:
    """Where a sound lies between its tags.

    Args:
        first: Its first byte.
        last: The byte after its last.
    """

    first: int
    last: int


def find_span(file: io.BufferedIOBase) -> ByteSpan:
    """Return where a sound lies between the tags around it.

    Tags behind are sought only where the sound's own format ends by itself, as those of MP3,
    FLAC and Ogg do: the last samples of a WAV may look like a tag.
    """
    first, last = 0, file.seek(0, io.SEEK_END)
    for _ in range(MAX_TAGS):
        if (size := size_in_front(_at(file, first, 10))) == 0:
            break
        first = min(first + size, last)
    if _at(file, first, 4) in (b"fLaC", b"OggS") or _at(file, first, 1) == b"\xff":
        for _ in range(MAX_TAGS):
            if (size := _size_behind(Excerpt(file, first, last))) == 0:
                break
            last -= size
    file.seek(0)
    return ByteSpan(first, last)


def _at(file: io.BufferedIOBase, position: int, size: int) -> bytes:
    file.seek(position)
    return file.read(size)


def size_in_front(head: bytes) -> int:
    """Return the bytes of an ID3v2 tag that begins with these ten; 0 if they begin none."""
    if head[:3] != b"ID3" or len(head) < 10 or max(head[6:10]) > 127 or head[3] == 255:
        return 0
    footer = 10 if head[5] & 0x10 else 0
    return 10 + _syncsafe(head[6:10]) + footer


def _syncsafe(four: bytes) -> int:
    """Return the number in four bytes of seven bits each."""
    return sum(byte << 7 * place for place, byte in enumerate(reversed(four)))


def _size_behind(stream: Excerpt) -> int:
    """Return the bytes of the tag at the end of a stream; 0 if there is none."""
    size = 0
    end = _at(stream, max(stream.length - 355, 0), 355)
    if end[-128:-125] == b"TAG":
        size = 355 if end[-355:-351] == b"TAG+" else 128
    elif end[-32:-24] == b"APETAGEX":
        has_header = end[-9] & 0x80  # the highest bit of the flags, little end first
        size = int.from_bytes(end[-20:-16], "little") + (32 if has_header else 0)
    elif end[-9:] == b"LYRICS200" and end[-15:-9].isdigit():
        size = int(end[-15:-9]) + 15
    elif end[-10:-7] == b"3DI" and max(end[-4:]) < 128:
        size = _syncsafe(end[-4:]) + 20
    return size if size <= stream.length else 0
