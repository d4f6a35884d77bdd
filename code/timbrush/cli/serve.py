"""``timbrush serve``: the page, on this computer only."""

from typing import Annotated

import typer

from timbrush.cli.options import Device, Model


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
    import socket
    import webbrowser

    import uvicorn

    from timbrush.effect.model import load
    from timbrush.errors import OutputError
    from timbrush.web.app import create_app

    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise OutputError(
            f"cannot listen on port {port}: {error.strerror}; choose another with --port"
        ) from error
    with listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        app = create_app(load(model, device=device))
        app.state.sessions.warm_up()
        typer.echo(address)
        typer.echo("Ctrl-C ends it.", err=True)
        if open_page:
            webbrowser.open(address)
        config = uvicorn.Config(app, log_level="warning", server_header=False)
        uvicorn.Server(config).run(sockets=[listener])
