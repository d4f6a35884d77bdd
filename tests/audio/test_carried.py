"""What a file carries beside its samples is in the file that is written, or a remark says."""

import io
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio.foreign import (
    ID3V1,
    RATE,
    apev2,
    chunk,
    encoded,
    extensible,
    fmt,
    id3v2,
    note,
    pcm,
    save,
    wav,
)
from timbrush.audio import files

NOTE = note(0.5)
PLAIN = "0100000000001000800000aa00389b71"
FLOATS = "0300000000001000800000aa00389b71"
AMBISONICS = "010000002107d3118644c8c1ca000000"

BEXT = chunk(b"bext", b"Take 3".ljust(602, b"\0"))
SMPL = chunk(b"smpl", struct.pack("<9I6I", *[0] * 7, 1, 0, 1, 0, 1000, 3000, 0, 0))
LIST = chunk(b"LIST", b"INFOINAM" + struct.pack("<I", 5) + b"Title\0")
CUE = chunk(b"cue ", struct.pack("<7I", 1, 1, 0, 0x61746164, 0, 0, 4000))
ID3 = chunk(b"ID3 ", id3v2(100))
CLM = chunk(b"clm ", b"<!>2048 10000000 wavetable (x)")  # of an odd length in others
AXML, PMX, UNKNOWN = chunk(b"axml", b"<a/>"), chunk(b"_PMX", b"<x/>1"), chunk(b"\xa9xyz", b"1")


def painted(data: bytes, suffix: str, tmp_path: Path) -> tuple[bytes, files.Sound, list[str]]:
    """The bytes of a file of which the samples were changed, as a stroke changes them."""
    sound = files.read(save(tmp_path / f"in{suffix}", data))
    samples = sound.samples.copy()
    samples[:, 100:200] *= 0.5
    edited, out = replace(sound, samples=samples), tmp_path / f"out{suffix}"
    said = files.remarks(out, edited)
    files.write(out, edited)
    changed = files.read(out)
    assert changed.length == sound.length
    assert np.array_equal(changed.samples[:, 300:], sound.samples[:, 300:])
    assert not np.array_equal(changed.samples[:, 100:200], sound.samples[:, 100:200])
    return out.read_bytes(), changed, said


def differing(before: bytes, after: bytes) -> tuple[int, int]:
    """First byte that differs, and the one after the last."""
    assert len(before) == len(after)
    where = np.flatnonzero(np.frombuffer(before, "u1") != np.frombuffer(after, "u1"))
    return int(where[0]), int(where[-1]) + 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([BEXT, LIST], []),
        ([], [SMPL, LIST, CUE, ID3, CLM, AXML, PMX, UNKNOWN]),
        ([BEXT, chunk(b"JUNK", bytes(28)), PMX], [CLM, SMPL, b"rest that is no chunk"]),
    ],
)
@pytest.mark.parametrize("odd", [False, True])
def test_a_wav_keeps_all_its_chunks_in_their_places(
    tmp_path: Path, before: list[bytes], after: list[bytes], odd: bool
) -> None:
    content = (np.rint(NOTE * 127) + 128).astype("u1").tobytes()[: -1 if odd else None]
    samples = chunk(b"data", content)
    data = wav(chunk(b"fmt ", fmt(bits=8)), *before, samples, *after)

    written, _, said = painted(data, ".wav", tmp_path)

    start = data.index(b"data") + 8
    first, last = differing(data, written)
    assert start + 100 <= first and last <= start + 200 and said == []


@pytest.mark.parametrize(
    ("mask", "guid", "n_channels", "bits", "valid"),
    [
        (0x60F, PLAIN, 6, 16, 16),  # 5.1 with channels at the side
        (0x3F, PLAIN, 6, 24, 20),
        (0, PLAIN, 5, 16, 16),
        (0, AMBISONICS, 4, 16, 16),
        (0x63F, FLOATS, 8, 32, 32),
        (0x3, PLAIN, 2, 24, 24),
    ],
)
def test_speaker_positions_and_valid_bits_stay(
    tmp_path: Path, mask: int, guid: str, n_channels: int, bits: int, valid: int
) -> None:
    subtype = "FLOAT" if guid == FLOATS else f"PCM_{bits}"
    columns = np.stack([NOTE] * n_channels, 1)
    raw = encoded(columns, format="RAW", subtype=subtype, endian="LITTLE")
    described = chunk(b"fmt ", extensible(mask, guid, n_channels, bits, valid))
    data = wav(described, chunk(b"data", raw), LIST)

    written, _, said = painted(data, ".wav", tmp_path)

    first, last = differing(data, written)
    assert len(wav(described)) < first and last <= len(data) - len(LIST) and said == []


@pytest.mark.parametrize("mark", [b"RF64", b"BW64"])
@pytest.mark.parametrize("suffix", [".wav", ".rf64"])
def test_an_rf64_keeps_its_chunks(tmp_path: Path, mark: bytes, suffix: str) -> None:
    samples = pcm(NOTE)
    sizes = chunk(b"ds64", struct.pack("<QQQI", 0, len(samples), len(NOTE), 0))
    body = b"WAVE" + sizes + chunk(b"fmt ", fmt()) + BEXT + b"data\xff\xff\xff\xff" + samples
    data = mark + b"\xff\xff\xff\xff" + body + SMPL + AXML

    written, _, said = painted(data, suffix, tmp_path)

    differing(data, written)
    assert written[:4] == mark and written.endswith(SMPL + AXML) and BEXT in written
    assert said == []


def aiff(kind: bytes, samples: bytes, *chunks: bytes) -> bytes:
    common = struct.pack(">hIh", 1, len(NOTE), 16) + b"\x40\x0c\xfa" + bytes(7)
    if kind == b"AIFC":
        common += b"sowt" + b"\0\0"
    body = kind + chunk(b"COMM", common, ">") + b"".join(chunks)
    body += chunk(b"SSND", bytes(8) + samples, ">")
    body += chunk(b"basc", bytes(84), ">") + chunk(b"trns", bytes(20), ">")
    return b"FORM" + struct.pack(">I", len(body)) + body


@pytest.mark.parametrize(
    ("kind", "order", "suffix"),
    [(b"AIFF", ">", ".aif"), (b"AIFC", "<", ".aifc"), (b"AIFC", "<", ".aiff")],
)
def test_an_aiff_keeps_markers_loops_and_what_apple_adds(
    tmp_path: Path, kind: bytes, order: str, suffix: str
) -> None:
    extra = [
        chunk(b"MARK", struct.pack(">HHIBB", 1, 1, 1000, 1, 65), ">"),
        chunk(b"INST", struct.pack(">6bh6h", 60, 0, 0, 127, 1, 127, 0, 1, 1, 2, 0, 0, 0), ">"),
        chunk(b"NAME", b"brass", ">"),
        chunk(b"cate", bytes(66), ">"),
    ]
    data = aiff(kind, pcm(NOTE, order), *extra)

    written, _, said = painted(data, suffix, tmp_path)

    first, last = differing(data, written)
    assert data.index(b"SSND") + 16 <= first and last <= data.index(b"basc") and said == []


KINDS = [("WAV", ".wav"), ("W64", ".w64"), ("CAF", ".caf"), ("AU", ".au"), ("AIFF", ".aiff")]
SUBTYPES = ["PCM_16", "PCM_24", "PCM_32", "PCM_U8", "PCM_S8", "FLOAT", "DOUBLE", "ULAW", "ALAW"]


@pytest.mark.parametrize(("kind", "suffix"), [*KINDS, ("RF64", ".rf64"), ("WAVEX", ".wav")])
@pytest.mark.parametrize("subtype", SUBTYPES)
@pytest.mark.parametrize("endian", ["FILE", "LITTLE", "BIG"])
def test_every_kind_of_file_comes_back_byte_by_byte(
    tmp_path: Path, kind: str, suffix: str, subtype: str, endian: str
) -> None:
    if not soundfile.check_format(kind, subtype, endian):
        return
    columns = np.stack([NOTE, -NOTE[::-1]], 1)
    how = {"format": kind, "subtype": subtype, "endian": endian}
    path = save(tmp_path / f"x{suffix}", encoded(columns, **how))

    files.write(tmp_path / f"y{suffix}", files.read(path))

    assert (tmp_path / f"y{suffix}").read_bytes() == path.read_bytes()


def flac_with(*blocks: tuple[int, bytes]) -> bytes:
    """A FLAC whose own tags, by libsndfile, are replaced by these blocks."""
    data = encoded(NOTE, format="FLAC")
    assert data[42] == 0x84  # the last block: tags
    frames = data[46 + int.from_bytes(data[43:46], "big") :]
    heads = [bytes([kind]) + len(content).to_bytes(3, "big") for kind, content in blocks]
    packed = [head + content for head, (_, content) in zip(heads, blocks, strict=True)]
    packed[-1] = bytes([packed[-1][0] | 0x80]) + packed[-1][1:]
    return data[:42] + b"".join(packed) + frames


def comments(*tags: str) -> bytes:
    texts = [tag.encode() for tag in ("some encoder", *tags)]
    packed = [struct.pack("<I", len(text)) + text for text in texts]
    return packed[0] + struct.pack("<I", len(tags)) + b"".join(packed[1:])


TAGS = comments(
    "TITLE=Brass", "REPLAYGAIN_TRACK_GAIN=-3.2 dB", "ARTIST=Æ", "LONG=" + "x" * 70_000
)
PICTURE = struct.pack(">II9s6I", 3, 9, b"image/png", *[0] * 5, 500) + bytes(500)

CUE_SHEET = bytes(395) + b"\1" + bytes(8) + b"\xaa" + bytes(27)  # the end of a disc alone


@pytest.mark.parametrize(
    "blocks",
    [
        [(4, TAGS), (6, PICTURE), (5, CUE_SHEET), (2, b"riffbext" + bytes(40))],
        [(6, PICTURE), (3, bytes(range(18))), (1, b"filler" * 600), (4, TAGS)],
    ],
)
@pytest.mark.parametrize("around", [(b"", b""), (id3v2(50), ID3V1), (b"", apev2() + ID3V1)])
def test_a_flac_keeps_tags_pictures_and_cue_sheets(
    tmp_path: Path, blocks: list[tuple[int, bytes]], around: tuple[bytes, bytes]
) -> None:
    written, _, said = painted(around[0] + flac_with(*blocks) + around[1], ".flac", tmp_path)

    for kind, content in blocks:
        assert (content in written) == (kind not in (1, 3))  # padding, places to seek
    assert written.startswith(around[0]) and written.endswith(around[1]) and said == []
    with soundfile.SoundFile(io.BytesIO(written)) as flac:
        assert flac.title == "Brass" and len(flac.read()) == len(NOTE)


@pytest.mark.parametrize(("subtype", "rate"), [("VORBIS", RATE), ("OPUS", 48_000)])
def test_tags_pass_between_flac_and_ogg(tmp_path: Path, subtype: str, rate: int) -> None:
    first = files.read(save(tmp_path / "a.flac", flac_with((4, TAGS))))
    name = "b.opus" if subtype == "OPUS" else "b.ogg"
    files.write(tmp_path / name, replace(first, sample_rate=rate))
    second = files.read(tmp_path / name)
    files.write(tmp_path / "c.ogg", second)
    files.write(tmp_path / "d.flac", second)

    assert files.remarks(name, first) == files.remarks("d.flac", second) == []
    for each in (name, "c.ogg", "d.flac"):
        with soundfile.SoundFile(tmp_path / each) as file:
            assert (file.title, file.artist) == ("Brass", "Æ")
        assert b"REPLAYGAIN_TRACK_GAIN=-3.2 dB" in (tmp_path / each).read_bytes()
    plain = tmp_path / "plain.ogg"
    files.write(plain, replace(second, carried=None))
    assert np.array_equal(files.read(plain).samples, files.read(tmp_path / "c.ogg").samples)


def test_an_mp3_keeps_the_tags_around_it(tmp_path: Path) -> None:
    data = encoded(NOTE, format="MP3")
    front, back = id3v2(800), apev2() + ID3V1
    sound = files.read(save(tmp_path / "in.mp3", front + data + back))

    files.write(tmp_path / "out.mp3", sound)
    written = (tmp_path / "out.mp3").read_bytes()

    assert written.startswith(front) and written.endswith(back)
    assert files.read(tmp_path / "out.mp3").length == sound.length
    assert files.remarks("out.mp3", sound) == []
    assert "tag in front, tag behind" in files.remarks("out.wav", sound)[0]


@pytest.mark.parametrize("suffix", [".wav", ".aiff"])
def test_a_tag_in_front_moves_into_a_chunk(tmp_path: Path, suffix: str) -> None:
    kind = "WAV" if suffix == ".wav" else "AIFF"
    tag = id3v2(777)
    path = save(tmp_path / f"x{suffix}", tag + encoded(NOTE, format=kind, subtype="PCM_24"))

    files.write(tmp_path / f"y{suffix}", files.read(path))

    again = (tmp_path / f"y{suffix}").read_bytes()
    assert again.startswith((b"RIFF", b"FORM")) and tag in again
    assert soundfile.info(tmp_path / f"y{suffix}").frames == len(NOTE)
    assert (
        files.read(tmp_path / f"y{suffix}").carried
        == files.read(save(tmp_path / f"z{suffix}", again)).carried
    )


def test_a_wav_of_another_subtype_keeps_its_chunks(tmp_path: Path) -> None:
    adpcm = encoded(NOTE, format="WAV", subtype="IMA_ADPCM")
    body = adpcm[12:]
    data = b"RIFF" + struct.pack("<I", len(body) + 4 + len(BEXT + SMPL)) + b"WAVE"
    data += body.replace(b"data", BEXT + b"data", 1) + SMPL
    sound = files.read(save(tmp_path / "x.wav", data))

    files.write(tmp_path / "y.wav", sound)

    written = (tmp_path / "y.wav").read_bytes()
    assert written.index(BEXT) < written.index(b"data") < written.index(SMPL)
    assert int.from_bytes(written[4:8], "little") == len(written) - 8
    assert soundfile.info(tmp_path / "y.wav").subtype == "PCM_16"
    assert np.array_equal(files.read(tmp_path / "y.wav").samples, sound.samples)


def test_sizes_that_a_pipe_made_up_are_made_true(tmp_path: Path) -> None:
    described = chunk(b"fmt ", extensible(0x60F, PLAIN, 6))
    samples = pcm(np.stack([NOTE] * 6, 1))
    data = b"RIFF\xff\xff\xff\xffWAVE" + described + BEXT + b"data\xff\xff\xff\xff" + samples

    sound = files.read(save(tmp_path / "x.wav", data))
    files.write(tmp_path / "y.wav", sound)

    assert (tmp_path / "y.wav").read_bytes() == wav(described, BEXT, chunk(b"data", samples))


@pytest.mark.parametrize("suffix", [".flac", ".aiff", ".ogg", ".caf"])
def test_what_another_kind_of_file_does_not_hold_is_named(tmp_path: Path, suffix: str) -> None:
    data = wav(chunk(b"fmt ", fmt()), BEXT, chunk(b"data", pcm(NOTE)), SMPL, CUE)
    sound = files.read(save(tmp_path / "x.wav", data))

    said = files.remarks(f"y{suffix}", sound)

    assert said == [f"y{suffix} does not hold what else came with the sound: bext, smpl, cue"]


def test_of_a_sound_of_another_length_nothing_is_carried_that_would_lie(tmp_path: Path) -> None:
    data = wav(chunk(b"fmt ", fmt()), chunk(b"data", pcm(NOTE)), SMPL)
    sound = files.read(save(tmp_path / "x.wav", data))

    files.write(tmp_path / "y.wav", replace(sound, samples=sound.samples[:, :500]))

    written = (tmp_path / "y.wav").read_bytes()
    assert int.from_bytes(written[4:8], "little") == len(written) - 8
    assert soundfile.info(tmp_path / "y.wav").frames == 500


def test_what_is_too_large_is_named_and_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from timbrush.audio import carried

    monkeypatch.setattr(carried, "MAX_KEPT_BYTES", 1000)
    data = wav(chunk(b"fmt ", fmt()), chunk(b"data", pcm(NOTE)), chunk(b"LGWV", bytes(1000)))
    sound = files.read(save(tmp_path / "x.wav", data))
    files.write(tmp_path / "y.wav", sound)

    assert files.remarks("y.wav", sound)[0].endswith("came with the sound: LGWV")
    assert np.array_equal(files.read(tmp_path / "y.wav").samples, sound.samples)
