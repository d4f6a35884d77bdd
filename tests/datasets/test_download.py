"""Downloads from a server on this machine: resumed, verified, and refused."""

import base64
import gc
import hashlib
import socket
import threading
import warnings
from collections.abc import Callable, Iterator
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


class Rogue:
    """A server that sends all who ask the same bytes, then hangs up or keeps silent."""

    def __init__(self, reply: bytes, *, stalls: bool = False) -> None:
        self._reply, self._stalls = reply, stalls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/file"

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # closed: the test has ended
                return
            self._open.append(connection)
            try:
                connection.recv(1 << 16)
                connection.sendall(self._reply.replace(b"SELF", self.url.encode()))
            except OSError:
                pass
            if not self._stalls:
                connection.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
        for connection in self._open:
            connection.close()


@pytest.fixture
def rogue() -> Iterator[Callable[..., Rogue]]:
    started: list[Rogue] = []

    def start(reply: bytes, **settings: bool) -> Rogue:
        started.append(Rogue(reply, **settings))
        return started[-1]

    yield start
    for one in started:
        one.close()


def reply(*headers: bytes, status: bytes = b"200 OK", body: bytes = CONTENT) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 " + status, *headers, b"", body])


SIZE = b"Content-Length: %d" % len(CONTENT)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [b"Content-Length: many"],
        [b"Content-Length: -5"],
        [b"Content-Length: " + b"9" * 5000],
        [b"Content-Length: \xb2"],
        [SIZE, b"x-goog-hash: md5=no base 64!"],
        [SIZE, b"x-goog-hash: md5=AAAA"],
        [SIZE, b"x-goog-hash: md5=\xff\xfe"],
        [SIZE, b"x-goog-hash: ,,=,md5"],
        [SIZE, b"Content-Range: bytes x"],
    ],
    ids=repr,
)
def test_what_a_server_states_wrongly_is_not_believed(
    tmp_path: Path, rogue: Callable[..., Rogue], headers: list[bytes]
) -> None:
    lying = rogue(reply(*headers, b"Connection: close"))
    digest = hashlib.sha256(CONTENT).hexdigest()
    file = RemoteFile(name="x.bin", urls=(lying.url,), sha256=digest)
    assert fetch(file, tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x1b[2J\x07\r\n\r\n",
        b"HTTP/1.1 999999 \x1b]0;owned\x07\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        reply(b"Transfer-Encoding: chunked", body=b"zz\r\n"),
        reply(b"Location: http://[", status=b"302 Found"),
        reply(b"Location: http://\xff\xfe/", status=b"302 Found"),
        reply(b"Location: http://" + b"a" * 80 + b".b/", status=b"302 Found"),
        reply(b"Location: http://127.0.0.1:99999/", status=b"302 Found"),
        reply(b"Location: http://127.0.0.1:x/", status=b"302 Found"),
        reply(b"Location: file:///etc/passwd", status=b"302 Found"),
        reply(b"Location: SELF", status=b"302 Found"),
        reply(status=b"302 Found"),
        reply(b"Content-Length: %d" % (1 << 62)),
        reply(b"Content-Length: 100", b"Content-Range: bytes 7-9/10", body=b"short"),
        reply(status=b"416 Range Not Satisfiable"),
        reply(status=b"503 Service Unavailable"),
    ],
    ids=lambda answer: repr(answer[:60]),
)
def test_a_hostile_server_is_refused_in_one_line(
    tmp_path: Path, rogue: Callable[..., Rogue], answer: bytes
) -> None:
    file = RemoteFile(name="x.bin", urls=(rogue(answer).url,))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # urllib leaves connections to gc
        with pytest.raises(DownloadError) as caught:
            fetch(file, tmp_path)
        message = str(caught.value)
        del caught
        gc.collect()
    assert "\n" not in message
    assert not (tmp_path / "x.bin").exists()


def test_a_server_that_stalls_is_given_up(
    tmp_path: Path, rogue: Callable[..., Rogue], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_TIMEOUT_SECONDS", 0.2)
    stalling = rogue(reply(SIZE, body=CONTENT[:1000]), stalls=True)
    with pytest.raises(DownloadError, match="timed out; try again"):
        fetch(RemoteFile(name="x.bin", urls=(stalling.url,)), tmp_path)
    assert (tmp_path / "x.bin.part").read_bytes() == CONTENT[:1000]


def test_a_server_that_cuts_and_one_that_lies_do_not_spoil_what_a_third_sends(
    tmp_path: Path, server: Server, rogue: Callable[..., Rogue]
) -> None:
    cutting = rogue(reply(SIZE, body=CONTENT[:5000]))
    wandering = rogue(reply(b"Location: http://[", status=b"302 Found"))
    urls = (cutting.url, wandering.url, server.url)
    assert fetch(remote(server, urls=urls), tmp_path).read_bytes() == CONTENT
    assert server.ranges == ["bytes=5000-"]
