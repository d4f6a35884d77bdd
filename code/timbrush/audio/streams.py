"""An open file to streams that libsndfile reads to their ends, and what must come of them."""

import io
from dataclasses import dataclass, field

from timbrush.audio.formats import chunks, flac, mpeg, ogg, stated
from timbrush.audio.formats.excerpt import Excerpt
from timbrush.audio.formats.tags import ByteSpan, find_span
from timbrush.errors import SoundError

_SLACK_FRAMES = 8
"""Frames that an MP3 may hold beyond what decodes: what the encoder added is cut off."""


@dataclass(frozen=True, eq=False)
class Stream:
    """A file to libsndfile.

    Args:
        file: To be read from its start.
        hides_length: Whether libsndfile is not to know how long it is: of an MP3 whose head
            does not count its frames, it would conclude a length that is wrong.
    """

    file: io.BufferedIOBase
    hides_length: bool = False


@dataclass(frozen=True, eq=False)
class Streams:
    """What is to be decoded, one after the other.

    Args:
        parts: At least one.
        span: Where the sound lies between the tags around it.
        layout: Where its samples lie, if it is made of chunks.
        n_promised: Samples of a channel that the file promises and must hold; 0 if unknown.
        n_least: Samples of a channel that must come at least.
        remarks: What is to be said of the file.
    """

    parts: tuple[Stream, ...]
    span: ByteSpan
    layout: chunks.SampleLayout | None = None
    n_promised: int = 0
    n_least: int = 0
    remarks: tuple[str, ...] = field(default=())


def open_streams(file: io.BufferedIOBase, name: str) -> Streams:
    """Find the sound in a file: behind tags, in links of a chain, in parts that were joined.

    Raises:
        SoundError: If it is cut short or damaged, as far as its kind tells before decoding.
    """
    span = find_span(file)
    stream = Excerpt(file, span.first, span.last)
    head = stream.read(4)
    if head == ogg.MARK:
        return _open_ogg(stream, span, name)
    if head == flac.MARK:
        head, n_promised = flac.bare_head(stream)
        frames = Excerpt(stream, stream.tell(), head=head)
        return Streams((Stream(frames),), span, n_promised=n_promised)
    layout = chunks.find_layout(stream)
    if layout is not None:
        _check_whole(layout.missing, name)
        if head == b"BW64":  # libsndfile knows its older name alone
            stream = Excerpt(file, span.first + 4, span.last, head=b"RF64")
        return Streams((Stream(stream),), span, layout)
    if head[:1] == b"\xff" or span.first:
        return _open_mpeg(stream, span, name)
    _check_whole(stated.missing_bytes(stream), name)
    return Streams((Stream(stream),), span)


def _check_whole(n_missing: int, name: str) -> None:
    if n_missing:
        raise SoundError(
            f"{name} is cut short: {n_missing} bytes of samples are missing; "
            "copy or export it anew"
        )


def _open_ogg(stream: Excerpt, span: ByteSpan, name: str) -> Streams:
    links = ogg.find_links(stream)
    for link in links:
        if link.damage:
            raise SoundError(f"{name} is damaged: {link.damage}; copy or export it anew")
    is_ended = not links or links[-1].is_ended
    said = f"{name} ends without its last page; it may have been cut short"
    excerpts = [Excerpt(stream, link.first, link.last) for link in links] or [stream]
    parts = tuple(Stream(ogg.to_flac(part) or part) for part in excerpts)
    return Streams(parts, span, remarks=() if is_ended else (said,))


def _open_mpeg(stream: Excerpt, span: ByteSpan, name: str) -> Streams:
    parts = mpeg.find_parts(stream)
    if not parts:
        return Streams((Stream(stream, hides_length=True),), span)
    remarks = []
    passed_over = sum(part.n_passed_over for part in parts)
    if passed_over:
        remarks.append(f"{name}: {passed_over} bytes between its frames are no sound")
    if any(part.head.n_claimed > part.n_frames + 1 for part in parts):
        remarks.append(f"{name} holds less than it promises; it may have been cut short")
    return Streams(
        tuple(Stream(part.open(stream), hides_length=not part.is_counted) for part in parts),
        span,
        n_least=sum(
            max(part.n_frames - _SLACK_FRAMES, 0) * part.head.n_samples for part in parts
        ),
        remarks=tuple(remarks),
    )
