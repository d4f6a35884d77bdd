"""A part of an open file, read as if it were a file of its own."""

import io
from typing import Any


class Excerpt(io.BufferedIOBase):
    """Bytes ``first`` to ``last`` of a file that can seek.

    Args:
        file: Open for reading; several excerpts may share it.
        first: Where the excerpt begins.
        last: Where it ends; None is the end of the file.
        head: Bytes in front of them.
    """

    def __init__(
        self,
        file: io.BufferedIOBase,
        first: int = 0,
        last: int | None = None,
        head: bytes = b"",
    ) -> None:
        end = file.seek(0, io.SEEK_END)
        self._file, self._head = file, head
        self._first, self._last = first, end if last is None else min(last, end)
        self._at = 0

    @property
    def length(self) -> int:
        """Bytes of the excerpt."""
        return len(self._head) + max(self._last - self._first, 0)

    def readable(self) -> bool:
        """Return True, as files do that can be read."""
        return True

    def seekable(self) -> bool:
        """Return True, as files do that can seek."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position; one beyond the end is kept, one before the beginning refused."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.length}[whence]
        if base + offset < 0:
            raise ValueError(f"cannot seek to {base + offset}")
        self._at = base + offset
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to ``size`` bytes from the position on; -1 for all that is left."""
        left = max(self.length - self._at, 0)
        size = left if size is None or size < 0 else min(size, left)
        data = self._head[self._at : self._at + size]
        if len(data) < size:
            self._file.seek(self._first + self._at + len(data) - len(self._head))
            data += self._file.read(size - len(data))
        self._at += len(data)
        return data

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer, as far as there is something left."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
