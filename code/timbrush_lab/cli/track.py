"""A progress bar on a terminal."""

import sys
from typing import Any


def tracker(what: str) -> Any:
    """Return what hands out items one by one, under a progress bar on a terminal."""
    from rich.console import Console
    from rich.progress import track

    console = Console(file=sys.stderr)
    return lambda items: track(
        list(items), what, console=console, disable=not console.is_terminal, transient=True
    )
