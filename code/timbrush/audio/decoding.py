"""Open file to samples: decode every stream to its end, and compare with what was promised."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import soundfile
from jaxtyping import Float

from timbrush.audio.streams import Stream, Streams
from timbrush.errors import SoundError

MIN_SAMPLE_RATE, MAX_SAMPLE_RATE = 100, 1_536_000
MAX_PEAK = 1e12
"""Above this, squares of magnitudes no longer fit float32."""

READABLE = "WAV, FLAC, OGG, MP3, AIFF, CAF, W64 or AU"
_BLOCK_VALUES = 1 << 18
_DOUBLE_SUBTYPES = {"PCM_32", "DOUBLE", "ALAC_32"}
_ENDLESS = 2**63 - 1
"""What libsndfile takes for the length of a file that has none."""


@dataclass(frozen=True, eq=False)
class Decoded:
    """What libsndfile makes of a file.

    Args:
        samples: Full scale is ±1.
        sample_rate: Samples a second.
        subtype: How a sample is stored, in libsndfile's words.
        format: The container, in libsndfile's words.
        endian: ``LITTLE`` or ``BIG`` where the file chose; else ``FILE``.
    """

    samples: Float[np.ndarray, "channel time"]
    sample_rate: int
    subtype: str
    format: str
    endian: str


@dataclass(frozen=True)
class Limits:
    """How long a sound may be.

    Args:
        seconds: Its duration.
        values: Its samples over all channels.
    """

    seconds: float
    values: int


class _Decoder(soundfile.SoundFile):  # type: ignore[misc]
    """A file read from front to end, without the seeks that trust the header's length."""

    def seekable(self) -> bool:
        return False

    def _init_virtual_io(self, file: object) -> object:
        """Let libsndfile read nothing where a damaged head makes it ask for less than that.

        soundfile would raise, and an error in a callback is printed.
        """
        super()._init_virtual_io(file)
        read, ffi = self._virtual_io["read"], soundfile._ffi

        @ffi.callback("sf_vio_read")  # type: ignore[untyped-decorator]
        def read_some(pointer: object, count: int, data: object) -> int:
            return int(read(pointer, count, data)) if count > 0 else 0

        self._virtual_io["read"] = read_some  # which keeps it alive
        return ffi.new("SF_VIRTUAL_IO*", self._virtual_io)


class _Source:
    """An open file as libsndfile sees it.

    It has no name, from whose suffix soundfile would draw conclusions, and a seek to nowhere,
    as damaged headers ask for, leaves it in place: raised in a callback, an error is printed.

    Where its length is to be hidden, it has no end.
    """

    def __init__(self, stream: Stream) -> None:
        self._file, self._hides_length = stream.file, stream.hides_length
        self._is_beyond = False
        self._file.seek(0)
        self.read, self.readinto = self._file.read, self._file.readinto

    def tell(self) -> int:
        return _ENDLESS if self._is_beyond else self._file.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._is_beyond = self._hides_length and whence == io.SEEK_END
        try:
            return self.tell() if self._is_beyond else self._file.seek(offset, whence)
        except (OSError, ValueError):
            return self._file.tell()


class Decoding:
    """Decodes every stream of a file to its end, as far as it is asked for.

    It goes block by block, so memory follows what really decodes and not what the header
    claims. The first block is decoded at once.

    Args:
        streams: From ``open_streams``.
        name: Of the file, for messages.
        limits: Beyond them, reading ends.

    Raises:
        SoundError: If it is no sound or damaged; so do all methods.
    """

    def __init__(self, streams: Streams, name: str, limits: Limits) -> None:
        self._streams, self._name, self._limits = streams, name, limits
        self._gathered: _Gathered | None = None
        self._blocks = self._decode()
        next(self._blocks, None)

    @property
    def n_stated(self) -> int | None:
        """Samples of a channel that the file states and must hold; None if it does not tell."""
        gathered = self._found()
        stated = self._streams.n_promised or _n_held(
            self._streams, gathered.subtype, gathered.n_channels
        )
        return stated if stated and stated == gathered.n_claimed else None

    def part(self, first: int, last: int) -> Float[np.ndarray, "channel time"]:
        """Return the samples from one number up to another, as far as there are so many."""
        gathered = self._found()
        while gathered.length < last and next(self._blocks, "over") is None:
            pass
        return gathered.samples[:, first : min(last, gathered.length)]

    def so_far(self) -> Decoded:
        """Return what is decoded already."""
        return self._found().decoded()

    def done(self) -> Decoded:
        """Decode the rest, and return all.

        Raises:
            SoundError: If it is empty, too long, or not finite, or if less comes than the file
                holds.
        """
        for _ in self._blocks:
            pass
        self._found().cut()
        decoded = self.so_far()
        _compare(decoded, self._streams, self._name)
        return decoded

    def _found(self) -> "_Gathered":
        if self._gathered is None or not self._gathered.length:
            raise SoundError(f"{self._name} holds no samples; expected at least one")
        return self._gathered

    def _decode(self) -> Iterator[None]:
        streams, name = self._streams, self._name
        try:
            for part in streams.parts:
                with _Decoder(_Source(part)) as decoder:
                    _check_header(decoder, name)
                    if self._gathered is None:
                        self._gathered = _Gathered(decoder, self._limits, streams.n_promised)
                    self._gathered.check_next(decoder, name)
                    for block in _blocks(decoder, self._gathered.dtype, streams.n_promised):
                        self._gathered.add(block, name)
                        yield
        except soundfile.SoundFileError as error:
            raise SoundError(
                f"{name} cannot be read as {READABLE}: {_reason(error)}"
            ) from error


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


def _blocks(decoder: soundfile.SoundFile, dtype: str, n_promised: int) -> Iterator[np.ndarray]:
    """Yield ``[time, channel]`` blocks until less comes than was asked for.

    What follows the samples that were promised may be anything but sound.
    """
    size = max(1, _BLOCK_VALUES // decoder.channels)
    length = 0
    while True:
        left = n_promised - length
        wanted = min(size, left) if left > 0 else size
        try:
            block = decoder.read(wanted, dtype=dtype, always_2d=True)
        except soundfile.SoundFileError:
            if n_promised and length == n_promised:
                return
            raise
        length += len(block)
        yield block
        if len(block) < wanted:
            return


class _Gathered:
    """Blocks of samples, gathered into ``[channel, time]`` as they come.

    Memory for as much as the header claims is set aside, but not used before samples come.
    """

    def __init__(self, decoder: soundfile.SoundFile, limits: Limits, n_promised: int) -> None:
        self.sample_rate, self.n_channels = decoder.samplerate, decoder.channels
        self.subtype, self.format = decoder.subtype, decoder.format
        self._endian = decoder.endian
        self._limits = limits
        self._most = int(
            min(limits.seconds * self.sample_rate, limits.values // self.n_channels)
        )
        self.dtype = "float64" if decoder.subtype in _DOUBLE_SUBTYPES else "float32"
        self.length = 0
        claimed = n_promised or decoder.frames
        claimed = claimed if 0 < claimed <= self._most else 0
        self.n_claimed = claimed
        self.samples = np.empty((self.n_channels, claimed), self.dtype)

    def check_next(self, decoder: soundfile.SoundFile, name: str) -> None:
        came, wanted = (
            (decoder.samplerate, decoder.channels),
            (self.sample_rate, self.n_channels),
        )
        if came != wanted:
            raise SoundError(
                f"{name} joins a sound of {wanted[0]} Hz and {wanted[1]} channels with one of "
                f"{came[0]} Hz and {came[1]} channels; split it first"
            )

    def add(self, block: np.ndarray, name: str) -> None:
        length = self.length + len(block)
        if length > self._most:
            raise SoundError(
                f"{name} is too long: at most {self._limits.seconds / 3600:g} hours and "
                f"{self._limits.values / 10**6:g} million samples over all channels; "
                "cut it first"
            )
        if not np.all(np.abs(block) <= MAX_PEAK):  # NaN fails too
            raise SoundError(f"{name} holds samples that are not finite; expected -1 to 1")
        if length > self.samples.shape[1]:  # doubled, so that few copies are made
            self._resize(min(max(length, 2 * self.samples.shape[1]), self._most))
        self.samples[:, self.length : length] = block.T
        self.length = length

    def cut(self) -> None:
        """Hold no more memory than the samples take."""
        if self.samples.shape[1] != self.length:
            self._resize(self.length)

    def decoded(self) -> Decoded:
        samples = self.samples[:, : self.length]
        return Decoded(samples, self.sample_rate, self.subtype, self.format, self._endian)

    def _resize(self, length: int) -> None:
        resized = np.empty((self.n_channels, length), self.dtype)
        resized[:, : self.length] = self.samples[:, : self.length]
        self.samples = resized


def _compare(decoded: Decoded, streams: Streams, name: str) -> None:
    """Refuse a file that holds more than was read, or less than it promises."""
    length = decoded.samples.shape[1]
    if length < streams.n_promised:
        raise SoundError(
            f"{name} is cut short: {streams.n_promised} samples were promised, {length} came"
        )
    held = _n_held(streams, decoded.subtype, len(decoded.samples)) or streams.n_least
    if length < held:
        raise SoundError(
            f"{name} holds {held} samples, but {length} of them could be read; export it anew"
        )


def _n_held(streams: Streams, subtype: str, n_channels: int) -> int:
    """Return how many samples of a channel lie in a file; 0 where they do not stand alone."""
    n_bytes = bytes_per_sample(subtype)
    if streams.layout is None or not n_bytes:
        return 0
    return (streams.layout.last - streams.layout.first) // (n_bytes * n_channels)


def bytes_per_sample(subtype: str) -> int:
    """Return how many bytes each sample takes; 0 where it does not stand alone."""
    sizes = {"PCM_S8": 1, "PCM_U8": 1, "ULAW": 1, "ALAW": 1, "PCM_16": 2, "PCM_24": 3}
    return sizes.get(subtype) or {"PCM_32": 4, "FLOAT": 4, "DOUBLE": 8}.get(subtype, 0)
