"""Integers to packed bytes and back."""

import math
from collections.abc import Sequence

import numpy as np

Integers = np.ndarray


def varint(value: int) -> bytes:
    """Return 7 bits a byte, low first; the last byte is below 128.

    Example:
        >>> varint(300).hex()
        'ac02'
    """
    data = bytearray()
    while value > 127:
        data.append(value & 127 | 128)
        value >>= 7
    return bytes([*data, value])


class Cursor:
    """A place in bytes that moves on as they are read."""

    def __init__(self, data: bytes, position: int = 0) -> None:
        self._data, self._position = data, position

    def take(self, count: int) -> bytes:
        """Return the next ``count`` bytes.

        Raises:
            ValueError: If there are fewer.
        """
        taken = self._data[self._position : self._position + count]
        if len(taken) < count:
            raise ValueError("it ends early")
        self._position += count
        return taken

    def varint(self) -> int:
        """Return the next number that ``varint`` wrote, below 2**63.

        Raises:
            ValueError: If it has no end.
        """
        value = 0
        for shift in range(0, 63, 7):
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise ValueError("a number in it has no end")

    def rest(self) -> bytes:
        """Return all bytes that were not read yet."""
        return self._data[self._position :]


def pack_bits(arrays: Sequence[Integers], n_bits: Sequence[int]) -> bytes:
    """Pack the integers of array ``i`` into ``n_bits[i]`` bits each, high bit first."""
    bits = [_to_bits(array.ravel(), n) for array, n in zip(arrays, n_bits, strict=True)]
    return np.packbits(np.concatenate(bits)).tobytes()


def unpack_bits(
    data: bytes, shapes: Sequence[tuple[int, ...]], n_bits: Sequence[int]
) -> list[Integers]:
    """Return the int64 arrays that ``pack_bits`` took.

    Raises:
        ValueError: If ``data`` is not as long as the shapes ask for.
    """
    sizes = [math.prod(shape) * n for shape, n in zip(shapes, n_bits, strict=True)]
    n_bytes = -(-sum(sizes) // 8)
    if len(data) != n_bytes:
        raise ValueError(f"it states {n_bytes} bytes of codes and holds {len(data)}")
    stream = np.unpackbits(np.frombuffer(data, np.uint8), count=sum(sizes))
    parts = np.split(stream, np.cumsum(sizes)[:-1])
    return [
        (part.reshape(-1, n) @ (1 << np.arange(n - 1, -1, -1))).reshape(shape)
        for part, shape, n in zip(parts, shapes, n_bits, strict=True)
    ]


def _to_bits(integers: Integers, n_bits: int) -> np.ndarray:
    shifts = np.arange(n_bits - 1, -1, -1)
    return ((integers[:, None] >> shifts) & 1).astype(np.uint8).ravel()
