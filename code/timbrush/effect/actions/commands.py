"""Send samples through another program, where the user has allowed it, or a Python function."""

import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import numpy as np
import soundfile
from jaxtyping import Float

from timbrush.audio.resampling import Samples
from timbrush.errors import StrokeError

Made = Float[np.ndarray, "made_channel made_time"]
"""What a program or a function returned, before anyone has looked at its shape."""

Function = Callable[[Samples, int], Samples]
"""Takes samples ``(channel, time)`` and their rate; returns as many."""

PYTHON = "python:"
"""What the command of a Python function begins with; its name follows."""
MAX_SECONDS = 600.0
"""A program that takes longer is stopped."""
MAX_LINE = 200
"""Characters of a program's last words that are passed on."""
LOUDEST = 1e4
"""Samples beyond this are no sound."""

_allowed: ContextVar[Function | bool] = ContextVar("commands_allowed", default=False)


@contextmanager
def commands_allowed(function: Function | None = None) -> Iterator[None]:
    """Let strokes inside this block run commands.

    Args:
        function: Runs in place of any command.
    """
    token = _allowed.set(function or True)
    try:
        yield
    finally:
        _allowed.reset(token)


def run(command: str, samples: Samples, sample_rate: int) -> Samples:
    """Return what a command makes of samples.

    Args:
        command: With ``{in}`` and ``{out}``.
        samples: What it gets.
        sample_rate: Their rate.

    Raises:
        StrokeError: If commands are not allowed, it cannot be run, fails, or makes samples of
            another shape, rate or range.
    """
    permission = _allowed.get()
    named = command.startswith(PYTHON)
    if permission is False and not named:
        raise StrokeError(
            f"this stroke runs the command {command!r}; if you trust it, allow commands "
            "(--allow-commands)"
        )
    if callable(permission):
        returned = permission(samples.copy(), sample_rate)
        try:
            made = np.asarray(returned)
        except ValueError:
            raise StrokeError(f"{command!r} must return an array, got uneven rows") from None
    elif named:
        raise StrokeError(
            f"this stroke was made by the Python function {command.removeprefix(PYTHON)}, "
            "which a file of strokes does not hold; call Canvas.process with it"
        )
    else:
        made = _run(command, samples, sample_rate)
    if made.shape != samples.shape:
        raise StrokeError(
            f"{command!r} must return {samples.shape[0]} channels of {samples.shape[1]} "
            f"samples, got shape {made.shape}"
        )
    if not np.issubdtype(made.dtype, np.floating) or not (np.abs(made) < LOUDEST).all():
        raise StrokeError(f"{command!r} must return finite samples, full scale 1")
    return made.astype(np.float32)


def _run(command: str, samples: Samples, sample_rate: int) -> Made:
    with tempfile.TemporaryDirectory(prefix="timbrush-") as folder:
        into, out = Path(folder) / "in.wav", Path(folder) / "out.wav"
        soundfile.write(into, samples.T, sample_rate, subtype="FLOAT")
        try:
            asked = shlex.split(command)
        except ValueError as error:
            raise StrokeError(f"cannot read the command {command!r}: {error}") from None
        if not any("{out}" in word for word in asked):
            raise StrokeError(f"the command must name {{in}} and {{out}}, got {command!r}")
        words = [word.replace("{in}", str(into)).replace("{out}", str(out)) for word in asked]
        try:
            done = subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=MAX_SECONDS,
                check=False,
            )
        except (OSError, ValueError) as error:
            raise StrokeError(f"cannot run {words[0]!r}: {error}") from None
        except subprocess.TimeoutExpired:
            raise StrokeError(f"{words[0]!r} took over {MAX_SECONDS:g} s") from None
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            line = f": {said[-1][:MAX_LINE]}" if said else ""
            raise StrokeError(f"{words[0]!r} failed with status {done.returncode}{line}")
        try:
            made, rate = soundfile.read(out, dtype="float32", always_2d=True)
        except (OSError, RuntimeError) as error:
            raise StrokeError(f"cannot read what {words[0]!r} wrote: {error}") from None
        if rate != sample_rate:
            raise StrokeError(f"{words[0]!r} must keep {sample_rate} Hz, got {rate} Hz")
        found: Made = np.ascontiguousarray(made.T)
        return found
