"""Packed integers against Python's own big integers."""

import numpy as np
import pytest

from timbrush.codec.packing import Cursor, pack_bits, unpack_bits, varint


@pytest.mark.parametrize("n_bits", [1, 3, 8, 9, 13, 24])
def test_packed_bits_are_the_digits_of_one_long_binary_number(n_bits: int) -> None:
    codes = np.random.default_rng(n_bits).integers(0, 2**n_bits, size=(2, 3, 5))
    digits = "".join(f"{code:0{n_bits}b}" for code in codes.ravel())
    digits += "0" * (-len(digits) % 8)

    packed = pack_bits([codes], [n_bits])

    assert packed == int(digits, 2).to_bytes(len(digits) // 8, "big")
    (restored,) = unpack_bits(packed, [codes.shape], [n_bits])
    assert np.array_equal(restored, codes)


def test_arrays_of_different_widths_follow_each_other_without_a_gap() -> None:
    arrays = [np.array([[1, 0, 1]]), np.array([[500, 3]])]

    packed = pack_bits(arrays, [1, 9])

    assert len(packed) == 3  # 3 + 18 bits
    for restored, array in zip(
        unpack_bits(packed, [(1, 3), (1, 2)], [1, 9]), arrays, strict=True
    ):
        assert np.array_equal(restored, array)


def test_bytes_that_are_too_many_or_too_few_are_refused() -> None:
    with pytest.raises(ValueError, match="states 2 bytes of codes and holds 3"):
        unpack_bits(b"abc", [(16,)], [1])
    with pytest.raises(ValueError, match="states 4 bytes of codes and holds 3"):
        unpack_bits(b"abc", [(25,)], [1])


@pytest.mark.parametrize(
    ("value", "data"), [(0, "00"), (127, "7f"), (128, "8001"), (16383, "ff7f"), (300, "ac02")]
)
def test_a_varint_is_what_protocol_buffers_write(value: int, data: str) -> None:
    assert varint(value).hex() == data
    assert Cursor(bytes.fromhex(data)).varint() == value


def test_a_varint_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="no end"):
        Cursor(b"\xff" * 20).varint()
    with pytest.raises(ValueError, match="ends early"):
        Cursor(b"\xff").varint()
