"""What a sound file carries beside its samples, and how to put it around other samples.

Loops, markers, titles, pictures, speaker positions: all of it stays true as long as the length
of the sound stays. Where samples alone change, the bytes around them are copied as they are.
"""

import io
import struct
from dataclasses import dataclass

from timbrush.audio.decoding import Decoded, bytes_per_sample
from timbrush.audio.formats import chunks, comments, flac, ogg
from timbrush.audio.formats.excerpt import Excerpt
from timbrush.audio.streams import Streams

MAX_KEPT_BYTES = 64 << 20

_DESCRIBING = {b"fmt ", b"fact", b"ds64", b"COMM", b"FVER", b"PEAK", b"desc", b"kuki", b"pakt"}
"""Chunks that describe the samples; who writes them otherwise writes these anew."""
_FILLING = {b"JUNK", b"junk", b"FLLR", b"PAD ", b"free", b"minf", b"elm1", b"PAR1"}
_KINDS = {"WAVEX": "WAV", "RF64": "WAV"}
_SPEAKERS = "speaker positions"
_LONGEST_WAV = 2**32 - 2**16


@dataclass(frozen=True)
class Carried:
    """What a file holds beside its samples.

    Args:
        kind: The kind of file, in libsndfile's words; WAV also for WAVEX and RF64.
        names: What it is, in words or four letters.
        subtype: How the samples were stored.
        endian: ``LITTLE`` or ``BIG``.
        head: Bytes in front of the samples, if they are raw; else the tags in front of all.
        tail: Bytes behind them.
        tag: The tag in front of a file of chunks.
        layout: Where the chunks lie, if the file is made of them.
        blocks: The metadata of a FLAC.
        comments: The tags of FLAC, Vorbis and Opus; see ``formats.comments``.
        is_kept: False if it is too large to be kept.
    """

    kind: str
    names: tuple[str, ...]
    subtype: str
    endian: str = "LITTLE"
    head: bytes = b""
    tail: bytes = b""
    tag: bytes = b""
    layout: chunks.SampleLayout | None = None
    blocks: tuple[flac.MetadataBlock, ...] = ()
    comments: bytes = b""
    is_kept: bool = True


@dataclass(frozen=True)
class Surroundings:
    """Bytes that make a file of raw samples, in front of them and behind them."""

    head: bytes
    tail: bytes
    endian: str


def read_carried(file: io.BufferedIOBase, streams: Streams, decoded: Decoded) -> Carried:
    """Read what a file carries beside the samples that were decoded from it."""
    end = file.seek(0, io.SEEK_END)
    span, kind = streams.span, _KINDS.get(decoded.format, decoded.format)
    names = ("tag in front",) * (span.first > 0) + ("tag behind",) * (span.last < end)
    if streams.layout is not None and kind == streams.layout.kind.name:
        return _read_chunks(file, streams, decoded, names)
    stream = Excerpt(file, span.first, span.last)
    blocks = flac.kept(flac.read_blocks(stream)) if kind == "FLAC" else ()
    tags = next((b.content for b in blocks if b.type == flac.COMMENTS), b"")
    if kind == "OGG":
        tags = ogg.read_comments(stream)
    listed = comments.trimmed(tags)
    names += ("tags",) * bool(listed)
    names += tuple(b.name for b in blocks if b.type != flac.COMMENTS)
    size = span.first + end - span.last + sum(len(b.content) for b in blocks)
    if size > MAX_KEPT_BYTES:
        return Carried(kind, names, decoded.subtype, is_kept=False)
    return Carried(
        kind,
        names,
        decoded.subtype,
        head=_bytes(file, 0, span.first),
        tail=_bytes(file, span.last, end),
        blocks=blocks,
        comments=listed,
    )


def _read_chunks(
    file: io.BufferedIOBase, streams: Streams, decoded: Decoded, names: tuple[str, ...]
) -> Carried:
    layout, start = streams.layout, streams.span.first
    assert layout is not None
    found = {chunk.name: None for chunk in layout.chunks}  # each once, in their order
    names += tuple(
        name.decode("latin-1").strip() for name in found if name not in _DESCRIBING | _FILLING
    )
    if decoded.format == "WAVEX" and len(decoded.samples) > 2:
        names += (_SPEAKERS,)
    end = file.seek(0, io.SEEK_END)
    if start + layout.first + end - start - layout.last > MAX_KEPT_BYTES:
        return Carried(layout.kind.name, names, decoded.subtype, is_kept=False)
    return Carried(
        layout.kind.name,
        names,
        decoded.subtype,
        endian=layout.kind.endian if decoded.endian == "FILE" else decoded.endian,
        head=_bytes(file, start, start + layout.first),
        tail=_bytes(file, start + layout.last, end),
        tag=_bytes(file, 0, start),
        layout=layout,
    )


def _bytes(file: io.BufferedIOBase, first: int, last: int) -> bytes:
    file.seek(first)
    return file.read(last - first)


def left_behind(
    carried: Carried, format: str, subtype: str, shape: tuple[int, int]
) -> tuple[str, ...]:
    """Return the names of what another file would not carry.

    Args:
        carried: From the sound that is written.
        format: Container of the other file, in libsndfile's words.
        subtype: How it stores a sample.
        shape: Its channels, and samples of each.
    """
    kind = _KINDS.get(format, format)
    keeps_tags = carried.is_kept and {kind, carried.kind} <= {"FLAC", "OGG"}
    if kind == carried.kind and carried.is_kept:
        if carried.layout is None:  # an Ogg is written without tags of other kinds around it
            around = kind == "OGG"
            return tuple(n for n in carried.names if around and n.startswith("tag "))
        if surroundings(carried, format, subtype, shape, None) is not None:
            return ()
    return tuple(name for name in carried.names if not (keeps_tags and name == "tags"))


def surroundings(
    carried: Carried | None,
    format: str,
    subtype: str,
    shape: tuple[int, int],
    fresh: bytes | None,
) -> Surroundings | None:
    """Return what to put around raw samples so that a file carries what another one did.

    Args:
        carried: By the other file.
        format: Container of the file to write, in libsndfile's words.
        subtype: How it stores a sample.
        shape: Its channels, and samples of each.
        fresh: A file without samples, as libsndfile writes it in that format; None if it is
            enough to know whether there is something to put around.

    Returns:
        None if there is nothing to carry, or if the file is of another kind.
    """
    if carried is None or carried.layout is None or not carried.is_kept:
        return None
    size = bytes_per_sample(subtype) * shape[0] * shape[1]
    if not size or _KINDS.get(format, format) != carried.kind:
        return None
    layout, is_same = carried.layout, subtype == carried.subtype
    if is_same and layout.is_regular and not carried.tag and size == layout.last - layout.first:
        return Surroundings(carried.head, carried.tail, carried.endian)
    if layout.kind not in (chunks.WAV, chunks.AIFF):
        return None
    if fresh is None:
        return Surroundings(b"", b"", "")
    return _rebuilt(carried, layout, fresh, size, shape[1], is_same)


def _rebuilt(
    carried: Carried,
    layout: chunks.SampleLayout,
    fresh: bytes,
    size: int,
    length: int,
    is_same: bool,
) -> Surroundings:
    """Return the chunks of a file around samples of another size or type."""
    form = layout.kind.head[0]
    describing, before, after = _sorted_chunks(carried, layout)
    own = chunks.find_layout(io.BytesIO(fresh))
    assert own is not None, "libsndfile wrote it just now"
    head = carried.head if is_same and describing else fresh
    if head is fresh:
        describing = [fresh[chunk.first : chunk.last] for chunk in own.chunks]
    if carried.tag:
        name = b"id3 " if layout.kind is chunks.WAV else b"ID3 "
        after.append(struct.pack(form + "4sI", name, len(carried.tag)) + carried.tag)
    described = [_with_length(chunk, length) for chunk in describing]
    front = b"".join(map(_filled, (*described, *before)))
    extra = bytes(8) if layout.kind is chunks.AIFF else b""  # no offset, no blocks
    back = bytes(size % 2) + b"".join(map(_filled, after))
    total = 20 + len(front) + len(extra) + size + len(back)
    mark, kind = (b"RIFF", b"WAVE") if layout.kind is chunks.WAV else (b"FORM", head[8:12])
    stated = size + len(extra)
    if layout.kind is chunks.WAV and total > _LONGEST_WAV:
        sizes = struct.pack("<QQQI", total + 28, size, 0, 0)
        front = struct.pack("<4sI", b"ds64", len(sizes)) + sizes + front
        mark, total, stated = b"RF64", 2**32 + 7, 2**32 - 1
    start = struct.pack(form + "4sI", mark, total - 8) + kind + front
    start += struct.pack(form + "4sI", layout.kind.samples, stated) + extra
    endian = carried.endian if head is carried.head else layout.kind.endian
    return Surroundings(start, back, endian)


def _sorted_chunks(
    carried: Carried, layout: chunks.SampleLayout
) -> tuple[list[bytes], list[bytes], list[bytes]]:
    """Return chunks that describe the samples, others in front of them, and those behind."""
    describing, before, after = list[bytes](), list[bytes](), list[bytes]()
    for chunk in layout.chunks:
        if chunk.first < layout.first:
            content = carried.head[chunk.first : chunk.last]
            (describing if chunk.name in _DESCRIBING else before).append(content)
        elif chunk.name not in _DESCRIBING:
            after.append(carried.tail[chunk.first - layout.last : chunk.last - layout.last])
        else:
            describing.append(
                carried.tail[chunk.first - layout.last : chunk.last - layout.last]
            )
    return [c for c in describing if c[:4] not in (b"ds64", b"PEAK")], before, after


def _with_length(chunk: bytes, length: int) -> bytes:
    """Return a chunk that describes samples with their number, where it states one."""
    if chunk[:4] == b"fact":
        return chunk[:8] + struct.pack("<I", min(length, 2**32 - 1)) + chunk[12:]
    if chunk[:4] == b"COMM":
        return chunk[:10] + struct.pack(">I", length) + chunk[14:]
    return chunk


def _filled(chunk: bytes) -> bytes:
    return chunk + bytes(len(chunk) % 2)
