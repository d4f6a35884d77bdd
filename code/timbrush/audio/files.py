"""Sound file to waveform and back, at any rate, with any channels and any length."""

import io
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

import numpy as np
import soundfile
from jaxtyping import Float

from timbrush.audio import containers, riff
from timbrush.errors import SoundError, TimbrushError
from timbrush.whole import write_whole

Samples = Float[np.ndarray, "channel time"]
Resampled = Float[np.ndarray, "channel resampled"]

MIN_SAMPLE_RATE, MAX_SAMPLE_RATE = 100, 1_536_000
MAX_CHANNELS = 256
MAX_SECONDS = 2 * 3600.0
MAX_VALUES = 700_000_000
"""Samples over all channels: an hour of stereo at 96 kHz, 2.8 GB in memory."""
MAX_PEAK = 1e12
"""Above this, squares of magnitudes no longer fit float32."""

CLIPPED = "cuts off what is louder than full scale; WAV and AIFF keep it"
"""What is to be said of a file for which ``clips`` answers yes."""

_BLOCK_VALUES = 1 << 18
_ROUNDING = 1e-6
"""What float32 may add to full scale."""
_DOUBLE_SUBTYPES = {"PCM_32", "DOUBLE", "ALAC_32"}
_READABLE = "WAV, FLAC, OGG, MP3 or AIFF"


@dataclass(frozen=True, eq=False)
class Sound:
    """Samples, and how they lay in their file.

    Args:
        samples: Array ``[channel, time]``; full scale is ±1. float64 where the file holds more
            than float32 keeps (32-bit integers and doubles), else float32.
        sample_rate: Samples a second.
        subtype: How a sample is stored, in libsndfile's words (``PCM_16``, ``FLOAT``, …).
        format: The container, in libsndfile's words (``WAV``, ``FLAC``, …).
        chunks: What a WAV holds beside its samples, such as loops and cue points; another WAV
            of the same length may have it too.
    """

    samples: Samples
    sample_rate: int
    subtype: str = "PCM_16"
    format: str = "WAV"
    chunks: bytes = b""

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


def read(
    source: str | Path | io.BufferedIOBase,
    *,
    max_seconds: float = MAX_SECONDS,
    max_values: int = MAX_VALUES,
) -> Sound:
    """Read a sound of any kind that libsndfile knows.

    The file is decoded block by block, so memory follows what really decodes and not what the
    header claims.

    Args:
        source: A path, ``-`` for standard input, or an open binary file. A pipe will do.
        max_seconds: Longest sound that is read.
        max_values: Most samples over all channels that are read.

    Raises:
        SoundError: If it is missing, no sound, damaged, empty, too long, or not finite.
    """
    decode = partial(_decode, max_seconds=max_seconds, max_values=max_values)
    if isinstance(source, str | Path):
        path = Path(source)
        if str(source) == "-":
            check_open(sys.stdin, "input")
            piped = io.BytesIO(sys.stdin.buffer.read())
            return decode(piped, "standard input")
        try:
            with path.open("rb") as file:
                seekable = file if path.is_file() else io.BytesIO(file.read())
                return decode(seekable, str(path))
        except IsADirectoryError:
            raise SoundError(f"{path} is a folder; expected a sound file") from None
        except OSError as error:
            raise SoundError(f"cannot read {path}: {error.strerror or error}") from error
    return decode(source, "the sound")


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


class _Decoder(soundfile.SoundFile):  # type: ignore[misc]
    """A file read from front to end, without the seeks that trust the header's length."""

    def seekable(self) -> bool:
        return False


class _Source:
    """An open file as libsndfile sees it.

    It has no name, from whose suffix soundfile would draw conclusions, and a seek to nowhere,
    as damaged headers ask for, leaves it in place: raised in a callback, an error is printed.
    """

    def __init__(self, file: io.BufferedIOBase) -> None:
        self._file = file
        self.tell, self.read, self.readinto = file.tell, file.read, file.readinto

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        try:
            return self._file.seek(offset, whence)
        except (OSError, ValueError):
            return self._file.tell()


def _decode(
    file: io.BufferedIOBase, name: str, *, max_seconds: float, max_values: int
) -> Sound:
    chunks = riff.read_chunks(file)
    try:
        with _Decoder(_Source(file)) as decoder:
            _check_header(decoder, name)
            dtype = "float64" if decoder.subtype in _DOUBLE_SUBTYPES else "float32"
            blocks = deque(_blocks(decoder, dtype, name, max_seconds, max_values))
            samples = _join(blocks, decoder.channels, dtype)
            how = (decoder.samplerate, decoder.subtype, decoder.format)
            sound = Sound(samples, *how, chunks.kept)
            claimed = decoder.frames
    except soundfile.SoundFileError as error:
        raise SoundError(f"{name} cannot be read as {_READABLE}: {_reason(error)}") from error
    if sound.length == 0:
        raise SoundError(f"{name} holds no samples; expected at least one")
    if chunks.missing:
        raise SoundError(
            f"{name} is cut short: {chunks.missing} bytes of samples are missing; "
            "copy or export it anew"
        )
    # What MP3 and OGG state is known to be wrong.
    if sound.format == "FLAC" and sound.length < claimed < 2**40:
        raise SoundError(
            f"{name} is cut short: {claimed} samples were promised, {sound.length} came"
        )
    return sound


def _reason(error: soundfile.SoundFileError) -> str:
    text = str(getattr(error, "error_string", error)) or "it is damaged"
    return " ".join(text.split()).rstrip(".")


def _check_header(decoder: soundfile.SoundFile, name: str) -> None:
    rate = decoder.samplerate
    if not MIN_SAMPLE_RATE <= rate <= MAX_SAMPLE_RATE:
        raise SoundError(
            f"{name} states {rate} samples a second; "
            f"expected {MIN_SAMPLE_RATE} to {MAX_SAMPLE_RATE}"
        )


def _blocks(
    decoder: soundfile.SoundFile, dtype: str, name: str, max_seconds: float, max_values: int
) -> Iterator[np.ndarray]:
    """Yield ``[time, channel]`` blocks until the file answers less than was asked for."""
    size = max(1, _BLOCK_VALUES // decoder.channels)
    length_limit = min(max_seconds * decoder.samplerate, max_values // decoder.channels)
    length = 0
    while True:
        block = decoder.read(size, dtype=dtype, always_2d=True)
        length += len(block)
        if length > length_limit:
            raise SoundError(
                f"{name} is too long: at most {max_seconds / 3600:g} hours and "
                f"{max_values / 10**6:g} million samples over all channels; cut it first"
            )
        if not np.all(np.abs(block) <= MAX_PEAK):  # NaN fails too
            raise SoundError(f"{name} holds samples that are not finite; expected -1 to 1")
        yield block
        if len(block) < size:
            return


def _join(blocks: deque[np.ndarray], n_channels: int, dtype: str) -> Samples:
    """Gather blocks into ``[channel, time]``, freeing each as it is copied."""
    samples = np.empty((n_channels, sum(len(block) for block in blocks)), dtype=dtype)
    start = 0
    while blocks:
        block = blocks.popleft()
        samples[:, start : start + len(block)] = block.T
        start += len(block)
    return samples


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
    if not np.isfinite(sound.samples).all():
        raise SoundError("the sound holds samples that are not finite and was not written")
    container = containers.choose(path, sound.format, sound.subtype, sound.samples.size)
    if str(path) == "-":
        buffer = io.BytesIO()
        containers.encode(buffer, sound.samples, sound.sample_rate, container, sound.chunks)
        check_open(sys.stdout, "output")
        sys.stdout.buffer.write(buffer.getbuffer())
        sys.stdout.buffer.flush()
        return
    with write_whole(Path(path), force=force) as file:
        containers.encode(file, sound.samples, sound.sample_rate, container, sound.chunks)
