"""Sound files against Python's own wave module, round trips, and files that lie."""

import io
import struct
import subprocess
import sys
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from timbrush.audio import files
from timbrush.audio.files import Sound
from timbrush.errors import OutputError, SoundError, TimbrushError

LOSSLESS = [
    ("x.wav", "PCM_U8"),
    ("x.wav", "PCM_16"),
    ("x.wav", "PCM_24"),
    ("x.wav", "PCM_32"),
    ("x.wav", "FLOAT"),
    ("x.wav", "DOUBLE"),
    ("x.wav", "ULAW"),
    ("x.flac", "PCM_S8"),
    ("x.flac", "PCM_16"),
    ("x.flac", "PCM_24"),
    ("x.aiff", "PCM_16"),
    ("x.aif", "PCM_24"),
]


def noise(n_channels: int = 2, length: int = 3000, seed: int = 0) -> np.ndarray:
    samples = np.random.default_rng(seed).uniform(-1, 1, (n_channels, length))
    samples[:, 0], samples[:, -1] = -1, 1  # both ends of full scale
    return samples


def make(path: Path, subtype: str, rate: int = 44100, n_channels: int = 2) -> Path:
    kind = "AIFF" if path.suffix == ".aif" else None
    soundfile.write(path, noise(n_channels).T, rate, subtype=subtype, format=kind)
    return path


def test_integers_of_a_wav_are_those_that_the_wave_module_reads(tmp_path: Path) -> None:
    path = make(tmp_path / "x.wav", "PCM_16")
    with wave.open(str(path)) as file:
        expected = np.frombuffer(file.readframes(-1), "<i2").reshape(-1, 2).T

    sound = files.read(path)

    assert np.array_equal(sound.samples * 32768, expected)
    assert (sound.sample_rate, sound.subtype, sound.n_channels) == (44100, "PCM_16", 2)


@pytest.mark.parametrize(("name", "subtype"), LOSSLESS)
def test_untouched_samples_come_back_bit_for_bit(
    tmp_path: Path, name: str, subtype: str
) -> None:
    original = make(tmp_path / name, subtype)
    copy = tmp_path / f"copy{original.suffix}"

    files.write(copy, files.read(original))

    dtype = "float64" if subtype == "DOUBLE" else "int32"
    if subtype == "FLOAT":
        dtype = "float32"
    assert np.array_equal(
        soundfile.read(copy, dtype=dtype)[0], soundfile.read(original, dtype=dtype)[0]
    )
    assert soundfile.info(copy).subtype == subtype
    assert soundfile.info(copy).samplerate == 44100


@pytest.mark.parametrize("length", [1, 2, 65535, 65537])
@pytest.mark.parametrize("n_channels", [1, 2, 7])
def test_any_length_and_any_number_of_channels(
    tmp_path: Path, length: int, n_channels: int
) -> None:
    sound = Sound(noise(n_channels, length).astype(np.float32), 11025, "FLOAT", "WAV")

    files.write(tmp_path / "x.wav", sound)

    assert np.array_equal(files.read(tmp_path / "x.wav").samples, sound.samples)


def test_the_same_sound_gives_the_same_bytes_at_any_time_of_day(tmp_path: Path) -> None:
    sound = Sound(noise().astype(np.float32), 44100, "FLOAT", "WAV")
    names = ["x.wav", "x.aiff", "x.flac", "x.mp3"]

    first, second = [], []
    for name in names:
        files.write(tmp_path / name, sound)
        first.append((tmp_path / name).read_bytes())
    time.sleep(1.01)  # libsndfile would put the second of the day into files of floats
    for name in names:
        files.write(tmp_path / name, sound, force=True)
        second.append((tmp_path / name).read_bytes())

    assert first == second


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("PCM_24", "x.flac", "PCM_24"),
        ("FLOAT", "x.flac", "PCM_24"),
        ("PCM_U8", "x.flac", "PCM_S8"),
        ("FLOAT", "x.ogg", "VORBIS"),
        ("PCM_16", "x.opus", "OPUS"),
        ("PCM_24", "x.mp3", "MPEG_LAYER_III"),
        ("VORBIS", "x.wav", "FLOAT"),
        ("MPEG_LAYER_III", "x.FLAC", "PCM_24"),
        ("MPEG_LAYER_III", "x.wav", "FLOAT"),
        ("MPEG_LAYER_II", "x.mp3", "MPEG_LAYER_III"),
        ("OPUS", "x.ogg", "OPUS"),
        ("ULAW", "x.wav", "ULAW"),
        ("IMA_ADPCM", "x.wav", "PCM_16"),
        ("GSM610", "x.aiff", "PCM_16"),
        ("ALAC_16", "x.wav", "PCM_16"),
        ("ALAC_20", "x.flac", "PCM_24"),
        ("ALAC_24", "x.wav", "PCM_24"),
        ("ALAC_32", "x.wav", "PCM_32"),
        ("ALAC_32", "x.aiff", "PCM_32"),
        ("ALAC_32", "x.flac", "PCM_24"),
        ("DWVW_24", "x.wav", "PCM_24"),
    ],
)
def test_a_container_without_the_subtype_takes_the_nearest(
    tmp_path: Path, source: str, target: str, expected: str
) -> None:
    samples = (0.5 * noise(2, 9600)).astype(np.float32)

    files.write(tmp_path / target, Sound(samples, 48000, source, "WAV"))

    read = files.read(tmp_path / target)
    assert (read.subtype, read.sample_rate, read.n_channels) == (expected, 48000, 2)


def test_integers_are_clipped_at_full_scale_and_floats_kept(tmp_path: Path) -> None:
    loud = np.array([[-3.0, 0.25, 3.0]], dtype=np.float32)

    files.write(tmp_path / "x.wav", Sound(loud, 8000, "PCM_16", "WAV"))
    files.write(tmp_path / "y.wav", Sound(loud, 8000, "FLOAT", "WAV"))

    assert files.read(tmp_path / "x.wav").samples.tolist() == [[-1.0, 0.25, 32767 / 32768]]
    assert files.read(tmp_path / "y.wav").samples.tolist() == loud.tolist()


def test_only_where_a_wav_would_keep_more_a_file_is_said_to_clip() -> None:
    loud = np.array([[1.5, -0.5]], dtype=np.float32)
    for subtype in ("FLOAT", "VORBIS", "MPEG_LAYER_III"):
        assert files.clips("x.flac", Sound(loud, 8000, subtype))
        assert not files.clips("x.wav", Sound(loud, 8000, subtype))
        assert not files.clips("x.flac", Sound(loud / 2, 8000, subtype))
    for name in ("x.flac", "x.wav", "x.aiff"):
        assert not files.clips(name, Sound(loud, 8000, "PCM_16"))


@pytest.mark.parametrize(("subtype", "bits"), [("PCM_16", 16), ("PCM_24", 24), ("PCM_U8", 8)])
def test_samples_between_two_steps_are_rounded_to_the_nearer(
    tmp_path: Path, subtype: str, bits: int
) -> None:
    steps = np.array([[-7.6, -7.4, -0.4, 0.4, 0.6, 9.9]])

    files.write(tmp_path / "x.wav", Sound(steps / 2 ** (bits - 1), 8000, subtype, "WAV"))

    written = files.read(tmp_path / "x.wav").samples * 2 ** (bits - 1)
    assert written.tolist() == [[-8, -7, 0, 0, 1, 10]]


def piped_wav(claimed: int, length: int = 1000) -> bytes:
    """A WAV as programs write it into a pipe: the sizes in its header are made up."""
    header = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", claimed, b"WAVE", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16, b"data", claimed,
    )  # fmt: skip
    return header + np.arange(length, dtype="<i2").tobytes()


@pytest.mark.parametrize("claimed", [0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000])
def test_a_wav_from_a_pipe_is_as_long_as_what_it_holds(claimed: int) -> None:
    sound = files.read(io.BytesIO(piped_wav(claimed)))

    assert (sound.samples[0] * 32768).tolist() == list(range(1000))


def test_an_aiff_from_a_pipe_is_as_long_as_what_it_holds() -> None:
    made_up = 0x7F000000 // 6 * 6  # as SoX states it for stereo of 24 bits
    buffer = io.BytesIO()
    soundfile.write(buffer, noise().T, 44100, subtype="PCM_24", format="AIFF")
    data = bytearray(buffer.getvalue())
    size = data.index(b"SSND") + 4
    data[size : size + 4] = struct.pack(">I", made_up + 8)

    assert files.read(io.BytesIO(data)).length == 3000


LOOP = b"smpl" + struct.pack("<I36x6I", 60, 0, 0, 100, 700, 0, 0)
TITLE = b"LIST" + struct.pack("<I", 18) + b"INFOINAM" + struct.pack("<I", 6) + b"brass\0"
TEMPO = b"acid" + struct.pack("<I", 25) + bytes(25 + 1)  # odd, so one byte more


def with_chunks(wav: bytes, *chunks: bytes) -> bytes:
    size = len(wav + b"".join(chunks)) - 8
    return wav[:4] + struct.pack("<I", size) + wav[8:] + b"".join(chunks)


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_U8"])
def test_a_wav_keeps_its_loops_and_its_title(tmp_path: Path, subtype: str) -> None:
    samples = np.zeros((1, 801), np.float32)  # of 8 and 24 bits: an odd number of bytes
    files.write(tmp_path / "plain.wav", files.Sound(samples, 8000, subtype))
    plain = (tmp_path / "plain.wav").read_bytes()
    looped = with_chunks(plain + bytes(len(plain) % 2), TITLE, TEMPO, LOOP)
    (tmp_path / "looped.wav").write_bytes(looped)

    sound = files.read(tmp_path / "looped.wav")
    files.write(tmp_path / "again.wav", sound)
    files.write(tmp_path / "other.flac", sound)

    assert sound.carried is not None and sound.carried.names == ("LIST", "acid", "smpl")
    assert (tmp_path / "again.wav").read_bytes() == looped
    with wave.open(str(tmp_path / "again.wav")) as again:
        assert again.getnframes() == 801
    assert files.remarks("other.flac", sound) == [
        "other.flac does not hold what else came with the sound: LIST, acid, smpl"
    ]
    assert soundfile.SoundFile(tmp_path / "again.wav").title == "brass"


@pytest.mark.parametrize("share", [0.3, 0.999])
@pytest.mark.parametrize(
    ("kind", "subtype"),
    [("WAV", "PCM_16"), ("RF64", "PCM_16"), ("AIFF", "PCM_16"), ("AIFF", "FLOAT")],
)
def test_a_file_that_was_cut_is_refused(
    tmp_path: Path, kind: str, subtype: str, share: float
) -> None:
    soundfile.write(tmp_path / "x", noise().T, 44100, subtype=subtype, format=kind)
    data = (tmp_path / "x").read_bytes()
    whole = files.read(tmp_path / "x")
    (tmp_path / "x").write_bytes(data[: int(share * len(data))])

    assert whole.length == 3000
    missing = len(data) - int(share * len(data))
    with pytest.raises(SoundError, match=rf"x is cut short: {missing} bytes of samples"):
        files.read(tmp_path / "x")


def test_an_rf64_that_lies_about_gigabytes_is_refused() -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, noise().T, 44100, subtype="PCM_16", format="RF64")
    data = bytearray(buffer.getvalue())
    size = data.index(b"ds64") + 16
    data[size : size + 8] = (2**63 + 12000).to_bytes(8, "little")

    with pytest.raises(SoundError, match=rf"cut short: {2**63} bytes of samples"):
        files.read(io.BytesIO(data))


class CountedReads(io.BytesIO):
    """Tells how many bytes were read."""

    n_read = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.n_read += len(data)
        return data


def test_a_wav_of_a_million_chunks_is_not_walked_to_its_end() -> None:
    wav = CountedReads(piped_wav(0x7FFFF000)[:12] + bytes(8_000_000))
    with pytest.raises(SoundError):
        files.read(wav)
    assert 8_000 < wav.n_read < 10_000  # a thousand heads of 8 bytes, and the first kilobyte


def with_flac_length(data: bytes, length: int) -> bytes:
    """Overwrite the 36-bit length in the stream info of a FLAC file."""
    field = int.from_bytes(data[18:26], "big") >> 36 << 36 | length
    return data[:18] + field.to_bytes(8, "big") + data[26:]


def test_a_flac_of_unknown_length_is_read_to_its_end(tmp_path: Path) -> None:
    data = make(tmp_path / "x.flac", "PCM_16").read_bytes()

    sound = files.read(io.BytesIO(with_flac_length(data, 0)))

    assert np.array_equal(sound.samples, files.read(tmp_path / "x.flac").samples)


def test_a_flac_that_promises_more_than_it_holds_is_refused_without_the_memory(
    tmp_path: Path,
) -> None:
    data = make(tmp_path / "x.flac", "PCM_16").read_bytes()

    with pytest.raises(SoundError, match="cut short: 68719476735 samples were promised, 3000"):
        files.read(io.BytesIO(with_flac_length(data, 2**36 - 1)))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.97])
def test_a_flac_that_was_cut_is_refused(tmp_path: Path, share: float) -> None:
    data = make(tmp_path / "x.flac", "PCM_16").read_bytes()

    with pytest.raises(SoundError):
        files.read(io.BytesIO(data[: int(share * len(data))]))


def test_an_mp3_whose_xing_field_lies_is_as_long_as_what_decodes(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.mp3", noise(1, 48000).T, 48000)
    data = bytearray((tmp_path / "x.mp3").read_bytes())
    tag = max(data.find(b"Xing"), data.find(b"Info"))
    data[tag + 8 : tag + 12] = b"\x7f\xff\xff\xff"  # number of frames

    sound = files.read(io.BytesIO(bytes(data)))

    assert abs(sound.length - 48000) < 5000


def test_an_ogg_whose_last_granule_lies_is_as_long_as_what_decodes(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.ogg", noise(1, 48000).T, 48000)
    data = bytearray((tmp_path / "x.ogg").read_bytes())
    page = data.rfind(b"OggS")
    data[page + 6 : page + 14] = (2**50).to_bytes(8, "little")

    try:
        assert files.read(io.BytesIO(bytes(data))).length < 60_000
    except SoundError as error:  # its checksum no longer fits: refusing is right as well
        assert "\n" not in str(error)


def aiff(rate: bytes) -> bytes:
    """An AIFF of ten samples whose rate is the given 80-bit float."""
    comm = b"COMM" + struct.pack(">IhIh", 18, 1, 10, 16) + rate
    ssnd = b"SSND" + struct.pack(">III", 28, 0, 0) + bytes(20)
    return b"FORM" + struct.pack(">I", 4 + len(comm) + len(ssnd)) + b"AIFF" + comm + ssnd


@pytest.mark.parametrize(
    "rate",
    [
        b"\x7f\xff\xc0" + bytes(7),  # not a number
        b"\x40\x3f\x80" + bytes(7),  # 2**64
        bytes(10),  # zero
        b"\x3f\xff\x80" + bytes(7),  # 1 Hz
    ],
)
def test_an_absurd_sample_rate_is_refused(rate: bytes) -> None:
    with pytest.raises(SoundError, match=r"samples a second|cannot be read"):
        files.read(io.BytesIO(aiff(rate)))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
def test_samples_that_are_not_finite_are_refused(tmp_path: Path, value: float) -> None:
    samples = noise(1)
    samples[0, 2000] = value
    soundfile.write(tmp_path / "x.wav", samples.T, 8000, subtype="FLOAT")

    with pytest.raises(SoundError, match="not finite"):
        files.read(tmp_path / "x.wav")
    with pytest.raises(SoundError, match="not finite"):
        files.write(tmp_path / "y.wav", Sound(samples * np.inf, 8000))
    assert not (tmp_path / "y.wav").exists()


def test_what_is_no_sound_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.raw").write_text("no sound\n" * 100)
    soundfile.write(tmp_path / "none.wav", np.zeros((0, 1)), 8000)
    refused = ["empty.wav", "text.raw", "none.wav", "missing.wav", "."]

    for name in refused:
        with pytest.raises(SoundError) as caught:
            files.read(tmp_path / name)
        assert name.strip(".") in str(caught.value)
        assert "\n" not in str(caught.value)


def test_bytes_changed_at_random_never_raise_anything_else(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name, subtype in [("x.wav", "PCM_16"), ("x.flac", "PCM_16"), ("x.aiff", "PCM_24")]:
        data = make(tmp_path / name, subtype).read_bytes()
        for _ in range(60):
            broken = bytearray(data)
            for position in rng.integers(0, 80, size=3):
                broken[position] = rng.integers(256)
            try:
                sound = files.read(io.BytesIO(bytes(broken)))
            except SoundError as error:
                assert "\n" not in str(error)
            else:
                assert sound.samples.size < 100_000
                assert np.isfinite(sound.samples).all()


def test_a_sound_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "x.flac", "PCM_16", rate=8000)

    with pytest.raises(SoundError, match="too long: at most 2 hours"):
        files.read(tmp_path / "x.flac", max_values=5000)


def test_eight_hours_of_silence_in_a_small_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.flac"
    with soundfile.SoundFile(path, "w", 1000, 1, "PCM_16") as file:
        for _ in range(8):
            file.write(np.zeros(1000 * 3600, dtype=np.int16))

    with pytest.raises(SoundError, match="too long"):
        files.read(path)


def test_a_standard_stream_that_the_caller_closed_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for stream in ("stdin", "stdout"):
        monkeypatch.setattr(sys, stream, None)

    with pytest.raises(TimbrushError, match="standard input is closed; name a file"):
        files.read("-")
    with pytest.raises(TimbrushError, match="standard output is closed; name a file"):
        files.write("-", Sound(noise(), 44100))


def test_nothing_is_replaced_without_force(tmp_path: Path) -> None:
    path = make(tmp_path / "x.wav", "PCM_16")
    before = path.read_bytes()
    sound = files.read(path)

    with pytest.raises(OutputError, match="exists"):
        files.write(path, sound)
    assert path.read_bytes() == before
    files.write(path, Sound(sound.samples[:, :10], 44100), force=True)
    assert files.read(path).length == 10


def test_an_unknown_kind_of_file_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    sound = Sound(noise().astype(np.float32), 44100)

    with pytest.raises(OutputError, match=r"cannot tell the kind .* \.wav"):
        files.write(tmp_path / "x.xyz", sound)
    with pytest.raises(OutputError, match="cannot hold 2 channels at 45000 Hz"):
        files.write(tmp_path / "x.mp3", Sound(sound.samples, 45000))
    assert list(tmp_path.iterdir()) == []


class Full(io.FileIO):
    """A file on a disk that has room for 50 kB."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > 50_000:
            raise OSError(28, "No space left on device")
        return int(super().write(data) or 0)


@pytest.mark.parametrize(
    ("suffix", "length"),
    [(suffix, 400_000) for suffix in ("wav", "flac", "aiff", "ogg", "mp3")]
    + [("wav", 10_000), ("aiff", 10_000), ("flac", 10_000)],
)
def test_a_full_disk_is_one_line_and_leaves_nothing_behind(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    suffix: str,
    length: int,
) -> None:
    # Buffered as real files are: the error may come with a seek, or only when it is closed.
    monkeypatch.setattr(Path, "open", lambda path, mode: io.BufferedWriter(Full(path, "x")))
    sound = Sound(noise(2, length).astype(np.float32), 44100, "FLOAT", "WAV")

    with pytest.raises(OutputError, match="No space left"):
        files.write(tmp_path / f"x.{suffix}", sound)

    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("rate", "other"), [(44100, 16000), (16000, 44100), (8000, 16000)])
def test_resampling_keeps_a_sine_in_place(rate: int, other: int) -> None:
    seconds, hertz = 0.5, 440.0
    times, wanted = (np.arange(int(seconds * r)) / r for r in (rate, other))
    sine = np.sin(2 * np.pi * hertz * times)[None].astype(np.float32)

    resampled = files.resample(sine, rate, other)

    assert resampled.shape == (1, len(wanted))
    middle = slice(other // 10, -other // 10)
    assert np.abs(resampled[0] - np.sin(2 * np.pi * hertz * wanted))[middle].max() < 1e-3


def test_resampling_answers_the_rounded_length_for_every_short_sound() -> None:
    for length in range(1, 40):
        resampled = files.resample(np.ones((2, length), np.float32), 44100, 16000)
        assert resampled.shape == (2, max(1, round(length * 16000 / 44100)))


def test_a_long_wav_goes_through_real_pipes_that_cannot_seek(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).integers(-(2**15), 2**15, (9_000_000, 1), np.int16)
    soundfile.write(tmp_path / "x.wav", samples, 48000)
    script = "from timbrush.audio import files; files.write('-', files.read('-'))"

    with (
        (tmp_path / "x.wav").open("rb") as file,
        subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE) as feeder,
    ):
        done = subprocess.run(
            [sys.executable, "-c", script], stdin=feeder.stdout, stdout=subprocess.PIPE
        )

    assert done.stdout == (tmp_path / "x.wav").read_bytes()
