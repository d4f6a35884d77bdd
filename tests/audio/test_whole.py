"""Files that appear whole or not at all."""

from pathlib import Path

import pytest

from timbrush.audio.whole import write_whole
from timbrush.errors import OutputError


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
        (Path("/dev/null"), "no plain file"),
        (tmp_path / ("n" * 300), "File name too long|cannot write"),
    ]:
        with pytest.raises(OutputError, match=reason), write_whole(path, force=True) as file:
            file.write(b"x")
    assert list(tmp_path.iterdir()) == []
