"""Show how far a training run is: a bar on a terminal, a line after each validation."""

import sys
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar


class Progress:
    """Shows on stderr how far a run is.

    Args:
        shown: Whether there is a bar, on a terminal.
    """

    def __init__(self, *, shown: bool = True) -> None:
        console = Console(file=sys.stderr)
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not (shown and console.is_terminal),
        )
        self._task = self._bar.add_task("training", total=None)

    def __enter__(self) -> "Progress":
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def step(self, step: int, n_steps: int) -> None:
        """Show that one step more is done."""
        self._bar.update(self._task, completed=step, total=n_steps)

    def note(self, line: str) -> None:
        """Print one line."""
        print(line, file=sys.stderr, flush=True)
