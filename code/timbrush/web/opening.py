"""Send a sound that is being opened, piece by piece, so that its beginning is seen at once."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from timbrush.audio.files import Sound
from timbrush.errors import NO_MEMORY, TimbrushError, is_out_of_memory
from timbrush.web import packets
from timbrush.web.look import Look
from timbrush.web.picture import Picture
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
    the sound is. A long sound is encoded by the session only after its first piece was sent, so
    the session comes in a packet of its own.

    Args:
        sound: As it was read.
        sessions: Where its session is begun.
        look: How its picture is drawn.
    """

    def __init__(self, sound: Sound, sessions: Sessions, look: Look) -> None:
        self._sound, self._sessions = sound, sessions
        self._picture = Picture(
            sample_rate=sound.sample_rate,
            length=sound.length,
            look=look.check(sound.n_channels),
        )

    def first(self) -> bytes:
        """Return the first packet; whoever asks holds a processor.

        Raises:
            TimbrushError: If a short sound cannot be opened.
        """
        sound, picture = self._sound, self._picture
        head: dict[str, Any] = {
            "sample_rate": sound.sample_rate,
            "n_channels": sound.n_channels,
            "n_samples": sound.length,
            "format": sound.format,
            "subtype": sound.subtype,
            "remarks": sound.remarks,
            **axes(picture),
        }
        if picture.n_columns <= PIECE_COLUMNS:
            head["session"] = self._sessions.open(sound).id
        return self._piece(0, head)

    def rest(self) -> Iterator[bytes]:
        """Yield the other packets; one that says what went wrong is the last."""
        if self._picture.n_columns <= PIECE_COLUMNS:
            return
        try:
            with self._sessions.working():
                session = self._sessions.open(self._sound)
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

    def _piece(self, column: int, head: dict[str, Any]) -> bytes:
        sound, picture = self._sound, self._picture
        stop = min(column + PIECE_COLUMNS, picture.n_columns)
        first, last = column * picture.hop_length, stop * picture.hop_length
        samples = sound.samples[:, first:last].astype(np.float32, copy=False)
        columns = picture.columns(lambda a, b: sound.samples[:, a:b], column, stop)
        head = {**head, "first_sample": first, "first_column": column}
        return packets.encode(head, {"samples": samples, "columns": columns})
