"""What a training run tells while it runs: a bar on a terminal, a line a validation."""

import sys
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar


class Progress:
    """Keeps means of the terms between validations and shows them on stderr.

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
        self._sums: dict[str, float] = {}
        self._n_steps = 0

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

    def step(self, step: int, n_steps: int, terms: dict[str, float]) -> None:
        """Take note of one step."""
        for name, value in terms.items():
            self._sums[name] = self._sums.get(name, 0.0) + value
        self._n_steps += 1
        self._bar.update(self._task, completed=step, total=n_steps)

    def means(self) -> dict[str, float]:
        """Answer the mean of every term since the last call, named ``train_…``."""
        means = {f"train_{name}": total / self._n_steps for name, total in self._sums.items()}
        self._sums, self._n_steps = {}, 0
        return means

    def note(self, line: str) -> None:
        """Print one line."""
        print(line, file=sys.stderr, flush=True)
