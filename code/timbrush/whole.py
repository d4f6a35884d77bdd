"""Write files that appear whole or not at all."""

import fcntl
import io
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
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
        leads_back = Path(os.path.realpath(path)).is_symlink()
    except OSError as error:  # a name too long, a folder closed to us
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
    if leads_back:
        raise OutputError(f"cannot write {path}: the link leads back to itself")
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
    _sweep(path.parent)
    temporary = path.with_name(f".timbrush-{secrets.token_hex(6)}.part")
    try:
        with _open_locked(temporary) as file:
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


def _open_locked(path: Path) -> io.BufferedWriter:
    """Create a file and lock it: as long as its writer lives, ``_sweep`` leaves it alone."""
    while True:
        file = path.open("xb")
        with suppress(OSError):  # a file system without locks: nothing is swept there either
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # swept before it was locked


@cache
def _sweep(folder: Path) -> None:
    """Remove what writers that were killed left in a folder; once a process is enough."""
    for path in folder.glob(".timbrush-*.part"):
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


def check_folder(folder: Path) -> None:
    """Refuse a folder that could not be made, before any work is done for it.

    Raises:
        OutputError: As ``make_folder``, or if the folder exists and is closed to writing.
    """
    lacking = [path for path in (folder, *folder.parents) if not os.path.lexists(path)]
    make_folder(folder)
    closed = not os.access(folder, os.W_OK)
    with suppress(OSError):
        for path in lacking:
            path.rmdir()
    if closed:
        raise OutputError(f"the folder {folder} is closed to writing; choose another")


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
