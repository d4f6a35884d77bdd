"""Draw the first piece of a long sound while most of its file is still to come."""

import io
from typing import Any

from timbrush.audio import files
from timbrush.errors import SoundError
from timbrush.web.look import Look
from timbrush.web.opening import Opening
from timbrush.web.sessions import Sessions


class Beginning(io.BufferedIOBase):
    """The first bytes of a file as if it were whole: the rest of it reads as zeros.

    Args:
        data: The first bytes.
        size: Bytes of the whole file.
    """

    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size = data, size
        self._at = 0
        self.is_left = False
        """Whether anything was read that lies behind the first bytes."""

    def seekable(self) -> bool:
        """Return True, as files do that can seek."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position."""
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to ``size`` bytes from the position on; -1 for all that is left."""
        left = max(self._size - self._at, 0)
        size = left if size is None or size < 0 else min(size, left)
        held = self._data[self._at : self._at + size]
        self.is_left = self.is_left or len(held) < size
        self._at += size
        return held + bytes(size - len(held))

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer, as far as there is something left."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def draw_beginning(
    file: Beginning, sessions: Sessions, look: Look, limits: files.Limits
) -> bytes:
    """Return the packet that opening the whole file will send first.

    Raises:
        SoundError: If the first bytes do not tell how long the sound is, hold less than the
            packet does, or are no sound.
    """
    reading = files.Reading(file, "the sound", limits)
    if reading.n_stated is not None:
        opening = Opening(reading, sessions, look)
        file.is_left = False  # behind the samples there may be tags, which were looked for
        packet = opening.first() if opening.is_long else b""
        if packet and not file.is_left:
            return packet
    raise SoundError("this beginning does not show the sound; send all of it")
