"""Bytes to a file that appears whole or not at all."""

import io
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from timbrush.errors import OutputError


def check_name(path: Path) -> None:
    """Refuse names that no file can have, and ``-``: what is for standard output does not come.

    Raises:
        OutputError: For such a name.
    """
    if str(path) == "-" or "\0" in str(path):
        raise OutputError(f"expected the name of a file, got {str(path)!r}")


def check_writable(path: Path, *, force: bool = False) -> None:
    """Refuse a place that ``write_whole`` could not fill, before any work is done for it.

    Raises:
        OutputError: If ``path`` exists and ``force`` is not given, if it is no plain file, or
            if its folder does not exist or is closed to writing.
    """
    check_name(path)
    try:
        mode = path.stat().st_mode if path.exists() else None
        has_folder = path.parent.is_dir()
    except OSError as error:  # a name too long, a folder closed to us
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
    if mode is None and not has_folder:
        raise OutputError(f"the folder {path.parent} does not exist; make it first")
    if mode is not None and stat.S_ISDIR(mode):
        raise OutputError(f"{path} is a folder; name a file in it")
    if mode is not None and not stat.S_ISREG(mode):
        raise OutputError(f"{path} is no plain file; choose another name")
    if not os.access(path.parent, os.W_OK):
        raise OutputError(f"the folder {path.parent} is closed to writing; choose another")
    if mode is not None and not force:
        raise OutputError(f"{path} exists; choose another name, or replace it with --force")


@contextmanager
def write_whole(
    path: Path, *, force: bool = False, parents: bool = False
) -> Iterator[io.BufferedWriter]:
    """Open a temporary file beside ``path`` that takes its name once it is complete.

    An error or an interruption on the way leaves nothing new, and an older file as it was.

    Args:
        path: Where the file is to appear.
        force: Replace a file that exists.
        parents: Make the folders that lack, as ``Path.mkdir`` does.

    Raises:
        OutputError: As ``check_writable``, or when the disk is full or the folder closed.
    """
    check_name(path)
    path = Path(os.path.realpath(path))  # a link keeps pointing at what is replaced
    if parents:
        make_folder(path.parent)
    check_writable(path, force=force)
    temporary = path.with_name(f".timbrush-{secrets.token_hex(6)}.part")
    try:
        with temporary.open("xb") as file:
            if path.exists():  # who may read it does not change with what it holds
                os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # where nothing can be made, nothing can be removed either
            temporary.unlink()


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, as far as they lack.

    Raises:
        OutputError: If a file has its name, its place is closed, or no folder can be named so.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:  # a ValueError is of a name that no file can have
        reason = getattr(error, "strerror", None) or error
        raise OutputError(f"cannot make the folder {folder}: {reason}") from error
