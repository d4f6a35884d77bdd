"""A run to the record that results/ keeps of it: JSON with the same head in every file."""

import json
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import metadata
from pathlib import Path
from typing import Any

from timbrush.energy.carbon import joules_range, stated_intensity
from timbrush.energy.meter import Reading
from timbrush.whole import write_whole

_called_as: ContextVar[str | None] = ContextVar("called_as", default=None)


def run_record(
    reading: Reading, *, what: str, seed: int | None = None, command: str | None = None
) -> dict[str, Any]:
    """Return the head of a results file; the caller adds its values.

    Args:
        reading: What the run cost.
        what: One sentence: what was run.
        seed: Its seed, if it had one.
        command: The command line; left out, see ``command_line``.

    Returns:
        ``what``, ``command``, ``commit``, ``seed``, ``machine``, ``seconds``, ``cpu_seconds``,
        ``joules``, ``joules_range``, ``energy_source``, ``estimated``,
        ``carbon_grams_per_kilowatt_hour``, ``carbon_region``, ``carbon_grams_range``.
    """
    carbon = stated_intensity()
    low, high = joules_range(reading)
    return {
        "what": what,
        "command": command or command_line(),
        "commit": commit(),
        "seed": seed,
        "machine": machine(),
        "seconds": reading.seconds,
        "cpu_seconds": reading.cpu_seconds,
        "joules": reading.joules,
        "joules_range": [low, high],
        "energy_source": reading.source,
        "estimated": reading.estimated,
        "carbon_grams_per_kilowatt_hour": carbon.grams_per_kilowatt_hour,
        "carbon_region": carbon.region,
        "carbon_grams_range": [carbon.grams(low), carbon.grams(high)],
    }


def write_record(path: str | Path, record: Mapping[str, Any]) -> None:
    """Write a record as JSON, whole: a reader sees the old file or the new one.

    Raises:
        OutputError: When it cannot be written.
        ValueError: For a number that is not finite; JSON has none.
    """
    text = json.dumps(record, indent=2, allow_nan=False, ensure_ascii=False) + "\n"
    with write_whole(Path(path), force=True, parents=True) as file:
        # A name of a file need not be UTF-8; what is not, JSON can write as \udce9 too.
        file.write(text.encode(errors="backslashreplace"))


@contextmanager
def called_as(words: Sequence[str]) -> Iterator[None]:
    """Name the command of ours that records of this block carry, however it was started."""
    token = _called_as.set(shlex.join(words))
    try:
        yield
    finally:
        _called_as.reset(token)


def command_line() -> str:
    """Return the command of ours that runs; outside one, how Python was called."""
    return _called_as.get() or shlex.join(["python", *sys.argv])


def commit() -> str:
    """Return the commit that runs, marked ``+`` if changed since; outside git the version."""
    folder = Path(__file__).parent
    try:
        _git(
            folder, "ls-files", "--error-unmatch", "record.py"
        )  # an installed copy is not ours
        name = _git(folder, "rev-parse", "--short=12", "HEAD")
        changed = _git(
            folder, "status", "--porcelain", "--untracked-files=no", "--", str(folder.parent)
        )
    except (OSError, subprocess.SubprocessError):
        return f"timbrush {_version()}"
    return f"{name}+" if changed else name


def machine() -> str:
    """Return the processor, how many cores this process may use, and the cards."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return ", ".join([f"{processor()}, {cores} cores", *_cards()])


def processor() -> str:
    """Return the processor's name as the system has it."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _cards() -> list[str]:
    torch = sys.modules.get("torch")  # never load it for a name
    if torch is None or not torch.cuda.is_initialized():
        return []
    return [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=10,
    ).stdout.strip()


def _version() -> str:
    try:
        return metadata.version("timbrush")
    except metadata.PackageNotFoundError:
        return "(not installed)"
