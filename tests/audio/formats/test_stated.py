import io

import numpy as np
import pytest
import soundfile

from timbrush.audio import files
from timbrush.errors import SoundError

LENGTH = 600
KINDS = [
    (kind, subtype, n_channels)
    for kind in ("AVR", "MAT4", "MAT5", "MPC2K", "NIST", "VOC")
    for subtype in soundfile.available_subtypes(kind)
    for n_channels in (1, 2)
]


def written(kind: str, subtype: str, n_channels: int, endian: str | None = None) -> bytes:
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, (LENGTH, n_channels))
    file = io.BytesIO()
    soundfile.write(file, samples, 44_100, subtype, endian, kind)
    return file.getvalue()


@pytest.mark.parametrize(("kind", "subtype", "n_channels"), KINDS)
def test_a_whole_file_is_read_and_a_cut_one_refused(
    kind: str, subtype: str, n_channels: int
) -> None:
    content = written(kind, subtype, n_channels)

    # Of a VOC of bytes, libsndfile takes the mark of the end for a sample.
    assert files.read(io.BytesIO(content)).length == soundfile.info(io.BytesIO(content)).frames
    # The last bytes may be what fills a block up; libsndfile puts no more than 8 there.
    for cut in (len(content) - 16, len(content) * 6 // 10):
        with pytest.raises(SoundError, match=r"cut short|holds no samples|cannot be read"):
            files.read(io.BytesIO(content[:cut]))
    with pytest.raises(SoundError, match=r"cut short: \d+ bytes of samples are missing"):
        files.read(io.BytesIO(content[: len(content) * 9 // 10]))


@pytest.mark.parametrize("kind", ["MAT4", "MAT5", "NIST"])
@pytest.mark.parametrize("endian", ["BIG", "LITTLE"])
def test_both_orders_of_bytes_are_understood(kind: str, endian: str) -> None:
    content = written(kind, "PCM_16", 2, endian)

    assert files.read(io.BytesIO(content)).length == LENGTH
    with pytest.raises(SoundError, match="cut short"):
        files.read(io.BytesIO(content[: len(content) * 9 // 10]))


@pytest.mark.parametrize("kind", ["PAF", "PVF", "IRCAM"])
def test_a_kind_that_states_no_length_is_read_as_far_as_it_goes(kind: str) -> None:
    content = written(kind, "PCM_16", 1)

    whole, half = (files.read(io.BytesIO(content[:end])) for end in (None, -LENGTH))

    assert (whole.length, half.length) == (LENGTH, LENGTH // 2)
    assert np.array_equal(half.samples, whole.samples[:, : LENGTH // 2])


@pytest.mark.parametrize("n_bytes", [0, 11, 13, 33])
def test_a_flac_whose_head_is_cut_is_refused(n_bytes: int) -> None:
    content = written("FLAC", "PCM_16", 2)
    head = b"fLaC" + bytes([0x80]) + n_bytes.to_bytes(3, "big") + content[8 : 8 + n_bytes]

    with pytest.raises(SoundError, match=r"cannot be read|holds no samples"):
        files.read(io.BytesIO(head))
