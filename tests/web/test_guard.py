import asyncio
from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from starlette.websockets import WebSocketDisconnect

from .conftest import ADDRESS, Client, octets, wav


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1:x"])
def test_a_foreign_host_is_refused(client: Client, host: str) -> None:
    for path in ("/", "/api/model", "/static/css/base.css", "/openapi.json"):
        assert client.get(path, headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1:8517", "localhost:9", "LOCALHOST", "[::1]:8517"])
def test_every_name_of_this_machine_is_served(client: Client, host: str) -> None:
    assert client.get("/api/model", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "https://127.0.0.1:8517", "http://127.0.0.1:3000", ""],
)
def test_a_foreign_origin_is_refused(client: Client, origin: str) -> None:
    headers = {**octets(), "origin": origin}
    assert client.post("/api/sessions", content=wav(), headers=headers).status_code == 403


def test_our_own_page_and_programs_are_served(client: Client) -> None:
    for headers in ({"origin": ADDRESS}, {}):
        answer = client.post("/api/sessions", content=wav(), headers={**octets(), **headers})
        assert answer.status_code == 200


def test_a_cross_site_request_without_origin_is_refused(client: Client) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    assert client.get("/api/notes", headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["/", "/api/model", "/static/js/main.js", "/nowhere"])
def test_every_answer_is_inert(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy
    assert "unsafe" not in policy and "http" not in policy


def test_the_page_names_no_other_site_and_holds_no_script(client: Client) -> None:
    page = client.get("/").text
    assert "http://" not in page.replace("http://www.w3.org", "") and "https://" not in page
    assert "<script>" not in page and " onclick" not in page and ' style="' not in page


@pytest.fixture
def small(make_app: Callable[..., FastAPI]) -> Iterator[Client]:
    with Client(make_app(sound_bytes=100_000, json_bytes=1000)) as client:
        yield client


def test_a_body_that_states_to_be_too_long_is_not_read(small: Client) -> None:
    answer = small.post("/api/sessions", content=bytes(100_001), headers=octets())
    assert answer.status_code == 413 and "at most" in answer.json()["detail"]


@pytest.mark.parametrize("kind", ["application/octet-stream", "application/json"])
def test_a_chunked_body_is_cut_off_at_the_limit(small: Client, kind: str) -> None:
    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(200):
            sent += 1
            yield b" " * 1000

    path = "/api/sessions" if "octet" in kind else "/api/sessions/x/strokes"
    answer = small.post(path, content=chunks(), headers={"content-type": kind})
    assert "content-length" not in answer.request.headers
    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["-1", "x", "9" * 400])
def test_a_length_that_cannot_be_is_refused(small: Client, length: str) -> None:
    headers = {**octets(), "content-length": length}
    assert small.post("/api/sessions", content=b"x", headers=headers).status_code == 413


def test_json_has_a_limit_of_its_own(small: Client) -> None:
    session, _, _ = small.open(wav(1.0))
    body = {"stroke": {"family": "x" * 2000}}
    assert small.post(f"/api/sessions/{session}/strokes", json=body).status_code == 413


def test_a_body_that_never_ends_is_given_up(make_app: Callable[..., FastAPI]) -> None:
    app = make_app(body_seconds=0.05)
    sent: list[dict] = []

    async def receive() -> dict:
        if not sent and not getattr(receive, "begun", False):
            receive.begun = True
            return {"type": "http.request", "body": b"RIFF", "more_body": True}
        await asyncio.sleep(30)
        raise AssertionError

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/api/sessions",
        "raw_path": b"/api/sessions",
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"host", b"127.0.0.1:8517"),
            (b"content-type", b"application/octet-stream"),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8517),
    }
    asyncio.run(asyncio.wait_for(app(scope, receive, send), 5))
    assert sent[0]["status"] == 408


def test_websockets_are_closed_at_once(client: Client) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/api/sessions"):
        pass
