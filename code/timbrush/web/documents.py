"""Files of other programs that are open on the page and are saved back in place."""

import secrets
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from starlette.exceptions import HTTPException

from timbrush.audio import containers, files
from timbrush.audio.files import Sound
from timbrush.errors import OutputError, SoundError
from timbrush.whole import check_writable, write_whole

KEY_BYTES = 24
"""192 random bits: nobody guesses which file may be written."""
BACKUP = "before-timbrush"
"""What the name of a backup says of it."""

Stamp = tuple[int, int]
"""When a file was last changed, and its bytes."""


@dataclass(kw_only=True, eq=False)
class Document:
    """A file that is saved back in place.

    Args:
        key: Its unguessable name on the page.
        path: Where it lies.
        stamp: Of the file as it was last read or written here; None before.
        backup: Where a copy of the file lies as it was opened; None before the first save.
        is_open: Whether a page shows it.
        was_open: Whether one ever did.
    """

    key: str
    path: Path
    stamp: Stamp | None = None
    backup: Path | None = None
    is_open: bool = False
    was_open: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self) -> Path:
        """Return the file's path, and remember how it is now.

        Raises:
            SoundError: If it cannot be read.
        """
        self.stamp = _stamp(self.path)
        return self.path

    def save(self, sound: Sound, *, replace: bool) -> list[str]:
        """Write a sound in place of the file, whole or not at all; return what is to be said.

        Args:
            sound: What the page made of the file.
            replace: Whether it may take the place of what another program wrote meanwhile.

        Raises:
            HTTPException: 409 if another program changed the file meanwhile.
            TimbrushError: If it cannot be written.
        """
        with self.lock:
            if not replace and self.stamp != _stamp(self.path):
                raise HTTPException(
                    409,
                    f"{self.path.name} was changed by another program since it was opened "
                    "here; to save would replace what it wrote",
                )
            said = files.remarks(self.path, sound)
            if self.path.suffix.lower() in containers.LOSSY:
                said.append(f"{self.path.name} is compressed again as a whole by being saved")
            if self.backup is None:
                self.backup = _back_up(self.path)
                said.append(f"the file as it was lies in {self.backup.name}")
            files.write(self.path, sound, force=True)
            self.stamp = _stamp(self.path)
            return said


class Documents:
    """All files that a server may write, by their keys.

    Args:
        paths: The files.

    Raises:
        SoundError: If one is no file.
        OutputError: If one could not be written back.
    """

    def __init__(self, paths: Sequence[Path] = ()) -> None:
        self._documents: dict[str, Document] = {}
        for path in paths:
            if not path.is_file():
                raise SoundError(f"{path} is no file; expected a sound file to edit")
            check_writable(path, force=True)
            containers.check_suffixes([path])
            key = secrets.token_urlsafe(KEY_BYTES)
            self._documents[key] = Document(key=key, path=path.absolute())

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys in the order of the files."""
        return tuple(self._documents)

    @property
    def are_done(self) -> bool:
        """Whether pages showed all of them, and show none any more."""
        documents = self._documents.values()
        return all(document.was_open and not document.is_open for document in documents)

    def find(self, key: str) -> Document:
        """Return a document.

        Raises:
            HTTPException: 404 if there is none of that key.
        """
        if key not in self._documents:
            raise HTTPException(404, "this file is not open for editing; start timbrush edit")
        return self._documents[key]


def _stamp(path: Path) -> Stamp:
    try:
        state = path.stat()
    except OSError as error:
        raise SoundError(f"cannot read {path}: {error.strerror}") from error
    return state.st_mtime_ns, state.st_size


def _back_up(path: Path) -> Path:
    """Copy a file beside itself, under a name that is free; return where."""
    for number in range(1, 1000):
        count = f"-{number}" if number > 1 else ""
        backup = path.with_name(f"{path.stem}.{BACKUP}{count}{path.suffix}")
        if not backup.exists():
            with path.open("rb") as original, write_whole(backup) as copy:
                shutil.copyfileobj(original, copy)
            return backup
    raise OutputError(f"{path} has a thousand backups; remove some")
