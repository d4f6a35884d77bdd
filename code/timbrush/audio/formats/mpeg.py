"""The frames of an MP3: how many there are, and where one file was appended to another.

libsndfile guesses the length of an MP3 from its first frame, or believes a head (Xing, Info)
that may tell of a part of the file alone, and reads no further.

Source: ISO/IEC 11172-3, section 2.4.2.3; Gabriel Bouvigne's and Xing's description of the head.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from timbrush.audio.formats.excerpt import Excerpt
from timbrush.audio.formats.tags import size_in_front

_KILOBITS = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Of version (2 for 2.5 too) and layer."""
_RATES = (44_100, 48_000, 32_000)
_DIVISORS = {3: 1, 2: 2, 0: 4}
"""Of the two bits that tell the version: 1, 2 and 2.5."""
_HEAD_BYTES = 48
"""As far behind the beginning of a frame as a Xing head may lie, and its length."""


@dataclass(frozen=True)
class Frame:
    """A frame of MPEG audio.

    Args:
        size: Its bytes.
        n_samples: Samples of a channel that it decodes to.
        rate: Samples a second.
        is_head: Whether it holds no sound, but tells how many frames follow.
        n_claimed: How many it says follow; 0 where it does not say.
    """

    size: int
    n_samples: int
    rate: int
    is_head: bool = False
    n_claimed: int = 0


@dataclass
class Stretch:
    """A run of frames that belong together: a file, or one of several joined into one.

    Args:
        head: Its first frame.
        runs: First byte, and the byte after the last, of frames without anything between them.
        n_frames: Its frames, but for the head.
        n_passed_over: Bytes between its frames that are neither frames nor tags.
    """

    head: Frame
    runs: list[tuple[int, int]] = field(default_factory=list)
    n_frames: int = 0
    n_passed_over: int = 0

    @property
    def is_counted(self) -> bool:
        """Whether a head tells how many frames there are, and not too few."""
        return self.n_frames <= self.head.n_claimed <= self.n_frames + 1

    def open(self, file: io.BufferedIOBase) -> io.BufferedIOBase:
        """Return its frames as a file by themselves, without a head that counts wrong."""
        (first, last), *others = self.runs
        if self.head.n_claimed and not self.is_counted:
            first += self.head.size
        if not others:
            return Excerpt(file, first, last)
        runs = [(first, last), *others]
        return io.BytesIO(b"".join(Excerpt(file, *run).read() for run in runs))

    def append(self, position: int, frame: Frame) -> None:
        """Take the next frame, which begins at a byte of the file."""
        if self.runs and self.runs[-1][1] == position:
            self.runs[-1] = (self.runs[-1][0], position + frame.size)
        else:
            self.runs.append((position, position + frame.size))
        self.n_frames += not frame.is_head


def find_parts(file: io.BufferedIOBase) -> list[Stretch]:
    """Return the parts of an MP3; none if its frames cannot be told apart (free format)."""
    parts: list[Stretch] = []
    position, passed_over = 0, 0
    end = file.seek(0, io.SEEK_END)
    while position < end:
        data = _at(file, position)
        frame = read_frame(data)
        if frame is None:
            tag = size_in_front(data[:10])
            step = tag or _step(file, position)
            passed_over += 0 if tag else step
            position += step
            continue
        if frame.is_head or not parts:
            parts.append(Stretch(frame))
            passed_over = 0
        parts[-1].append(position, frame)
        parts[-1].n_passed_over += passed_over
        position, passed_over = position + frame.size, 0
    return parts


def _at(file: io.BufferedIOBase, position: int) -> bytes:
    file.seek(position)
    return file.read(_HEAD_BYTES)


def _step(file: io.BufferedIOBase, position: int) -> int:
    """Return how far the next frame that another one follows, or a tag, lies."""
    file.seek(position)
    data = file.read(1 << 16)
    for at in _candidates(data):
        if size_in_front(data[at : at + 10]):
            return at
        frame = read_frame(data[at : at + _HEAD_BYTES])
        if frame is not None and read_frame(_at(file, position + at + frame.size)) is not None:
            return at
    return max(len(data) - 3, 1)


def _candidates(data: bytes) -> Iterator[int]:
    for at in range(1, len(data) - 3):
        if data[at] == 0xFF or data[at : at + 3] == b"ID3":
            yield at


def read_frame(data: bytes) -> Frame | None:
    """Return the frame that begins with these bytes; None if none does, or in free format."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return None
    version_bits, layer = data[1] >> 3 & 3, 4 - (data[1] >> 1 & 3)
    bitrate, rate_index, padding = data[2] >> 4, data[2] >> 2 & 3, data[2] >> 1 & 1
    if version_bits == 1 or layer == 4 or bitrate in (0, 15) or rate_index == 3:
        return None
    version = 1 if version_bits == 3 else 2
    rate = _RATES[rate_index] // _DIVISORS[version_bits]
    bits = 1000 * _KILOBITS[version, layer][bitrate - 1]
    if layer == 1:
        return Frame((12 * bits // rate + padding) * 4, 384, rate)
    n_samples = 576 if layer == 3 and version == 2 else 1152
    size = n_samples // 8 * bits // rate + padding
    is_head, n_claimed = _read_head(data, version, is_mono=data[3] >> 6 == 3)
    return Frame(size, n_samples, rate, is_head, n_claimed)


def _read_head(data: bytes, version: int, *, is_mono: bool) -> tuple[bool, int]:
    """Return whether a frame is a head of Xing's kind, and how many frames it promises."""
    at = {(1, False): 36, (1, True): 21, (2, False): 21, (2, True): 13}[version, is_mono]
    if data[at : at + 4] in (b"Xing", b"Info"):
        has_count = data[at + 7 : at + 8] and data[at + 7] & 1
        return True, int.from_bytes(data[at + 8 : at + 12], "big") if has_count else 0
    if data[36:40] == b"VBRI":
        return True, 0
    return False, 0
