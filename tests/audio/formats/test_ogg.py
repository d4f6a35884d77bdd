"""Ogg streams under a fixed serial number."""

import io

import numpy as np
import pytest
import soundfile

from timbrush.audio.containers import Container, encode
from timbrush.audio.formats import ogg

SAMPLES = 0.1 * np.random.default_rng(0).normal(size=(2, 48_000)).astype(np.float32)


def checksum_by_bits(page: bytes) -> int:
    """The definition of RFC 3533: polynomial 0x04C11DB7, a bit at a time."""
    register = 0
    for byte in page:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1) ^ (0x04C11DB7 if register >> 31 else 0)
            register &= 0xFFFFFFFF
    return register


def test_the_checksum_is_that_of_the_specification() -> None:
    for page in (b"", b"\0" * 9, b"\x01", b"OggS and what follows", bytes(range(256))):
        assert ogg.checksum(page) == checksum_by_bits(page)


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_the_same_sound_gives_the_same_bytes_and_still_decodes(subtype: str) -> None:
    drawn = io.BytesIO()
    soundfile.write(drawn, SAMPLES.T, 48_000, format="OGG", subtype=subtype)
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        encode(file, SAMPLES, 48_000, Container("OGG", subtype))

    assert files[0].getvalue() == files[1].getvalue()
    assert len(files[0].getvalue()) == len(drawn.getvalue())
    # libogg drops pages with a wrong checksum, so all that decodes had a right one.
    for file in (drawn, files[0]):
        file.seek(0)
    np.testing.assert_array_equal(soundfile.read(files[0])[0], soundfile.read(drawn)[0])
