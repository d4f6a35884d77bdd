"""Samples to the bytes of a sound file: which container, which subtype, and the encoding."""

import io
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import soundfile
from jaxtyping import Float

from timbrush.audio.carried import Carried, Surroundings, left_behind, surroundings
from timbrush.audio.decoding import bytes_per_sample
from timbrush.audio.formats import flac, ogg
from timbrush.audio.formats.comments import by_encoder
from timbrush.errors import OutputError

_SUFFIXES = {
    ".wav": "WAV",
    ".wave": "WAV",
    ".bwf": "WAV",
    ".rf64": "RF64",
    ".w64": "W64",
    ".flac": "FLAC",
    ".ogg": "OGG",
    ".oga": "OGG",
    ".opus": "OGG",
    ".mp3": "MP3",
    ".aif": "AIFF",
    ".aiff": "AIFF",
    ".aifc": "AIFF",
    ".caf": "CAF",
    ".au": "AU",
    ".snd": "AU",
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
    if container == "WAV" and n_values * max(bytes_per_sample(subtype), 1) > _MAX_WAV_BYTES:
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
    carried: Carried | None = None,
) -> None:
    """Write samples to an open file; the same samples give the same bytes.

    Args:
        file: Where to; empty.
        samples: Full scale is ±1.
        sample_rate: Samples a second.
        container: From ``choose``.
        carried: What the file is to hold beside them, as far as its kind can.

    Raises:
        OutputError: If the container cannot hold so many channels or such a rate.
        OSError: If the disk is full.
    """
    around = _around(samples.shape, sample_rate, container, carried)
    if around is not None:
        file.write(around.head)
        raw = Container("RAW", container.subtype)
        _encode(file, samples, sample_rate, raw, endian=around.endian)
        file.seek(0, io.SEEK_END)
        file.write(around.tail)
        return
    if container.format == "OGG":
        stream = io.BytesIO()
        _encode(stream, samples, sample_rate, container)
        tags = carried.comments if carried is not None and carried.is_kept else b""
        file.write(ogg.with_fixed_serial(stream.getvalue(), tags))
    elif container.format in ("FLAC", "MP3") and carried and carried.names and carried.is_kept:
        _encode_tagged(file, samples, sample_rate, container, carried)
    else:
        _encode(file, samples, sample_rate, container)


def _around(
    shape: tuple[int, ...], sample_rate: int, container: Container, carried: Carried | None
) -> Surroundings | None:
    """Return what surrounds the samples in a file that carries what another one did."""
    how = (container.format, container.subtype, (shape[0], shape[1]))
    if surroundings(carried, *how, None) is None:
        return None
    fresh = io.BytesIO()
    _encode(fresh, np.empty((shape[0], 0), np.float32), sample_rate, container)
    return surroundings(carried, *how, fresh.getvalue())


def _encode_tagged(
    file: io.BufferedIOBase,
    samples: Float[np.ndarray, "channel time"],
    sample_rate: int,
    container: Container,
    carried: Carried,
) -> None:
    """Encode beside the file, since the tags in front of it are of another length."""
    is_same = carried.kind == container.format
    with TemporaryFile() as encoded:
        _encode(encoded, samples, sample_rate, container)
        encoded.seek(0)
        file.write(carried.head if is_same else b"")
        blocks = carried.blocks
        if container.format == "FLAC" and carried.comments and not blocks:
            own = flac.kept(flac.read_blocks(encoded))[0].content
            tags = by_encoder(own, carried.comments)
            blocks = (flac.MetadataBlock(flac.COMMENTS, tags),)
        if container.format == "FLAC" and blocks:
            flac.copy_with_blocks(encoded, file, blocks)
        else:
            shutil.copyfileobj(encoded, file)
        file.write(carried.tail if is_same else b"")


def lost(
    samples: Float[np.ndarray, "channel time"], container: Container, carried: Carried | None
) -> tuple[str, ...]:
    """Return the names of what ``encode`` would not write of what a sound carries."""
    if carried is None:
        return ()
    shape = (samples.shape[0], samples.shape[1])
    return left_behind(carried, container.format, container.subtype, shape)


def _encode(
    file: io.BufferedIOBase,
    samples: Float[np.ndarray, "channel time"],
    sample_rate: int,
    container: Container,
    *,
    endian: str | None = None,
) -> None:
    """Let libsndfile write a file from the position of ``file`` on."""
    sink = _Sink(file)
    try:
        with soundfile.SoundFile(
            sink,
            "w",
            samplerate=sample_rate,
            channels=samples.shape[0],
            format=container.format,
            subtype=container.subtype,
            endian=endian,
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


class _Sink:
    """A file for libsndfile that keeps its first error; raised in a callback, it is lost.

    From then on nothing more reaches the file. A buffered file may fail in a seek as well.
    What stands in the file already is out of libsndfile's sight.
    """

    def __init__(self, file: io.BufferedIOBase) -> None:
        self._file, self._start = file, file.tell()
        self._error: BaseException | None = None

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = self._start if whence == io.SEEK_SET else 0
        return self._try(lambda: self._file.seek(start + offset, whence)) - self._start

    def tell(self) -> int:
        return self._try(lambda: self._file.tell()) - self._start

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
