"""The pages, links and packets of an Ogg file.

libsndfile reads the first link of a chain alone, and draws the serial number of what it writes
at random, so that the same sound would give other bytes each time.

Source: RFC 3533; RFC 7845 for Opus; Vorbis I specification, sections 4 and 5; RFC 9639.
"""

import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from timbrush.audio.formats.comments import by_encoder, trimmed

MARK = b"OggS"
SERIAL = 1
"""One stream a file: any number will do."""

_GRANULE, _SERIAL, _NUMBER, _CHECKSUM, _COUNT, _HEADER_BYTES = 6, 14, 18, 22, 26, 27
"""Where they lie in a page, and the length of its fixed part. Source: RFC 3533, section 6."""
_CONTINUED, _FIRST, _LAST = 1, 2, 4
"""Bits of the flags, which are byte 5."""
_MAX_SEGMENTS = 255
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_FLAC_HEAD = b"\x7fFLAC"
_OPUS_TAGS, _VORBIS_TAGS = b"OpusTags", b"\x03vorbis"


@dataclass(frozen=True)
class Page:
    """A page of an Ogg file.

    Args:
        first: Byte of the file where it begins.
        data: All its bytes.
    """

    first: int
    data: bytes

    @property
    def last(self) -> int:
        """The byte after it."""
        return self.first + len(self.data)

    @property
    def flags(self) -> int:
        """Whether it continues a packet, and begins or ends a stream."""
        return self.data[5]

    @property
    def serial(self) -> int:
        """Number of its stream."""
        return int.from_bytes(self.data[_SERIAL:_NUMBER], "little")

    @property
    def number(self) -> int:
        """How many pages of its stream come before."""
        return int.from_bytes(self.data[_NUMBER:_CHECKSUM], "little")

    @property
    def granule(self) -> int:
        """Samples up to its end; 0 in headers, -1 where no packet ends."""
        return int.from_bytes(self.data[_GRANULE:_SERIAL], "little", signed=True)

    @property
    def is_whole(self) -> bool:
        """Whether its checksum is right."""
        blank = self.data[:_CHECKSUM] + bytes(4) + self.data[_COUNT:]
        return checksum(blank) == int.from_bytes(self.data[_CHECKSUM:_COUNT], "little")

    def segments(self) -> Iterator[tuple[bytes, bool]]:
        """Yield what it holds of each packet, and whether the packet ends here."""
        n_segments = self.data[_COUNT]
        at = start = _HEADER_BYTES + n_segments
        for index, size in enumerate(self.data[_HEADER_BYTES:start]):
            at += size
            if size < 255 or index == n_segments - 1:
                yield self.data[start:at], size < 255
                start = at


@dataclass(frozen=True)
class Link:
    """One link of a chain: a whole Ogg stream, or several side by side.

    Args:
        first: Byte of the file where it begins.
        last: The byte after it.
        damage: What is wrong with it; empty if nothing is.
        is_ended: Whether its last page says that it is the last.
    """

    first: int
    last: int
    damage: str
    is_ended: bool


def read_pages(file: io.BufferedIOBase) -> Iterator[Page]:
    """Yield the whole pages of a file, and pass over what lies between them."""
    position = 0
    while True:
        file.seek(position)
        head = file.read(_HEADER_BYTES)
        if len(head) < _HEADER_BYTES:
            return
        if head[:4] != MARK:
            position = _find_mark(file, position + 1)
            continue
        sizes = file.read(head[_COUNT])
        body = file.read(sum(sizes))
        if len(sizes) < head[_COUNT] or len(body) < sum(sizes):
            return
        yield Page(position, head + sizes + body)
        position += len(head + sizes + body)


def _find_mark(file: io.BufferedIOBase, position: int) -> int:
    while True:
        file.seek(position)
        data = file.read(1 << 16)
        if (found := data.find(MARK)) >= 0:
            return position + found
        if len(data) < 4:
            return position + len(data)
        position += len(data) - 3


def find_links(file: io.BufferedIOBase) -> list[Link]:
    """Return the links of a chained Ogg in their order, with what is wrong with each."""
    links: list[Link] = []
    numbers: dict[int, int] = {}
    first = last = 0
    damage, is_in_heads, is_ended = "", True, False
    for page in read_pages(file):
        begins = bool(page.flags & _FIRST)
        if begins and not is_in_heads:
            links.append(Link(first, page.first, damage, is_ended))
            numbers, damage, first = {}, "", page.first
        if not page.is_whole:
            damage = damage or f"the page at byte {page.first} fails its checksum"
        if page.number != numbers.get(page.serial, page.number):
            damage = damage or f"pages are missing at byte {page.first}"
        # In a recording of a station, the music may begin at any page after the headers.
        if page.granule > 0 or page.serial in numbers:
            numbers[page.serial] = page.number + 1
        is_in_heads, is_ended, last = begins, bool(page.flags & _LAST), page.last
    return [*links, Link(first, last, damage, is_ended)] if last else links


def read_packets(file: io.BufferedIOBase) -> Iterator[bytes]:
    """Yield the packets of the first stream of a link."""
    serial, parts = None, list[bytes]()
    for page in read_pages(file):
        serial = page.serial if serial is None else serial
        if page.serial != serial:
            continue
        for part, ends in page.segments():
            parts.append(part)
            if ends:
                yield b"".join(parts)
                parts = []


def to_flac(file: io.BufferedIOBase) -> io.BytesIO | None:
    """Return a FLAC in an Ogg as a FLAC by itself; None if the Ogg holds something else.

    Source: RFC 9639, section 10.1: each packet is a metadata block or a frame.
    """
    packets = read_packets(file)
    head = next(packets, b"")
    if head[:5] != _FLAC_HEAD:
        return None
    out = io.BytesIO()
    out.write(head[9:])  # after the mark of the mapping: version, number of headers
    for packet in packets:
        out.write(packet)
    out.seek(0)
    return out


def read_comments(file: io.BufferedIOBase) -> bytes:
    """Return the tags of a Vorbis or Opus stream as FLAC keeps them; empty if it has none."""
    packets = read_packets(file)
    next(packets, b"")
    tags = next(packets, b"")
    for mark in (_OPUS_TAGS, _VORBIS_TAGS):
        if tags.startswith(mark):
            return trimmed(tags[len(mark) :])
    return b""


def with_fixed_serial(stream: bytes, comments: bytes = b"") -> bytes:
    """Return an Ogg stream whose pages all bear ``SERIAL``, with their checksums made anew.

    Args:
        stream: Vorbis or Opus, as libsndfile wrote it.
        comments: Tags to put in place of its own, from ``read_comments``; empty keeps them.
    """
    pages = list(read_pages(io.BytesIO(stream)))
    assert sum(len(page.data) for page in pages) == len(stream), "written just now"
    datas: Iterable[bytes] = (page.data for page in pages)
    if comments:
        datas = _with_comments(pages, comments)
    return b"".join(_sealed(data, number) for number, data in enumerate(datas))


def _with_comments(pages: list[Page], comments: bytes) -> Iterator[bytes]:
    """Yield pages whose second packet holds other tags; their numbers are not right yet."""
    is_opus = b"OpusHead" in pages[0].data[:64]
    n_headers = 1 if is_opus else 2  # after the first: tags, and the set-up of Vorbis
    headers, parts, n_pages = list[bytes](), list[bytes](), 1
    while len(headers) < n_headers:
        for part, ends in pages[n_pages].segments():
            parts.append(part)
            if ends:
                headers.append(b"".join(parts))
                parts = []
        n_pages += 1
    mark, end = (_OPUS_TAGS, b"") if is_opus else (_VORBIS_TAGS, b"\x01")
    headers[0] = mark + by_encoder(headers[0][len(mark) :], comments) + end
    yield pages[0].data
    yield from _paginate(headers)
    yield from (page.data for page in pages[n_pages:])


def _paginate(packets: list[bytes]) -> Iterator[bytes]:
    """Yield pages of headers that hold these packets."""
    sizes, body = list[int](), b""
    for packet in packets:
        sizes += [255] * (len(packet) // 255) + [len(packet) % 255]
        body += packet
    continued, at = 0, 0
    for start in range(0, len(sizes), _MAX_SEGMENTS):
        some = sizes[start : start + _MAX_SEGMENTS]
        granule = 0 if min(some) < 255 else -1
        head = MARK + bytes([0, continued]) + granule.to_bytes(8, "little", signed=True)
        yield head + bytes(12) + bytes([len(some), *some]) + body[at : at + sum(some)]
        at += sum(some)
        continued = _CONTINUED if some[-1] == 255 else 0


def _sealed(data: bytes, number: int) -> bytes:
    """Return a page of stream ``SERIAL`` with its number and its checksum."""
    page = bytearray(data)
    page[_SERIAL:_NUMBER] = SERIAL.to_bytes(4, "little")
    page[_NUMBER:_CHECKSUM] = number.to_bytes(4, "little")
    page[_CHECKSUM:_COUNT] = bytes(4)
    page[_CHECKSUM:_COUNT] = checksum(bytes(page)).to_bytes(4, "little")
    return bytes(page)


def checksum(page: bytes) -> int:
    """Return a page's CRC-32: that of zlib with bits in the other order, from and to zero."""
    mirrored = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
