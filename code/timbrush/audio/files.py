"""Sound file to waveform and back, at any rate, with any channels and any length."""

import io
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

import numpy as np
from jaxtyping import Float

from timbrush.audio import containers
from timbrush.audio.carried import Carried, read_carried
from timbrush.audio.decoding import (
    MAX_PEAK,
    MAX_SAMPLE_RATE,
    MIN_SAMPLE_RATE,
    Decoded,
    Decoding,
    Limits,
)
from timbrush.audio.pipes import read_pipe
from timbrush.audio.streams import open_streams
from timbrush.errors import SoundError, TimbrushError
from timbrush.whole import write_whole

Samples = Float[np.ndarray, "channel time"]
Resampled = Float[np.ndarray, "channel resampled"]

__all__ = ["MAX_PEAK", "MAX_SAMPLE_RATE", "MIN_SAMPLE_RATE", "Limits", "Sound", "read", "write"]

MAX_CHANNELS = 256
MAX_SECONDS = 2 * 3600.0
MAX_VALUES = 700_000_000
"""Samples over all channels: an hour of stereo at 96 kHz, 2.8 GB in memory."""

CLIPPED = "cuts off what is louder than full scale; WAV and AIFF keep it"
"""What is to be said of a file for which ``clips`` answers yes."""

_ROUNDING = 1e-6
"""What float32 may add to full scale."""


@dataclass(frozen=True, eq=False)
class Sound:
    """Samples, and how they lay in their file.

    Args:
        samples: Array ``[channel, time]``; full scale is ±1. float64 where the file holds more
            than float32 keeps (32-bit integers and doubles), else float32.
        sample_rate: Samples a second.
        subtype: How a sample is stored, in libsndfile's words (``PCM_16``, ``FLOAT``, …).
        format: The container, in libsndfile's words (``WAV``, ``FLAC``, …).
        carried: What the file holds beside its samples, such as loops and titles; another one
            of the same length may have it too.
        remarks: What is to be said of the file that it was read from.
    """

    samples: Samples
    sample_rate: int
    subtype: str = "PCM_16"
    format: str = "WAV"
    carried: Carried | None = None
    remarks: tuple[str, ...] = ()

    @property
    def n_channels(self) -> int:
        """Channels of the sound."""
        return int(self.samples.shape[0])

    @property
    def length(self) -> int:
        """Samples of one channel."""
        return int(self.samples.shape[1])

    @property
    def seconds(self) -> float:
        """Duration."""
        return self.length / self.sample_rate


class Reading:
    """A sound file that is decoded as far as is asked for, so that its beginning comes early.

    Args:
        file: An open binary file.
        name: Of the file, for messages.
        limits: How long it may be.

    Raises:
        SoundError: If it is no sound, damaged, empty, too long, or not finite. What its first
            samples do not show is raised by the methods.
    """

    def __init__(self, file: io.BufferedIOBase, name: str, limits: Limits) -> None:
        self._file, self._streams = file, open_streams(file, name)
        self._decoding = Decoding(self._streams, name, limits)
        self._sound: Sound | None = None

    @property
    def n_stated(self) -> int | None:
        """Samples of a channel that the file must hold; None if only decoding tells."""
        return self._decoding.n_stated

    def part(self, first: int, last: int) -> Samples:
        """Return the samples from one number up to another, as far as there are so many."""
        return self._decoding.part(first, last)

    def start(self) -> Sound:
        """Return the sound with the samples that are decoded so far."""
        return self._sound or self._to_sound(self._decoding.so_far())

    def finish(self) -> Sound:
        """Return the whole sound."""
        if self._sound is None:
            decoded = self._decoding.done()
            carried = read_carried(self._file, self._streams, decoded)
            self._sound = replace(self._to_sound(decoded), carried=carried)
        return self._sound

    def _to_sound(self, decoded: Decoded) -> Sound:
        return Sound(
            samples=decoded.samples,
            sample_rate=decoded.sample_rate,
            subtype=decoded.subtype,
            format=decoded.format,
            remarks=self._streams.remarks,
        )


def read(
    source: str | Path | io.BufferedIOBase,
    *,
    max_seconds: float = MAX_SECONDS,
    max_values: int = MAX_VALUES,
) -> Sound:
    """Read a sound of any kind that libsndfile knows.

    Args:
        source: A path, ``-`` for standard input, or an open binary file. A pipe will do.
        max_seconds: Longest sound that is read.
        max_values: Most samples over all channels that are read.

    Raises:
        SoundError: If it is missing, no sound, damaged, empty, too long, or not finite.
    """
    limits = Limits(float(max_seconds), max_values)
    if not isinstance(source, str | Path):
        return _read(source, "the sound", limits)
    if str(source) == "-":
        check_open(sys.stdin, "input")
        piped = read_pipe(sys.stdin.buffer, "standard input", limits)
        return _read(piped, "standard input", limits)
    path = Path(source)
    try:
        with path.open("rb") as file:
            seekable = file if path.is_file() else read_pipe(file, str(path), limits)
            return _read(seekable, str(path), limits)
    except IsADirectoryError:
        raise SoundError(f"{path} is a folder; expected a sound file") from None
    except OSError as error:
        raise SoundError(f"cannot read {path}: {error.strerror or error}") from error


def check_open(stream: TextIO | None, name: str) -> None:
    """Refuse a standard stream that whoever started Python closed.

    Args:
        stream: ``sys.stdin`` or ``sys.stdout``; None if it was closed, as by ``<&-``.
        name: ``input`` or ``output``.

    Raises:
        TimbrushError: If it was.
    """
    if stream is None:
        raise TimbrushError(f"standard {name} is closed; name a file instead of -")


def _read(file: io.BufferedIOBase, name: str, limits: Limits) -> Sound:
    return Reading(file, name, limits).finish()


def resample(samples: Samples, from_rate: int, to_rate: int) -> Resampled:
    """Change the rate of ``[channel, time]`` samples; ``round(length · ratio)`` come back.

    Source: soxr's high-quality resampler.
    """
    import soxr

    if from_rate == to_rate:
        return samples
    length = max(1, round(samples.shape[1] * to_rate / from_rate))
    columns = soxr.resample(np.ascontiguousarray(samples.T), from_rate, to_rate)[:length]
    out = np.zeros((samples.shape[0], length), dtype=samples.dtype)
    out[:, : len(columns)] = columns.T
    return out


def clips(path: str | Path, sound: Sound) -> bool:
    """Return whether ``write`` would cut off what is louder than full scale, and a WAV keep it.

    Args:
        path: Its suffix tells the kind of file; ``-`` is a WAV.
        sound: To be written.

    Raises:
        OutputError: For a suffix that is none of ``SUFFIXES``.
    """
    how = (sound.format, sound.subtype, sound.samples.size)
    # Of a sound of integers, no other kind of file would keep more.
    if not containers.choose(path, *how).clips or containers.choose("-", *how).clips:
        return False
    return float(max(sound.samples.max(), -sound.samples.min())) > 1 + _ROUNDING


def remarks(path: str | Path, sound: Sound) -> list[str]:
    """Return what is to be said before ``write``: what the file will not hold.

    Raises:
        OutputError: For a suffix that is none of ``SUFFIXES``.
    """
    container = containers.choose(path, sound.format, sound.subtype, sound.samples.size)
    said = [f"{path} {CLIPPED}"] if clips(path, sound) else []
    names = containers.lost(sound.samples, container, sound.carried)
    if names:
        said.append(f"{path} does not hold what else came with the sound: {', '.join(names)}")
    return said


def write(path: str | Path, sound: Sound, *, force: bool = False) -> None:
    """Write a sound in the kind that the suffix names, whole or not at all.

    The subtype is kept where the container has it and each sample stands alone in it, else the
    nearest that does. The same sound gives the same bytes.

    Args:
        path: ``-`` writes a WAV on standard output.
        sound: Samples beyond full scale are clipped where the subtype is of integers.
        force: Replace a file that exists.

    Raises:
        SoundError: If a sample is not finite.
        OutputError: If the kind cannot hold the sound, or the file cannot be written.
    """
    if not (np.isfinite(sound.samples.max()) and np.isfinite(sound.samples.min())):  # NaN too
        raise SoundError("the sound holds samples that are not finite and was not written")
    container = containers.choose(path, sound.format, sound.subtype, sound.samples.size)
    if str(path) == "-":
        buffer = io.BytesIO()
        containers.encode(buffer, sound.samples, sound.sample_rate, container, sound.carried)
        check_open(sys.stdout, "output")
        sys.stdout.buffer.write(buffer.getbuffer())
        sys.stdout.buffer.flush()
        return
    with write_whole(Path(path), force=force) as file:
        containers.encode(file, sound.samples, sound.sample_rate, container, sound.carried)
