"""Refuse foreign requests and bodies that are too long or too slow; make responses inert."""

import asyncio
import json
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from timbrush.web.limits import Limits

HOSTS = ("127.0.0.1", "localhost", "[::1]")

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """Lets through what our own page, or a program on this machine, sends.

    A page of another site can make a browser send requests here, and can give its own name
    our address (DNS rebinding). The first carries a foreign ``Origin``, the second a foreign
    ``Host``.

    Args:
        app: What is guarded.
        limits: How long a body may be and may take.
        hosts: Names under which this server may be asked, without port.
    """

    def __init__(self, app: ASGIApp, limits: Limits, hosts: Sequence[str] = HOSTS) -> None:
        self.app = app
        self.limits = limits
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with a bounded body and inert headers."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sender = _inert(send, scope["path"])
        refusal = self._refusal(Headers(scope=scope))
        if refusal:
            await _refuse(sender, *refusal)
            return
        await self.app(scope, self._bounded(scope, receive), sender)

    def _refusal(self, headers: Headers) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if _name(host) not in self.hosts:
            return 403, f"expected a request for {' or '.join(HOSTS)}, got one for {host!r}"
        origin = headers.get("origin")
        if origin is not None and origin.lower() != f"http://{host.lower()}":
            return 403, f"expected a request from http://{host}, got one from {origin!r}"
        if headers.get("sec-fetch-site") == "cross-site" and origin is None:
            return 403, "expected a request from this page, got one from another site"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length[:20]) > self.limits.sound_bytes:
            return 413, _too_long(self.limits.sound_bytes)
        return None

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        """Wrap ``receive`` so that a body ends in an error once it is too long or too slow."""
        headers = Headers(scope=scope)
        plain = headers.get("content-type", "").startswith("application/octet-stream")
        limit = self.limits.sound_bytes if plain else self.limits.json_bytes
        deadline = asyncio.get_running_loop().time() + self.limits.body_seconds
        received, complete = 0, False

        async def bounded() -> Message:
            nonlocal received, complete
            if complete:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, "the request took too long to arrive") from None
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413, _too_long(limit))
            complete = not message.get("more_body", False)
            return message

        return bounded


def _name(host: str) -> str:
    """Return a ``Host`` header's name without its port."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdecimal() else host.lower()


def _too_long(limit: int) -> str:
    return f"expected at most {limit / 1e6:.3g} MB, got more; send a shorter sound or edit"


def _inert(send: Send, path: str) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            headers.setdefault("Cache-Control", "no-store" if "/api/" in path else "no-cache")
        await send(message)

    return sender


async def _refuse(send: Send, status: int, detail: str) -> None:
    body = json.dumps({"detail": detail}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
