"""Pack a JSON head and arrays into one binary response, and unpack it.

A packet is the head's length (four bytes, little-endian), the head (UTF-8 JSON, padded with
spaces so that what follows starts at a multiple of eight), then each array's bytes, each padded
with zeros to a multiple of eight. ``head["arrays"]`` lists their ``name, dtype, shape``.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

MEDIA_TYPE = "application/octet-stream"
DTYPES = ("uint8", "float32")
_ALIGNMENT = 8


def encode(head: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """Return the packet.

    Args:
        head: JSON values.
        arrays: Arrays of uint8 or float32, by name.

    Example:
        >>> head, arrays = decode(encode({"n": 1}, {"x": np.zeros((2, 3), np.float32)}))
        >>> head["n"], arrays["x"].shape
        (1, (2, 3))
    """
    listed = [
        {"name": name, "dtype": str(array.dtype), "shape": array.shape}
        for name, array in arrays.items()
    ]
    assert all(entry["dtype"] in DTYPES for entry in listed), "the page reads only these"
    text = json.dumps({**head, "arrays": listed}, allow_nan=False).encode()
    text += b" " * (-(4 + len(text)) % _ALIGNMENT)
    parts = [len(text).to_bytes(4, "little"), text]
    for array in arrays.values():
        parts += [np.ascontiguousarray(array).tobytes(), b"\0" * (-array.nbytes % _ALIGNMENT)]
    return b"".join(parts)


def decode(packet: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Read what ``encode`` wrote: the head and the arrays by name."""
    return next(decode_each(packet))


def decode_each(packets: bytes) -> Iterator[tuple[dict[str, Any], dict[str, np.ndarray]]]:
    """Read packets that follow one another: each one's head and arrays by name."""
    begin = 0
    while begin < len(packets):
        start = begin + 4 + int.from_bytes(packets[begin : begin + 4], "little")
        head: dict[str, Any] = json.loads(packets[begin + 4 : start])
        arrays = {}
        for entry in head.pop("arrays"):
            count = int(np.prod(entry["shape"]))
            array = np.frombuffer(packets, entry["dtype"], count, start)
            arrays[entry["name"]] = array.reshape(entry["shape"])
            start += array.nbytes + -array.nbytes % _ALIGNMENT
        yield head, arrays
        begin = start
