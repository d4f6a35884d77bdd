"""Fetch a file from the web and verify it; an interrupted download goes on where it ended."""

import base64
import hashlib
import http.client
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from timbrush.errors import DownloadError

# pooch 1.9 would be shorter, but begins anew after an interruption (NSynth has 24 GB), has no
# bound on size, and verifies nothing where nobody published a checksum, as for NSynth.

Progress = Callable[[int, int], None]
"""Called with the bytes that have arrived and the bytes there are (0 while unknown)."""

_BLOCK = 1 << 18
_TIMEOUT_SECONDS = 30.0
_ATTEMPTS = 5
_MD5_BYTES = 16
_LOST = (
    urllib.error.URLError,
    http.client.HTTPException,
    ConnectionError,
    TimeoutError,
    ValueError,  # an address that a server made up, or half a character in a header
)


@dataclass(frozen=True, kw_only=True)
class RemoteFile:
    """A file that is fetched and verified.

    Args:
        name: What it is called on disk.
        urls: Where it lies; the first that has it is taken.
        sha256: Its checksum in hex, or empty where nobody has published one: then it is held
            against the MD5 that Google's storage states, if it does.
        max_bytes: More than this is refused.
    """

    name: str
    urls: tuple[str, ...]
    sha256: str = ""
    max_bytes: int = 1 << 30


def fetch(
    file: RemoteFile, folder: Path, *, progress: Progress = lambda done, total: None
) -> Path:
    """Return the path of a verified copy in ``folder``, downloading what is missing of it.

    Until it is verified, it is called ``NAME.part``; that is what a later call goes on from.

    Raises:
        DownloadError: If no server has it, the checksum is wrong, or the disk is full.
    """
    target, part = folder / file.name, folder / f"{file.name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if target.exists() and (not file.sha256 or _digest(target, "sha256") == file.sha256):
            return target
        md5 = _fetch_any(file, part, progress)
        _verify(file, part, md5)
        part.replace(target)
    except _LOST as error:
        raise DownloadError(f"cannot fetch {file.name}: {_reason(error)}; try again") from error
    except OSError as error:
        raise DownloadError(f"cannot write {part}: {error.strerror or error}") from error
    return target


def _fetch_any(file: RemoteFile, part: Path, progress: Progress) -> str:
    """Fetch into ``part`` from the first server that has it; return the MD5 it states."""
    for attempt in range(_ATTEMPTS * len(file.urls)):
        url = file.urls[attempt % len(file.urls)]
        before = part.stat().st_size if part.exists() else 0
        try:
            return _fetch(url, file, part, progress)
        except _LOST:
            moved = part.exists() and part.stat().st_size > before
            if attempt + 1 >= len(file.urls) and not moved:
                raise
    raise DownloadError(f"the connection for {file.name} was lost too often; try again later")


def _fetch(url: str, file: RemoteFile, part: Path, progress: Progress) -> str:
    done = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "timbrush"})
    if done:
        request.add_header("Range", f"bytes={done}-")
    try:
        response = urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        if error.code == 416 and done:  # nothing is left to send
            return _stated_md5(error.headers)
        raise
    with response:
        goes_on = response.status == 206 and _starts_at(response, done)
        if not goes_on:
            done = 0
        total = done + _content_length(response)
        if max(total, done) > file.max_bytes:
            raise DownloadError(f"{url} has {total} bytes; expected at most {file.max_bytes}")
        if total > done and shutil.disk_usage(part.parent).free < total - done:
            raise DownloadError(
                f"{part.parent} has no room for {(total - done) >> 20} MB; free some first"
            )
        _append(response, part, "ab" if goes_on else "wb", done, total, file, progress)
        return _stated_md5(response.headers)


def _append(
    response: Any,
    part: Path,
    mode: str,
    done: int,
    total: int,
    file: RemoteFile,
    progress: Progress,
) -> None:
    with part.open(mode) as sink:
        while block := response.read1(_BLOCK):
            done += len(block)
            if done > file.max_bytes:
                raise DownloadError(f"{file.name} is longer than {file.max_bytes} bytes")
            sink.write(block)
            progress(done, total)
    if total and done < total:
        raise http.client.IncompleteRead(b"", total - done)


def _content_length(response: Any) -> int:
    """Return the bytes that a response says it has; 0 where it says nothing to go by."""
    stated = str(response.headers.get("Content-Length", "")).strip()
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 20 else 0


def _starts_at(response: Any, done: int) -> bool:
    return str(response.headers.get("Content-Range", "")).startswith(f"bytes {done}-")


def _stated_md5(headers: Any) -> str:
    """Return the MD5 (hex) in Google's ``x-goog-hash`` header, or ''."""
    for line in headers.get_all("x-goog-hash") or []:
        for entry in line.split(","):
            kind, _, value = entry.strip().partition("=")
            if kind == "md5":
                with suppress(ValueError):  # no MD5: as if none had been stated
                    digest = base64.b64decode(value, validate=True)
                    return digest.hex() if len(digest) == _MD5_BYTES else ""
    return ""


def _verify(file: RemoteFile, part: Path, md5: str) -> None:
    for kind, wanted in (("sha256", file.sha256), ("md5", md5)):
        if wanted and (found := _digest(part, kind)) != wanted:
            part.unlink()
            raise DownloadError(
                f"{file.name} arrived damaged: {kind} {found[:16]}…, expected {wanted[:16]}…; "
                "fetch it again"
            )


def _digest(path: Path, kind: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, kind).hexdigest()


def _reason(error: BaseException) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"the server answered {error.code} {' '.join(str(error.reason).split())}"
    reason = str(getattr(error, "reason", "") or error or type(error).__name__)
    return " ".join(reason.split())
