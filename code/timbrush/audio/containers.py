"""Samples to the bytes of a sound file: which container, which subtype, and the encoding."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from jaxtyping import Float

from timbrush.audio import ogg
from timbrush.audio.riff import append_chunks
from timbrush.errors import OutputError

_SUFFIXES = {
    ".wav": "WAV",
    ".flac": "FLAC",
    ".ogg": "OGG",
    ".oga": "OGG",
    ".opus": "OGG",
    ".mp3": "MP3",
    ".aif": "AIFF",
    ".aiff": "AIFF",
}
SUFFIXES = tuple(_SUFFIXES)
"""Endings of the sound files that can be written, and of what is taken for a sound."""

LOSSY = (".ogg", ".oga", ".opus", ".mp3")
"""Endings of those that change a sound a little by holding it."""

_STANDARD = {"OGG": "VORBIS", "MP3": "MPEG_LAYER_III"}
# What a container without the subtype keeps most of it in; others fall back to 16 bits.
_NEAREST = {
    "PCM_U8": ("PCM_S8",),
    "PCM_S8": ("PCM_U8",),
    "PCM_32": ("PCM_24",),
    "FLOAT": ("PCM_24",),
    "DOUBLE": ("PCM_24",),
    "ALAC_20": ("PCM_24",),
    "ALAC_24": ("PCM_24",),
    "ALAC_32": ("PCM_32", "PCM_24"),
    "DWVW_24": ("PCM_24",),
    # Decoded, they are floats, and some of them lie beyond full scale.
    "VORBIS": ("FLOAT", "PCM_24"),
    "OPUS": ("FLOAT", "PCM_24"),
    "MPEG_LAYER_I": ("FLOAT", "PCM_24"),
    "MPEG_LAYER_II": ("FLOAT", "PCM_24"),
    "MPEG_LAYER_III": ("FLOAT", "PCM_24"),
}
_BITS = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32}
# Subtypes that predict a sample from those before: written again, all samples change a little.
_PREDICTIVE = ("ADPCM", "GSM", "G721", "G723")
_MAX_WAV_BYTES = 2**32 - 2**16
_ADD_PEAK_CHUNK = 0x1050  # SFC_SET_ADD_PEAK_CHUNK
_BLOCK_VALUES = 1 << 18


@dataclass(frozen=True)
class Container:
    """How samples are to be stored, in libsndfile's words."""

    format: str
    subtype: str

    @property
    def clips(self) -> bool:
        """Whether samples beyond full scale are cut off: integers know none."""
        return self.subtype in _BITS


def check_suffixes(paths: Iterable[str | Path]) -> None:
    """Refuse names that do not tell a kind of sound, before any work is done for them.

    Raises:
        OutputError: For a suffix that is none of ``SUFFIXES``; ``-`` is a WAV.
    """
    for path in paths:
        if str(path) != "-" and Path(path).suffix.lower() not in _SUFFIXES:
            raise OutputError(
                f"cannot tell the kind of sound from the name {path}; "
                f"let it end in one of {' '.join(SUFFIXES)}"
            )


def choose(path: str | Path, format: str, subtype: str, n_values: int) -> Container:
    """Return the container that a suffix names, with a sound's subtype where it has it.

    What was stored with loss becomes what holds its samples, so that those that stay keep their
    value: 16 bits for ADPCM, floats for MP3 and OGG.

    Args:
        path: Its suffix decides; ``-`` is a WAV.
        format: Container of the original.
        subtype: Subtype of the original.
        n_values: Samples over all channels; beyond 4 GiB a WAV becomes an RF64.

    Raises:
        OutputError: For a suffix that is none of ``SUFFIXES``.
    """
    check_suffixes([path])
    suffix = ".wav" if str(path) == "-" else Path(path).suffix.lower()
    container = _SUFFIXES[suffix]
    if container == "WAV" and format == "WAVEX":
        container = "WAVEX"
    subtype = "OPUS" if suffix == ".opus" else _nearest(container, subtype)
    if container == "WAV" and n_values * _bytes_per_sample(subtype) > _MAX_WAV_BYTES:
        container = "RF64"
    return Container(container, subtype)


def _nearest(container: str, subtype: str) -> str:
    standard = _STANDARD.get(container, "PCM_16")
    if any(kind in subtype for kind in _PREDICTIVE):
        return standard
    own = () if subtype.startswith("MPEG") else (subtype,)  # a WAV could hold it, with loss
    fitting = (*own, *_NEAREST.get(subtype, ()))
    return next((s for s in fitting if soundfile.check_format(container, s)), standard)


def encode(
    file: io.BufferedIOBase,
    samples: Float[np.ndarray, "channel time"],
    sample_rate: int,
    container: Container,
    chunks: bytes = b"",
) -> None:
    """Write samples to an open file; the same samples give the same bytes.

    Args:
        file: Where to; empty.
        samples: Full scale is ±1.
        sample_rate: Samples a second.
        container: From ``choose``.
        chunks: What a WAV is to hold beside them; any other container leaves it out.

    Raises:
        OutputError: If the container cannot hold so many channels or such a rate.
        OSError: If the disk is full.
    """
    if container.format != "OGG":
        _encode(file, samples, sample_rate, container)
        if container.format in ("WAV", "WAVEX"):
            append_chunks(file, chunks)
        return
    stream = io.BytesIO()
    _encode(stream, samples, sample_rate, container)
    file.write(ogg.with_fixed_serial(stream.getvalue()))


def _encode(
    file: io.BufferedIOBase,
    samples: Float[np.ndarray, "channel time"],
    sample_rate: int,
    container: Container,
) -> None:
    sink = _Sink(file)
    try:
        with soundfile.SoundFile(
            sink,
            "w",
            samplerate=sample_rate,
            channels=samples.shape[0],
            format=container.format,
            subtype=container.subtype,
        ) as encoder:
            # The chunk holds the time of day: two runs would differ in it.
            soundfile._snd.sf_command(encoder._file, _ADD_PEAK_CHUNK, soundfile._ffi.NULL, 0)
            size = max(1, _BLOCK_VALUES // samples.shape[0])
            for start in range(0, samples.shape[1], size):
                block = samples[:, start : start + size].T
                encoder.write(_rounded(block, container.subtype))
                sink.reraise()
    except soundfile.SoundFileError as error:
        raise OutputError(
            f"{container.format} {container.subtype} cannot hold {samples.shape[0]} channels "
            f"at {sample_rate} Hz; choose another kind of file, such as .wav"
        ) from error
    finally:
        sink.reraise()


def _rounded(block: np.ndarray, subtype: str) -> np.ndarray:
    """Return integers at the top of 32 bits, where the subtype is of integers.

    libsndfile would cut floats off instead of rounding them: an offset of half a step.
    """
    if subtype not in _BITS:
        return block
    full_scale = 1 << (_BITS[subtype] - 1)
    steps = np.rint(block.astype(np.float64) * full_scale)
    integers = steps.clip(-full_scale, full_scale - 1).astype(np.int64)
    return (integers << (32 - _BITS[subtype])).astype(np.int32)


def _bytes_per_sample(subtype: str) -> int:
    return {"PCM_16": 2, "PCM_24": 3, "PCM_32": 4, "FLOAT": 4, "DOUBLE": 8}.get(subtype, 1)


class _Sink:
    """A file for libsndfile that keeps its first error; raised in a callback, it is lost.

    From then on nothing more reaches the file. A buffered file may fail in a seek as well.
    """

    def __init__(self, file: io.BufferedIOBase) -> None:
        self._file = file
        self._error: BaseException | None = None

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._try(lambda: self._file.seek(offset, whence))

    def tell(self) -> int:
        return self._try(lambda: self._file.tell())

    def read(self, size: int) -> bytes:
        return self._file.read(size)

    def write(self, data: bytes) -> int:
        self._try(lambda: self._file.write(data))
        return len(data)

    def reraise(self) -> None:
        if self._error is not None:
            raise self._error

    def _try(self, action: Callable[[], int]) -> int:
        try:
            return action()
        except BaseException as error:  # an interruption too
            self._error = self._error or error
            self._file = io.BytesIO()
            return 0
