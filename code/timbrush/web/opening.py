"""Send a sound that is being opened, piece by piece, so that its beginning is seen at once."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from timbrush.audio.files import Reading
from timbrush.errors import NO_MEMORY, SoundError, TimbrushError, is_out_of_memory
from timbrush.web import packets
from timbrush.web.look import Look
from timbrush.web.picture import Picture
from timbrush.web.session import Session
from timbrush.web.sessions import Sessions

PIECE_COLUMNS = 1024
"""Columns of the picture that are sent at a time; a short sound is one piece."""


def axes(picture: Picture) -> dict[str, Any]:
    """Return where the columns and rows of a picture lie, as the page reads it."""
    return {
        "hop_length": picture.hop_length,
        "n_columns": picture.n_columns,
        "n_rows": picture.n_rows,
        "low_hertz": picture.low_hertz,
        "high_hertz": picture.high_hertz,
        "scale": picture.look.scale,
    }


class Opening:
    """The packets that a sound is sent in.

    Each holds the samples and the columns of a piece, and where they begin. The first says what
    the sound is. Most of a long sound is decoded only after its first piece was sent, if its
    file says how long it is, so the session comes in a packet of its own.

    Args:
        reading: Of the sound's file.
        sessions: Where its session is begun.
        look: How its picture is drawn.
    """

    def __init__(self, reading: Reading, sessions: Sessions, look: Look) -> None:
        self._reading, self._sessions = reading, sessions
        length = reading.n_stated or reading.finish().length
        sound = reading.start()
        self._picture = Picture(
            sample_rate=sound.sample_rate, length=length, look=look.check(sound.n_channels)
        )

    @property
    def is_long(self) -> bool:
        """Whether it is sent in several pieces."""
        return self._picture.n_columns > PIECE_COLUMNS

    def first(self) -> bytes:
        """Return the first packet; whoever asks holds a processor.

        Raises:
            TimbrushError: If a short sound cannot be opened.
        """
        sound, picture = self._reading.start(), self._picture
        head: dict[str, Any] = {
            "sample_rate": sound.sample_rate,
            "n_channels": sound.n_channels,
            "n_samples": picture.length,
            "format": sound.format,
            "subtype": sound.subtype,
            "remarks": sound.remarks,
            **axes(picture),
        }
        if not self.is_long:
            head["session"] = self._open().id
        return self._piece(0, head)

    def rest(self) -> Iterator[bytes]:
        """Yield the other packets; one that says what went wrong is the last."""
        if not self.is_long:
            return
        try:
            with self._sessions.working():
                session = self._open()
            yield packets.encode({"session": session.id}, {})
            for column in range(PIECE_COLUMNS, self._picture.n_columns, PIECE_COLUMNS):
                with self._sessions.working():
                    packet = self._piece(column, {})
                yield packet
        except (TimbrushError, MemoryError, RuntimeError) as error:
            if not (isinstance(error, TimbrushError) or is_out_of_memory(error)):
                raise
            detail = str(error) if isinstance(error, TimbrushError) else NO_MEMORY
            yield packets.encode({"detail": detail}, {})

    def _open(self) -> Session:
        sound = self._reading.finish()
        if sound.length != self._picture.length:
            raise SoundError(
                f"the sound states {self._picture.length} samples, {sound.length} came; "
                "export it anew"
            )
        return self._sessions.open(sound)

    def _piece(self, column: int, head: dict[str, Any]) -> bytes:
        picture, read = self._picture, self._reading.part
        stop = min(column + PIECE_COLUMNS, picture.n_columns)
        first, last = column * picture.hop_length, stop * picture.hop_length
        columns = picture.columns(read, column, stop)
        samples = read(first, last).astype(np.float32, copy=False)
        head = {**head, "first_sample": first, "first_column": column}
        return packets.encode(head, {"samples": samples, "columns": columns})
