"""``timbrush edit``: files of other programs on the page, saved back in place."""

from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Device, Model

GRACE_SECONDS = 3.0
"""A page that is loaded anew is closed for a moment; after this, it is taken for closed."""


def edit(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Sounds to edit.")],
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 0,
    model: Model = None,
    device: Device = "auto",
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Open each in the browser.")
    ] = True,
) -> None:
    """Edit sounds in place: as the external editor of a DAW, or by hand.

    Each file opens on a page of its own. Save there writes it back whole, with its rate,
    channels, length and chunks, and leaves a copy of the file as it was beside it. Once all
    pages are closed, the command ends.

    Example: timbrush edit take.wav
    """
    import webbrowser

    from timbrush.cli.serve import listen, serve_until
    from timbrush.effect.model import load
    from timbrush.web.app import create_app
    from timbrush.web.documents import Documents

    documents = Documents(paths)
    with listen(port) as listener:
        app = create_app(load(model, device=device), documents=documents)
        app.state.sessions.warm_up()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        for key in documents.keys:
            page = f"{address}?document={key}"
            typer.echo(page)
            if open_page:
                webbrowser.open(page)
        typer.echo("Closing the pages, or Ctrl-C, ends it.", err=True)
        serve_until(app, listener, lambda: documents.are_done, GRACE_SECONDS)
