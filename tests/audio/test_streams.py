"""Files of other programs are read to their ends, or refused: never short without a word."""

import io
import struct

import numpy as np
import pytest
import soundfile

from audio.foreign import (
    ID3V1,
    RATE,
    apev2,
    chunk,
    encoded,
    fmt,
    id3v2,
    lyrics3,
    note,
    ogg_page,
    pcm,
    wav,
)
from timbrush.audio import files
from timbrush.audio.formats.mpeg import find_parts
from timbrush.errors import SoundError

NOTE = note()
WHOLE = pcm(NOTE)


def read(data: bytes) -> files.Sound:
    return files.read(io.BytesIO(data))


def first_frame(data: bytes) -> int:
    """Bytes of the first frame of an MP3 of version 1."""
    start = data.find(b"\xff\xfb")
    kilobits = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
    rate = [44100, 48000, 32000][data[start + 2] >> 2 & 3]
    padding = data[start + 2] >> 1 & 1
    return start + 144000 * kilobits[data[start + 2] >> 4] // rate + padding


def mp3(samples: np.ndarray, rate: int = 44_100) -> bytes:
    how = {"bitrate_mode": "VARIABLE", "compression_level": 0.2}
    return encoded(samples, rate, format="MP3", **how)


def burst(loud_first: bool, seconds: int = 4) -> np.ndarray:
    """Noise and silence: from the bits of the first frame, nothing follows for the others."""
    noise = 0.2 * np.random.default_rng(0).standard_normal(44_100)
    silence = np.zeros((seconds - 1) * 44_100)
    return np.concatenate([noise, silence] if loud_first else [silence, noise])


@pytest.mark.parametrize("loud_first", [True, False])
@pytest.mark.parametrize("around", [(b"", b""), (id3v2(3000), ID3V1), (b"", apev2() + ID3V1)])
def test_an_mp3_without_a_head_is_read_to_its_end(
    loud_first: bool, around: tuple[bytes, bytes]
) -> None:
    data = mp3(burst(loud_first))
    headless = data[first_frame(data) :]

    sound = read(around[0] + headless + around[1])

    assert 0 <= sound.length - 4 * 44_100 < 3 * 1152  # what encoder and decoder add
    loudest = np.abs(sound.samples[0]).argmax()
    assert (loudest < 50_000) == loud_first
    assert sound.remarks == ()


def test_an_mp3_appended_to_another_is_read_to_its_end() -> None:
    data = mp3(burst(True))
    alone = read(data)

    joined = read(data + id3v2(500) + data)

    assert np.array_equal(joined.samples, np.tile(alone.samples, 2))


def test_an_mp3_whose_head_counts_too_few_frames_is_read_to_its_end() -> None:
    data = bytearray(mp3(burst(True)))
    mark = max(data.find(b"Xing"), data.find(b"Info"))
    data[mark + 8 : mark + 12] = struct.pack(">I", 20)

    assert read(bytes(data)).length >= 4 * 44_100


def test_an_mp3_that_was_cut_and_one_with_junk_in_it_are_said() -> None:
    data = mp3(burst(False))
    middle = len(data) // 2

    assert "may have been cut short" in read(data[:middle]).remarks[0]
    assert "no sound" in read(data[:middle] + bytes(5000) + data[middle:]).remarks[0]
    assert read(data).remarks == ()


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 32_000, 48_000])
def test_frames_of_every_rate_are_told_apart(rate: int) -> None:
    data = encoded(note(1.0, rate), rate, format="MP3")

    parts = find_parts(io.BytesIO(data))

    n_samples = sum(part.n_frames * part.head.n_samples for part in parts)
    assert 0 <= n_samples - rate < 3000
    assert {part.head.rate for part in parts} == {rate}
    assert parts[-1].runs[-1][1] == len(data) and sum(part.n_passed_over for part in parts) == 0


@pytest.mark.parametrize("n_bytes", [0, 1, 20_000, 300_000])
@pytest.mark.parametrize("n_tags", [1, 2])
def test_a_wav_behind_a_tag_is_read_whole(n_bytes: int, n_tags: int) -> None:
    data = wav(chunk(b"fmt ", fmt()), chunk(b"data", WHOLE))

    sound = read(n_tags * id3v2(n_bytes) + data)

    assert np.array_equal(sound.samples[0] * 32768, np.frombuffer(WHOLE, "<i2"))


@pytest.mark.parametrize("kind", ["AIFF", "RF64", "W64", "CAF", "AU", "FLAC"])
def test_any_kind_of_file_behind_a_tag_is_read_whole(kind: str) -> None:
    data = encoded(NOTE, format=kind, subtype="PCM_16")

    sound = read(id3v2(7001) + data)

    assert np.array_equal(sound.samples, read(data).samples)
    assert sound.length == len(NOTE)


def test_the_last_samples_of_a_wav_may_look_like_a_tag() -> None:
    samples = WHOLE[:-128] + ID3V1

    sound = read(wav(chunk(b"fmt ", fmt()), chunk(b"data", samples)))

    assert (sound.samples[0] * 32768).astype("<i2").tobytes() == samples


@pytest.mark.parametrize(
    "behind",
    [
        ID3V1,
        b"TAG+" + bytes(223) + ID3V1,
        apev2(),
        apev2(has_header=False) + ID3V1,
        lyrics3() + ID3V1,
        bytes(1000),
        b"what some program left here" * 99,
    ],
    ids=["id3v1", "id3v1+", "ape", "ape+id3v1", "lyrics", "zeros", "junk"],
)
def test_a_flac_with_something_behind_it_is_read_whole(behind: bytes) -> None:
    data = encoded(NOTE, format="FLAC")

    sound = read(data + behind)

    assert np.array_equal(sound.samples, read(data).samples)


def test_a_flac_that_promises_too_little_is_read_to_its_end() -> None:
    data = encoded(NOTE, format="FLAC")
    field = int.from_bytes(data[18:26], "big") >> 36 << 36 | 1000

    assert read(data[:18] + field.to_bytes(8, "big") + data[26:]).length == len(NOTE)


@pytest.mark.parametrize(("subtype", "rate"), [("VORBIS", RATE), ("OPUS", 48_000)])
@pytest.mark.parametrize("n_links", [2, 3])
def test_all_links_of_a_chained_ogg_are_read(subtype: str, rate: int, n_links: int) -> None:
    sounds = [note(0.5 + 0.1 * n, rate) for n in range(n_links)]
    links = [encoded(sound, rate, format="OGG", subtype=subtype) for sound in sounds]

    chained = read(b"".join(links))

    alone = [soundfile.read(io.BytesIO(link), dtype="float32")[0] for link in links]
    np.testing.assert_array_equal(chained.samples[0], np.concatenate(alone))
    assert chained.remarks == ()


@pytest.mark.parametrize("other", [(22_050, 1), (RATE, 2)])
def test_links_that_do_not_fit_each_other_are_refused(other: tuple[int, int]) -> None:
    rate, n_channels = other
    second = np.stack([note(0.5, rate)] * n_channels, 1)
    links = [encoded(s, r, format="OGG") for s, r in ((NOTE, RATE), (second, rate))]

    with pytest.raises(SoundError, match=f"joins a sound of 16000 Hz and 1 .* {rate} Hz"):
        read(b"".join(links))


def ogg_flac(samples: np.ndarray) -> bytes:
    """A FLAC in an Ogg, as RFC 9639, section 10.1, describes it."""
    data = encoded(samples, format="FLAC")
    blocks, at, is_last = [], 4, False
    while not is_last:
        size = 4 + int.from_bytes(data[at + 1 : at + 4], "big")
        is_last = bool(data[at] & 0x80)
        blocks.append(data[at : at + size])
        at += size
    head = b"\x7fFLAC\x01\0" + struct.pack(">H", len(blocks) - 1) + b"fLaC" + blocks[0]
    pages = [ogg_page(head, 0, flags=2)]
    pages += [ogg_page(block, 1 + n) for n, block in enumerate(blocks[1:])]
    # Frames of a fixed size begin with these two bytes, and a number one higher each time.
    starts = [i for i in range(at, len(data) - 5) if data[i : i + 2] == b"\xff\xf8"]
    frames, number = [], 0
    for start in starts:
        if data[start + 4] == number:
            frames.append(start)
            number += 1
    frames.append(len(data))
    for n in range(number):
        page = data[frames[n] : frames[n + 1]]
        granule = min((n + 1) * 4096, len(samples))
        flags = 4 if n == number - 1 else 0
        pages.append(ogg_page(page, len(pages), flags, granule))
    return b"".join(pages)


def test_a_flac_in_an_ogg_is_read_and_a_chain_of_them_too() -> None:
    data = ogg_flac(NOTE)

    assert (read(data).samples[0] * 32768).round().astype("<i2").tobytes() == (
        (read(encoded(NOTE, format="FLAC")).samples[0] * 32768).round().astype("<i2").tobytes()
    )
    assert read(data + data).length == 2 * len(NOTE)


def pages_of(data: bytes) -> list[bytes]:
    return [b"OggS" + page for page in data.split(b"OggS")[1:]]


def test_an_ogg_that_lacks_a_page_or_holds_a_broken_one_is_refused() -> None:
    pages = pages_of(encoded(note(8.0), format="OGG"))
    broken = pages[4][:-1] + bytes([pages[4][-1] ^ 1])

    with pytest.raises(SoundError, match="pages are missing"):
        read(b"".join(pages[:4] + pages[5:]))
    with pytest.raises(SoundError, match="fails its checksum"):
        read(b"".join([*pages[:4], broken, *pages[5:]]))


def test_an_ogg_that_was_cut_is_said() -> None:
    pages = pages_of(encoded(note(8.0), format="OGG"))

    cut = read(b"".join(pages[:-2]) + pages[-2][:50])

    assert "ends without its last page" in cut.remarks[0]


KINDS = ["WAV", "WAVEX", "RF64", "AIFF", "W64", "CAF", "AU"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.4, 0.95])
def test_a_file_of_chunks_that_was_cut_is_refused(kind: str, share: float) -> None:
    data = encoded(np.stack([NOTE, NOTE], 1), format=kind, subtype="PCM_24")

    with pytest.raises(SoundError, match="cut short"):
        read(data[: int(share * len(data))])


@pytest.mark.parametrize("n_missing", [1, 1000])
def test_an_aiff_that_holds_more_than_it_states_is_not_read_short(n_missing: int) -> None:
    data = bytearray(encoded(NOTE, format="AIFF"))
    at = data.index(b"COMM") + 10
    data[at : at + 4] = struct.pack(">I", len(NOTE) - n_missing)

    try:
        assert read(bytes(data)).length == len(NOTE)
    except SoundError as error:
        assert "\n" not in str(error)


def test_a_bw64_is_read_as_the_rf64_that_it_is() -> None:
    data = encoded(NOTE, format="RF64")

    assert np.array_equal(read(b"BW64" + data[4:]).samples, read(data).samples)
