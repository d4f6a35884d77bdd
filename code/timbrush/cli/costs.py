"""What a command cost, as a remark on stderr."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from timbrush.cli.refusals import plain_line
from timbrush.terminal import remark
from timbrush.whole import check_writable

if TYPE_CHECKING:
    from timbrush.energy import Reading


def leave_out(error: Exception) -> None:
    """Remark that a sound of a folder is left out, and why."""
    remark(f"left out: {plain_line(error)}")


@contextmanager
def metered(
    what: str, *, record: Path | None = None, seed: int | None = None
) -> Iterator[None]:
    """Meter a block and say what it took, in all processes of torchrun; silent when it fails.

    Args:
        what: Name of the command.
        record: Where to keep the figures for ``timbrush-lab energy``; None keeps none.
        seed: The command's seed, if it had one.
    """
    from timbrush.energy import run_record, write_record
    from timbrush.training.loop import processes

    with processes.meter() as meter:
        yield
    reading = processes.over_all(meter.reading)
    if processes.rank() > 0:
        return
    if record is not None:
        write_record(record, run_record(reading, what=what, seed=seed))
    remark(f"{what}: {cost(reading)}")


def record_beside(output: Path, *, force: bool = False) -> Path:
    """Return where the record of a result lies, such as ``my.record.json`` of ``my.model``.

    Args:
        output: Where the result lies.
        force: Whether both may replace files that exist.

    Raises:
        OutputError: If one of them could not be written.
    """
    check_writable(output, force=force)  # first: a folder such as . has no name to go by
    record = output.with_suffix(".record.json")
    check_writable(record, force=force)
    return record


def cost(reading: "Reading") -> str:
    """Return milliseconds and joules in words, such as ``57 ms, 1.2 J (estimated)``."""
    milliseconds = 1000 * reading.seconds
    time = f"{milliseconds:.0f} ms" if milliseconds < 10_000 else f"{reading.seconds:.1f} s"
    return f"{time}, {reading.joules:.2g} J{' (estimated)' if reading.estimated else ''}"
