"""Archives that are as NSynth's, and archives that are out to harm."""

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest

from timbrush.datasets.archives import unpack_nsynth
from timbrush.errors import DownloadError

NOTES = [f"bass_electronic_018-0{pitch}-100" for pitch in range(22, 28)]
Members = list[tuple[tarfile.TarInfo, bytes]]


def member(name: str, content: bytes = b"x", **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content


def honest(notes: list[str] = NOTES, listed: list[str] = NOTES) -> Members:
    members = [member("nsynth-x", b"", type=tarfile.DIRTYPE)]
    members += [member(f"nsynth-x/audio/{note}.wav", note.encode() * 300) for note in notes]
    return [
        *members,
        member("nsynth-x/examples.json", json.dumps(dict.fromkeys(listed)).encode()),
    ]


def pack(path: Path, members: Members) -> Path:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    path.write_bytes(gzip.compress(plain.getvalue(), mtime=0))
    return path


def refused(tmp_path: Path, archive: Path, match: str, n_notes: int = len(NOTES)) -> None:
    """Unpacking must fail with one line and leave nothing but the archive."""
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DownloadError, match=match) as caught:
        unpack_nsynth(archive, tmp_path / "nsynth-x", n_notes=n_notes)
    assert "\n" not in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_honest_archive_becomes_its_folder(tmp_path: Path) -> None:
    archive = pack(tmp_path / "x.tar.gz", honest())

    unpack_nsynth(archive, tmp_path / "nsynth-x", n_notes=len(NOTES))

    audio = tmp_path / "nsynth-x" / "audio"
    assert sorted(path.stem for path in audio.iterdir()) == NOTES
    assert (audio / f"{NOTES[2]}.wav").read_bytes() == NOTES[2].encode() * 300
    assert sorted(json.loads((audio.parent / "examples.json").read_text())) == NOTES
    assert sorted(p.name for p in tmp_path.iterdir()) == ["nsynth-x", "x.tar.gz"]


@pytest.mark.parametrize(
    "evil",
    [
        member("../outside.wav"),
        member("/tmp/outside.wav"),
        member("nsynth-x/audio/../../outside.wav"),
        member("nsynth-x/audio/link.wav", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        member("nsynth-x/audio/link.wav", b"", type=tarfile.LNKTYPE, linkname="/etc/passwd"),
        member("nsynth-x/audio/pipe.wav", b"", type=tarfile.FIFOTYPE),
        member("nsynth-x/audio/program.sh"),
        member("nsynth-x/audio/.wav"),
        member("nsynth-x/audio/a\nb.wav"),
    ],
    ids=lambda pair: repr(pair[0].name),
)
def test_what_is_none_of_nsynths_files_is_refused(
    tmp_path: Path, evil: tuple[tarfile.TarInfo, bytes]
) -> None:
    refused(tmp_path, pack(tmp_path / "x.tar.gz", [evil, *honest()]), "none of NSynth's files")


def test_a_note_that_is_too_large_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = member(f"nsynth-x/audio/{NOTES[0]}.wav", bytes(2 << 20))

    refused(tmp_path, pack(tmp_path / "x.tar.gz", [bomb]), "larger than 1048576 bytes")


def test_too_many_too_few_and_doubled_notes_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    refused(tmp_path, pack(path, honest()), "holds 6 notes, expected 7", n_notes=7)
    refused(tmp_path, pack(path, honest()), "more than it should", n_notes=4)
    refused(tmp_path, pack(path, [*honest()[:2], *honest()[1:]]), "more than it should")
    refused(tmp_path, pack(path, honest()[:-1]), "expected 6 and examples.json")


def test_a_list_of_other_notes_is_noticed(tmp_path: Path) -> None:
    other = [*NOTES[:-1], "organ_electronic_001-060-100"]

    refused(tmp_path, pack(tmp_path / "x.tar.gz", honest(listed=other)), "names other notes")


@pytest.mark.parametrize("text", ["5", "[1]", "null", "{", "[" * 100_000])
def test_a_list_that_is_no_list_of_notes_is_noticed(tmp_path: Path, text: str) -> None:
    members = [*honest()[:-1], member("nsynth-x/examples.json", text.encode())]

    refused(tmp_path, pack(tmp_path / "x.tar.gz", members), "examples.json")


def test_a_wrong_gzip_checksum_is_noticed_though_every_member_is_there(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.tar.gz", honest())
    data = bytearray(path.read_bytes())
    data[-8] ^= 1  # the first byte of the CRC
    path.write_bytes(data)

    refused(tmp_path, path, "CRC check failed")


def test_a_member_behind_a_damaged_header_is_missed(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.tar.gz", honest())
    plain = bytearray(gzip.decompress(path.read_bytes()))
    for position in range(0, len(plain), 512):
        if plain[position : position + 60].startswith(f"nsynth-x/audio/{NOTES[3]}".encode()):
            plain[position + 150] ^= 0xFF
    path.write_bytes(gzip.compress(bytes(plain)))

    refused(tmp_path, path, r"damaged|holds 3 notes")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_an_archive_that_was_cut_is_refused(tmp_path: Path, share: float) -> None:
    path = pack(tmp_path / "x.tar.gz", honest())
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])

    refused(tmp_path, path, "damaged")
