"""A pipe is judged by its first bytes, and read no further than its kind may last."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest

from audio.foreign import chunk, encoded, fmt, id3v2, note, pcm, wav
from timbrush.audio import files
from timbrush.audio.decoding import Limits
from timbrush.audio.pipes import MAX_HEAD_BYTES, read_pipe
from timbrush.errors import SoundError

LIMITS = Limits(seconds=60.0, values=60 * 16_000)


class Endless(io.RawIOBase):
    """A pipe that begins with some bytes and never ends."""

    def __init__(self, start: bytes, then: bytes = b"\0") -> None:
        self._start, self._then = start, then
        self.n_read = 0

    def read(self, size: int = -1, /) -> bytes:
        assert 0 < size < 200 << 20, "an endless pipe cannot be read to its end"
        data = self._start[self.n_read : self.n_read + size]
        self.n_read += size
        return data + self._then * ((size - len(data)) // len(self._then))


@pytest.mark.parametrize("start", [b"", b"no sound at all", b"%PDF-1.7", b"{", bytes(999)])
def test_what_is_no_sound_is_refused_after_its_first_bytes(start: bytes) -> None:
    pipe = Endless(start)

    with pytest.raises(SoundError, match="cannot be read as"):
        read_pipe(pipe, "standard input", LIMITS)

    assert pipe.n_read <= 1 << 16


@pytest.mark.parametrize(
    "start",
    [
        b"RIFF\xff\xff\xff\xffWAVE" + chunk(b"fmt ", fmt()) + b"data\xff\xff\xff\xff",
        b"RIFF\xff\xff\xff\xffWAVE",
        encoded(note(2.0), 44_100, format="MP3"),
        id3v2(1000),
        encoded(note(2.0), format="FLAC"),
        encoded(note(2.0), format="AU"),
    ],
    ids=["wav", "head of a wav", "mp3", "id3", "flac", "au"],
)
def test_a_sound_without_end_is_refused_at_a_bound(start: bytes) -> None:
    pipe = Endless(start)

    with pytest.raises(SoundError, match="does not end") as caught:
        read_pipe(pipe, "standard input", LIMITS)

    assert "\n" not in str(caught.value)
    assert pipe.n_read <= 2 * MAX_HEAD_BYTES + (8 << 20)


@pytest.mark.parametrize("front", [b"", id3v2(3_000_000)])
def test_a_sound_in_a_pipe_is_read_whole(front: bytes) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, 300_000)
    data = front + wav(chunk(b"fmt ", fmt()), chunk(b"data", pcm(samples)))

    assert read_pipe(io.BytesIO(data), "x", LIMITS).getvalue() == data


def test_dev_zero_is_refused_by_its_path_and_as_standard_input(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(SoundError, match="/dev/zero cannot be read"):
        files.read("/dev/zero")
    with Path("/dev/zero").open() as zeros:
        monkeypatch.setattr(sys, "stdin", zeros)
        with pytest.raises(SoundError, match="standard input cannot be read"):
            files.read("-")
