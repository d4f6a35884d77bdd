"""An Ogg stream to the same stream under a fixed serial number.

libsndfile draws the number at random, and it stands in every page and its checksum: without
this, the same sound would give other bytes each time.
"""

import zlib

SERIAL = 1
"""One stream a file: any number will do."""

_SERIAL, _CHECKSUM, _COUNT, _HEADER_BYTES = 14, 22, 26, 27
"""Where they lie in a page, and the length of its fixed part. Source: RFC 3533, section 6."""

_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def with_fixed_serial(stream: bytes) -> bytes:
    """Return an Ogg stream whose pages all bear ``SERIAL``, with their checksums made anew."""
    pages = bytearray(stream)
    start = 0
    while start < len(pages):
        assert pages[start : start + 4] == b"OggS", "libsndfile wrote the page just now"
        sizes = start + _HEADER_BYTES + pages[start + _COUNT]
        end = sizes + sum(pages[start + _HEADER_BYTES : sizes])
        page = memoryview(pages)[start:end]
        page[_SERIAL : _SERIAL + 4] = SERIAL.to_bytes(4, "little")
        page[_CHECKSUM : _CHECKSUM + 4] = bytes(4)
        page[_CHECKSUM : _CHECKSUM + 4] = checksum(bytes(page)).to_bytes(4, "little")
        page.release()
        start = end
    return bytes(pages)


def checksum(page: bytes) -> int:
    """Return a page's CRC-32: that of zlib with bits in the other order, from and to zero."""
    mirrored = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
