import io

import numpy as np
import pytest
import soundfile

from timbrush.errors import SoundError
from timbrush.web import uploads
from timbrush.web.limits import Limits

from .conftest import samples_of, wav


def packed_silence(seconds: int) -> bytes:
    buffer = io.BytesIO()
    silence = np.zeros(seconds * 8000, np.int16)
    soundfile.write(buffer, silence, 8000, format="FLAC")
    return buffer.getvalue()


def test_a_sound_is_read_as_it_is() -> None:
    sound = uploads.read(wav(n_channels=2), Limits())
    np.testing.assert_array_equal(sound.samples, samples_of(wav(n_channels=2)))


def test_a_small_file_that_holds_hours_is_refused_before_it_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = packed_silence(600)
    assert len(body) < 100_000
    monkeypatch.setattr("timbrush.audio.files.read", None)
    with pytest.raises(SoundError, match="at most 1 minutes"):
        uploads.read(body, Limits(sound_seconds=60.0))


def test_a_long_unpacked_sound_is_refused() -> None:
    with pytest.raises(SoundError, match="too long for the page"):
        uploads.read(wav(3.0), Limits(sound_seconds=2.0))
    with pytest.raises(SoundError, match="too long for the page"):
        uploads.read(wav(3.0, n_channels=2), Limits(sound_values=50_000))
