"""Downloads from a server on this machine: resumed, verified, and refused."""

import base64
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from timbrush.datasets import download
from timbrush.datasets.download import RemoteFile, fetch
from timbrush.errors import DownloadError

CONTENT = bytes(range(256)) * 4000  # 1 MB


class Server(ThreadingHTTPServer):
    """Serves CONTENT as /file; what it was asked for is kept in ``ranges``."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.ranges: list[str | None] = []
        self.drop_after: int | None = None
        self.takes_ranges = True
        self.stated_md5 = ""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients of these tests hang up on purpose."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/file"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.ranges.append(asked)
        if self.path != "/file":
            self.send_error(404)
            return
        start = int(asked[6:-1]) if asked and self.server.takes_ranges else 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        body = CONTENT[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        if start:
            self.send_header(
                "Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"
            )
        if self.server.stated_md5:
            self.send_header("x-goog-hash", f"crc32c=AAAAAA==,md5={self.server.stated_md5}")
        self.end_headers()
        self.wfile.write(body[: self.server.drop_after])
        self.wfile.flush()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def remote(server: Server, **changes: object) -> RemoteFile:
    digest = hashlib.sha256(CONTENT).hexdigest()
    return RemoteFile(**({"name": "x.bin", "urls": (server.url,), "sha256": digest} | changes))


def test_a_file_arrives_whole_and_is_not_fetched_twice(tmp_path: Path, server: Server) -> None:
    told: list[tuple[int, int]] = []

    for _ in range(2):
        path = fetch(remote(server), tmp_path / "new", progress=lambda *a: told.append(a))

    assert path.read_bytes() == CONTENT
    assert server.ranges == [None]
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [p.name for p in path.parent.iterdir()] == ["x.bin"]


def test_what_is_there_already_is_not_fetched_again(tmp_path: Path, server: Server) -> None:
    (tmp_path / "x.bin.part").write_bytes(CONTENT[:700_000])

    assert fetch(remote(server), tmp_path).read_bytes() == CONTENT
    assert server.ranges == ["bytes=700000-"]


def test_a_part_that_was_complete_needs_no_more_bytes(tmp_path: Path, server: Server) -> None:
    (tmp_path / "x.bin.part").write_bytes(CONTENT)

    assert fetch(remote(server), tmp_path).read_bytes() == CONTENT


def test_a_connection_that_drops_is_taken_up_again(tmp_path: Path, server: Server) -> None:
    server.drop_after = 300_000

    assert fetch(remote(server), tmp_path).read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=300000-", "bytes=600000-", "bytes=900000-"]


def test_a_server_without_ranges_is_asked_from_the_start(
    tmp_path: Path, server: Server
) -> None:
    server.takes_ranges = False
    (tmp_path / "x.bin.part").write_bytes(CONTENT[:1000])

    assert fetch(remote(server), tmp_path).read_bytes() == CONTENT


def test_a_wrong_checksum_is_refused_and_leaves_nothing(tmp_path: Path, server: Server) -> None:
    (tmp_path / "x.bin.part").write_bytes(b"other bytes")

    with pytest.raises(DownloadError, match=r"arrived damaged: sha256 .* fetch it again"):
        fetch(remote(server), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_servers_own_md5_stands_in_for_a_checksum(tmp_path: Path, server: Server) -> None:
    server.stated_md5 = base64.b64encode(hashlib.md5(CONTENT).digest()).decode()
    (tmp_path / "x.bin.part").write_bytes(b"other bytes")

    with pytest.raises(DownloadError, match="arrived damaged: md5"):
        fetch(remote(server, sha256=""), tmp_path)
    assert fetch(remote(server, sha256=""), tmp_path).read_bytes() == CONTENT


def test_the_next_place_is_asked_when_the_first_has_nothing(
    tmp_path: Path, server: Server
) -> None:
    urls = ("http://127.0.0.1:9/file", server.url + "/missing", server.url)

    assert fetch(remote(server, urls=urls), tmp_path).read_bytes() == CONTENT


def test_refusals_are_one_plain_line(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DownloadError, match="the server answered 404"):
        fetch(remote(server, urls=(server.url + "/missing",)), tmp_path)
    with pytest.raises(DownloadError, match="refused"):
        fetch(remote(server, urls=("http://127.0.0.1:9/file",)), tmp_path)
    with pytest.raises(DownloadError, match="expected at most 1000"):
        fetch(remote(server, max_bytes=1000), tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(DownloadError, match="cannot write"):
        fetch(remote(server), tmp_path / "file")
    monkeypatch.setattr(
        download.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 10})
    )
    with pytest.raises(DownloadError, match="has no room for 0 MB"):
        fetch(remote(server), tmp_path)
