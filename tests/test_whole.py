"""Files that appear whole or not at all."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from timbrush import whole
from timbrush.errors import OutputError
from timbrush.whole import check_folder, check_writable, write_whole


def test_an_interruption_leaves_the_older_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")

    with pytest.raises(KeyboardInterrupt), write_whole(path, force=True) as file:
        file.write(b"half of the n")
        assert path.read_bytes() == b"old"
        raise KeyboardInterrupt

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_goes_on_pointing_at_what_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")

    with write_whole(tmp_path / "link", force=True) as file:
        file.write(b"new")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_places_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    for path, reason in [
        (tmp_path, "is a folder"),
        (tmp_path / "no" / "x", "does not exist"),
        (Path("-"), "expected the name of a file"),
        (tmp_path / "no\0name", "expected the name of a file"),
        (Path("/dev/null"), "no plain file"),
        (tmp_path / ("n" * 300), "File name too long|cannot write"),
    ]:
        with pytest.raises(OutputError, match=reason), write_whole(path, force=True) as file:
            file.write(b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_plain_error_and_leaves_the_older_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with (
        pytest.raises(OutputError, match=r"cannot write .*x: No space left on device"),
        write_whole(path, force=True) as file,
    ):
        file.write(b"new")

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_folders_that_lack_are_made_where_that_is_asked_for(tmp_path: Path) -> None:
    with write_whole(tmp_path / "a" / "b" / "x", parents=True) as file:
        file.write(b"new")
    assert (tmp_path / "a" / "b" / "x").read_bytes() == b"new"

    below_a_file = tmp_path / "a" / "b" / "x" / "y"
    with (
        pytest.raises(OutputError, match="cannot make the folder"),
        write_whole(below_a_file, parents=True),
    ):
        pass


def test_a_new_file_is_as_readable_as_any_other_of_its_user(tmp_path: Path) -> None:
    with write_whole(tmp_path / "x") as file:
        file.write(b"new")
    (tmp_path / "y").write_bytes(b"plain")

    assert (tmp_path / "x").stat().st_mode == (tmp_path / "y").stat().st_mode


def test_who_may_read_a_file_does_not_change_as_it_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")
    path.chmod(0o600)

    with write_whole(path, force=True) as file:
        file.write(b"new")

    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o600)


def test_a_closed_folder_is_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # the superuser may write all
    with pytest.raises(OutputError, match="is closed to writing"):
        check_writable(tmp_path / "x")


def test_a_folder_that_takes_no_file_is_named_and_not_the_temporary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    for name in ("open", "unlink"):
        monkeypatch.setattr(Path, name, closed)
    with (
        pytest.raises(OutputError, match=r"cannot write .*/x: Read-only file system"),
        write_whole(tmp_path / "x"),
    ):
        pass


WRITER = """
import os, signal, sys, time
from pathlib import Path
from timbrush.whole import write_whole
with write_whole(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    time.sleep(60)
"""


@contextmanager
def writer(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process that is writing a file."""
    started = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=-1)
    assert started.stdout is not None
    try:
        assert started.stdout.readline() == b"writing\n"
        yield started
    finally:
        started.kill()
        started.wait()
        started.stdout.close()


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGKILL])
def test_what_a_killed_writer_left_is_swept_by_the_next(tmp_path: Path, kind: int) -> None:
    with writer(tmp_path / "x") as killed:
        killed.send_signal(kind)
        killed.wait()
        assert len(list(tmp_path.glob(".timbrush-*.part"))) == 1

    whole._sweep.cache_clear()
    with write_whole(tmp_path / "y") as file:
        file.write(b"new")

    assert [path.name for path in tmp_path.iterdir()] == ["y"]


def test_what_a_living_writer_writes_is_left_alone(tmp_path: Path) -> None:
    with writer(tmp_path / "x"):
        whole._sweep.cache_clear()
        with write_whole(tmp_path / "y") as file:
            file.write(b"new")
        assert len(list(tmp_path.glob(".timbrush-*.part"))) == 1


def test_a_link_that_leads_back_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with (
        pytest.raises(OutputError, match="the link leads back to itself"),
        write_whole(tmp_path / "a", force=True),
    ):
        pass
    assert (tmp_path / "a").is_symlink()


def test_a_folder_is_tried_and_not_left(tmp_path: Path) -> None:
    check_folder(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []
    for name in ("n" * 300, "no\0name"):
        with pytest.raises(OutputError, match="cannot make the folder"):
            check_folder(tmp_path / name)
