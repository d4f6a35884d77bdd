"""The bytes of a sound file to a sound, within limits."""

import io

import soundfile

from timbrush.audio import files
from timbrush.errors import SoundError
from timbrush.web.limits import Limits

_UNPACKED = ("WAV", "WAVEX", "RF64", "AIFF")
_BLOCK_VALUES = 1 << 18


def read(body: bytes, limits: Limits) -> files.Sound:
    """Read a sound from the body of a request.

    A small packed file may hold hours. Its samples are counted block by block before any are
    kept, so memory follows the limits and neither the header nor the length of the body.

    Raises:
        SoundError: If it is no sound, is damaged, or is too long.
    """
    _check_length(body, limits)
    sound = files.read(io.BytesIO(body))
    _refuse_beyond(limits, sound.length, sound.sample_rate, sound.n_channels)
    return sound


def _check_length(body: bytes, limits: Limits) -> None:
    try:
        with soundfile.SoundFile(io.BytesIO(body)) as decoder:
            rate, channels = decoder.samplerate, decoder.channels
            if decoder.format in _UNPACKED:
                return
            length = 0
            while block := len(decoder.read(max(1, _BLOCK_VALUES // channels), always_2d=True)):
                length += block
                _refuse_beyond(limits, length, rate, channels)
    except soundfile.SoundFileError:
        return  # files.read says why, in plain words


def _refuse_beyond(limits: Limits, length: int, rate: int, n_channels: int) -> None:
    if length > limits.sound_seconds * rate or length * n_channels > limits.sound_values:
        raise SoundError(
            f"the sound is too long for the page: expected at most "
            f"{limits.sound_seconds / 60:.6g} minutes and "
            f"{limits.sound_values / 1e6:.6g} million samples over all channels; "
            "cut it first, or use the command line"
        )
