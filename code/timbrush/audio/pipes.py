"""A pipe to a file in memory: judged by its first bytes, and read no further than a bound."""

import io
from typing import Protocol, runtime_checkable

import soundfile

from timbrush.audio.decoding import READABLE, Limits, bytes_per_sample
from timbrush.audio.formats import chunks, flac, ogg
from timbrush.errors import SoundError

MAX_HEAD_BYTES = 64 << 20
"""By then the samples have begun, whatever tags and pictures stand in front of them."""
_FIRST_BYTES = 1 << 16
_STEP_BYTES = 1 << 20
_MPEG_BYTES_PER_SECOND = 80_000
"""Twice what an MP3 takes at most."""
_LONG_HEADED = (b"ID3", flac.MARK, ogg.MARK, b"caff", b"riff", *{m[:4] for m in chunks.KINDS})
"""Beginnings of files whose samples may begin late."""


@runtime_checkable
class Pipe(Protocol):
    """What can be read from front to end, once."""

    def read(self, size: int, /) -> bytes:
        """Return as many bytes, or fewer at the end."""
        ...


def read_pipe(pipe: Pipe, name: str, limits: Limits) -> io.BytesIO:
    """Read a pipe to its end.

    Raises:
        SoundError: If its first bytes are no sound's, or if it goes on for longer than a sound
            of its kind may.
    """
    data = io.BytesIO()
    most = None
    wanted = _FIRST_BYTES
    while True:
        came = pipe.read(wanted)
        data.write(came)
        if len(came) < wanted:
            break
        if most is None:
            most = _most_bytes(data, limits)
        if most is None and not _may_begin_late(data):
            raise SoundError(f"{name} cannot be read as {READABLE}: its first bytes are none's")
        if data.tell() > (most or MAX_HEAD_BYTES):
            raise SoundError(
                f"{name} does not end: {data.tell() >> 20} MiB came, more than the longest "
                f"sound of its kind takes ({limits.seconds / 3600:g} hours and "
                f"{limits.values / 10**6:g} million samples over all channels)"
            )
        wanted = _STEP_BYTES if most else data.tell()
    data.seek(0)
    return data


def _may_begin_late(data: io.BytesIO) -> bool:
    return bytes(data.getbuffer()[:4]).startswith(_LONG_HEADED)


def _most_bytes(data: io.BytesIO, limits: Limits) -> int | None:
    """Return how long a file may be that begins so; None if libsndfile does not know it yet."""
    begun = io.BytesIO(data.getvalue())
    try:
        with soundfile.SoundFile(begun) as head:
            rate, n_channels, subtype = head.samplerate, head.channels, head.subtype
    except soundfile.SoundFileError:
        return None
    if subtype.startswith("MPEG"):
        return int(limits.seconds * _MPEG_BYTES_PER_SECOND) + MAX_HEAD_BYTES
    n_values = min(limits.seconds * rate * n_channels, limits.values)
    return int(n_values * (bytes_per_sample(subtype) or 4)) + MAX_HEAD_BYTES
