"""The list of tags that FLAC, Vorbis and Opus have in common.

Source: Vorbis I specification, section 5.2: the encoder's name, a number, and so many texts,
each after its length in four bytes.
"""


def trimmed(data: bytes) -> bytes:
    """Return a list of tags without what follows it; empty if it is broken or has no tag."""
    end = 4 + _number(data, 0)
    n_tags, end = _number(data, end), end + 4
    for _ in range(min(n_tags, len(data) // 4)):
        end += 4 + _number(data, end)
    return data[:end] if n_tags and end <= len(data) else b""


def by_encoder(encoders: bytes, tags: bytes) -> bytes:
    """Return tags under the name of the encoder of another list.

    Args:
        encoders: The list whose encoder's name is kept.
        tags: From ``trimmed``; the list whose tags are kept.
    """
    return encoders[: 4 + _number(encoders, 0)] + tags[4 + _number(tags, 0) :]


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")
