"""A file is decoded as far as is asked for, to the same samples as all at once."""

import io

import numpy as np
import pytest
import soundfile

from timbrush.audio import files
from timbrush.audio.files import Limits, Reading
from timbrush.errors import SoundError

RATE = 44_100
LENGTH = 30 * RATE
LIMITS = Limits(60.0, 10_000_000)


def written(kind: str, subtype: str) -> io.BytesIO:
    samples = 0.5 * np.random.default_rng(0).uniform(-1, 1, (LENGTH, 2))
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format=kind, subtype=subtype)
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("kind", "subtype", "is_stated"),
    [
        ("WAV", "PCM_16", True),
        ("WAV", "FLOAT", True),
        ("AIFF", "PCM_24", True),
        ("FLAC", "PCM_16", True),
        ("OGG", "VORBIS", False),
        ("MP3", "MPEG_LAYER_III", False),
    ],
)
def test_the_beginning_comes_before_the_rest_is_decoded(
    kind: str, subtype: str, is_stated: bool
) -> None:
    file = written(kind, subtype)
    whole, _ = soundfile.read(io.BytesIO(file.getvalue()), dtype="float32")
    reading = Reading(file, "it", LIMITS)
    assert reading.n_stated == (LENGTH if is_stated else None)
    np.testing.assert_array_equal(reading.part(100, 5000), whole[100:5000].T)
    begun = reading.start()
    assert 5000 <= begun.length < LENGTH / 4
    assert (begun.sample_rate, begun.n_channels, begun.format) == (RATE, 2, kind)
    sound = reading.finish()
    np.testing.assert_array_equal(sound.samples, whole.T)
    assert reading.finish() is sound and reading.start() is sound
    np.testing.assert_array_equal(reading.part(LENGTH - 5, LENGTH + 5), whole[-5:].T)
    assert sound.carried == files.read(io.BytesIO(file.getvalue())).carried


def test_what_is_wrong_further_on_is_said_when_it_is_reached() -> None:
    file = written("WAV", "FLOAT")
    content = bytearray(file.getvalue())
    content[-8:-4] = np.float32(np.nan).tobytes()
    reading = Reading(io.BytesIO(bytes(content)), "it", LIMITS)
    assert reading.part(0, RATE).shape == (2, RATE)
    with pytest.raises(SoundError, match="not finite"):
        reading.finish()


def test_a_file_that_is_too_long_states_no_length() -> None:
    reading = Reading(written("WAV", "PCM_16"), "it", Limits(10.0, 10_000_000))
    assert reading.n_stated is None
    with pytest.raises(SoundError, match="too long"):
        reading.finish()
