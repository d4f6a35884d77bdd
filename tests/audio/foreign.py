"""Sound files as other programs write them, made byte by byte."""

import io
import struct
from pathlib import Path

import numpy as np
import soundfile

RATE = 16_000


def note(seconds: float = 1.0, rate: int = RATE) -> np.ndarray:
    """A decaying note of eleven partials: ``[time]``."""
    times = np.arange(int(seconds * rate)) / rate
    tone = sum(np.sin(2 * np.pi * 220 * k * times + k) / k for k in range(1, 12))
    tone *= np.exp(-1.2 * times)
    return 0.3 / np.abs(tone).max() * tone


def pcm(samples: np.ndarray, order: str = "<") -> bytes:
    """16-bit samples of ``[time]`` or ``[time, channel]``."""
    return (samples * 32767).astype(f"{order}i2").tobytes()


def chunk(name: bytes, content: bytes, order: str = "<") -> bytes:
    return name + struct.pack(f"{order}I", len(content)) + content + bytes(len(content) % 2)


def fmt(n_channels: int = 1, bits: int = 16, tag: int = 1) -> bytes:
    block = n_channels * bits // 8
    return struct.pack("<HHIIHH", tag, n_channels, RATE, block * RATE, block, bits)


def extensible(mask: int, guid: str, n_channels: int, bits: int = 16, valid: int = 16) -> bytes:
    extra = struct.pack("<HHI", 22, valid, mask) + bytes.fromhex(guid)
    return fmt(n_channels, bits, 0xFFFE) + extra


def wav(*chunks: bytes) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def syncsafe(number: int) -> bytes:
    return bytes([number >> shift & 127 for shift in (21, 14, 7, 0)])


def id3v2(n_bytes: int) -> bytes:
    """A tag with a picture, as large as covers are."""
    content = b"\0image/png\0\x03\0" + bytes(n_bytes)
    body = b"APIC" + struct.pack(">I", len(content)) + b"\0\0" + content
    return b"ID3\x03\0\0" + syncsafe(len(body)) + body


ID3V1 = b"TAG" + b"Title".ljust(125, b"\0")


def apev2(has_header: bool = True) -> bytes:
    item = struct.pack("<II", 5, 0) + b"Title\0" + b"brass"
    fixed = struct.pack("<III", 2000, len(item) + 32, 1)
    flags = 0x80000000 if has_header else 0
    footer = b"APETAGEX" + fixed + struct.pack("<I", flags) + bytes(8)
    header = b"APETAGEX" + fixed + struct.pack("<I", flags | 0x20000000) + bytes(8)
    return (header if has_header else b"") + item + footer


def lyrics3() -> bytes:
    body = b"LYRICSBEGIN" + b"IND0000200"
    return body + f"{len(body):06d}".encode() + b"LYRICS200"


def encoded(samples: np.ndarray, rate: int = RATE, **how: str | float) -> bytes:
    """What libsndfile writes."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, **how)
    return buffer.getvalue()


def ogg_page(body: bytes, number: int, flags: int = 0, granule: int = 0) -> bytes:
    """A page of one packet, with the checksum that RFC 3533 describes, a bit at a time."""
    assert len(body) < 255 * 254
    sizes = [255] * (len(body) // 255) + [len(body) % 255]
    page = b"OggS" + bytes([0, flags]) + struct.pack("<qII", granule, 7, number)
    page += bytes(4) + bytes([len(sizes), *sizes]) + body
    register = 0
    for byte in page:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1 ^ 0x04C11DB7 * (register >> 31)) & 0xFFFFFFFF
    return page[:22] + struct.pack("<I", register) + page[26:]


def save(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
