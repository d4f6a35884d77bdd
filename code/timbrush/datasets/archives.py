"""Unpack an archive of NSynth, trusting nothing in it."""

import gzip
import json
import re
import shutil
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

from timbrush.errors import DownloadError
from timbrush.texts import read_text

MAX_NOTE_BYTES = 1 << 20
MAX_JSON_BYTES = 1 << 30

_NAME = re.compile(r"(?:\./)?[A-Za-z0-9_-]+/(?:(examples\.json)|audio/([A-Za-z0-9_-]+\.wav))")
_BLOCK = 1 << 20


class DamagedArchiveError(DownloadError):
    """An archive that is not what it should be; only another copy helps."""


def unpack_nsynth(
    archive: Path,
    target: Path,
    *,
    n_notes: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Unpack ``SPLIT/examples.json`` and ``SPLIT/audio/*.wav`` into ``target``.

    Nothing is written outside of ``target``; it appears once all of the archive is there.

    Args:
        archive: A ``.tar.gz``.
        target: A folder that does not exist yet.
        n_notes: How many notes there must be.
        progress: Called with the notes unpacked and the notes there are.

    Raises:
        DamagedArchiveError: If the archive is damaged, holds anything else (a link, a path
            outside, a file too large), or other notes than its ``examples.json`` names.
        DownloadError: If the notes cannot be written.
    """
    staging = target.with_name(f".{target.name}.part")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        (staging / "audio").mkdir(parents=True)
        names = _unpack(archive, staging, n_notes, progress)
        _check_complete(archive, staging, names, n_notes)
        staging.rename(target)
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DamagedArchiveError(f"{archive} is damaged: {error}; fetch it again") from error
    except OSError as error:
        raise DownloadError(f"cannot unpack to {target}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _unpack(
    archive: Path, staging: Path, n_notes: int, progress: Callable[[int, int], None]
) -> set[str]:
    names: set[str] = set()
    with gzip.open(archive) as stream:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                if member.isdir():
                    continue
                place = _place(archive, member)
                if place in names or len(names) > n_notes:
                    raise DamagedArchiveError(
                        f"{archive} holds more than it should: {member.name}"
                    )
                names.add(place)
                source = tar.extractfile(member)
                assert source is not None, "a regular member has content"
                with (staging / place).open("xb") as file:
                    shutil.copyfileobj(source, file, _BLOCK)
                progress(len(names), n_notes + 1)
        # Only at its very end does gzip compare its checksum, and tar stops before.
        while stream.read(_BLOCK):
            pass
    return names


def _place(archive: Path, member: tarfile.TarInfo) -> str:
    """Return where a member goes; built from what matched, never from the name as it came."""
    match = _NAME.fullmatch(member.name)
    if match is None or not member.isreg():
        raise DamagedArchiveError(
            f"{archive} holds {member.name!r}, which is none of NSynth's files"
        )
    limit = MAX_JSON_BYTES if match[1] else MAX_NOTE_BYTES
    if member.size > limit:
        raise DamagedArchiveError(f"{archive}: {member.name} is larger than {limit} bytes")
    return match[1] or f"audio/{match[2]}"


def _check_complete(archive: Path, staging: Path, names: set[str], n_notes: int) -> None:
    # tarfile takes a damaged header for the end, without a word: count what came.
    if "examples.json" not in names or len(names) != n_notes + 1:
        raise DamagedArchiveError(
            f"{archive} holds {len(names - {'examples.json'})} notes, expected {n_notes} and "
            "examples.json; fetch it again"
        )
    try:
        listed = json.loads(read_text(staging / "examples.json"))
    except (ValueError, RecursionError) as error:
        raise DamagedArchiveError(f"examples.json in {archive} is no JSON: {error}") from error
    if not isinstance(listed, dict):
        raise DamagedArchiveError(f"examples.json in {archive} holds no notes by name")
    if {f"audio/{name}.wav" for name in listed} != names - {"examples.json"}:
        raise DamagedArchiveError(
            f"{archive}: examples.json names other notes than those in audio/"
        )
