"""``timbrush serve``: the page, on this computer only."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from timbrush.cli.options import Device, Model

if TYPE_CHECKING:
    from socket import socket

    from fastapi import FastAPI

POLL_SECONDS = 0.2
"""How often a server looks whether it is done."""


def serve(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8517,
    model: Model = None,
    device: Device = "auto",
    open_page: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Open a page on which sounds are painted, served to this computer only.

    Example: timbrush serve --port 8517 --open
    """
    import webbrowser

    from timbrush.effect.model import load
    from timbrush.web.app import create_app

    with listen(port) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        app = create_app(load(model, device=device))
        app.state.sessions.warm_up()
        typer.echo(address)
        typer.echo("Ctrl-C ends it.", err=True)
        if open_page:
            webbrowser.open(address)
        serve_until(app, listener)


def listen(port: int) -> "socket":
    """Return a socket of this computer's own.

    Raises:
        OutputError: If the port is taken.
    """
    import socket

    from timbrush.errors import OutputError

    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise OutputError(
            f"cannot listen on port {port}: {error.strerror}; choose another with --port"
        ) from error


def serve_until(
    app: "FastAPI",
    listener: "socket",
    is_done: Callable[[], bool] = lambda: False,
    grace_seconds: float = 0.0,
) -> None:
    """Serve requests until Ctrl-C, or until there is nothing left to do.

    Args:
        app: What answers.
        listener: The socket.
        is_done: Whether there is nothing left to do.
        grace_seconds: For how long that must be so.
    """
    import threading
    import time

    import uvicorn

    config = uvicorn.Config(app, log_level="warning", server_header=False)
    server = uvicorn.Server(config)

    def watch() -> None:
        since = None
        while not server.should_exit:
            time.sleep(POLL_SECONDS)
            since = (since or time.monotonic()) if is_done() else None
            if since is not None and time.monotonic() - since >= grace_seconds:
                server.should_exit = True

    threading.Thread(target=watch, daemon=True).start()
    server.run(sockets=[listener])
