"""What libsndfile asks of a file, however damaged its head."""

import io

import numpy as np
import soundfile

from timbrush.audio.decoding import _Decoder, _Source
from timbrush.audio.streams import Stream


def test_to_ask_for_less_than_nothing_reads_nothing() -> None:
    written = io.BytesIO()
    soundfile.write(written, np.zeros(100), 8000, format="WAV")
    with _Decoder(_Source(Stream(written))) as decoder:
        read, ffi = decoder._virtual_io["read"], soundfile._ffi
        assert read(ffi.new("char[8]"), -5, ffi.NULL) == 0
        assert decoder.read(100).shape == (100,)
