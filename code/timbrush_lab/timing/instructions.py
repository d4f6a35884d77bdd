"""Count the instructions of a stroke: a cost that no busy neighbour and no clock changes."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from timbrush.errors import ConfigError

TOOL = "valgrind"
PROGRAM = """
import os, subprocess, sys
import torch
from timbrush.audio import files
from timbrush.effect.model import load
from timbrush_lab.strokes import paint_quarters

torch.set_num_threads(1)
model, path, inpainter = sys.argv[1:]
paint = paint_quarters(load(model), files.read(path), [inpainter])[inpainter]
paint()

def count(switch):
    subprocess.run(["callgrind_control", "-i", switch, str(os.getpid())], check=True)

count("on")
paint()
count("off")
"""
"""What is counted is a second stroke, warm, on one thread."""


def count_instructions(model: str, sound: Path, inpainter: str) -> int:
    """Return the instructions that a quarter stroke takes, warm, on one thread.

    Valgrind reads each instruction of an imagined processor with AVX2, so the count is the same
    on a machine that knows more, or is busy; a minute and more goes by for each stroke.

    Args:
        model: Name or path.
        sound: What is painted on.
        inpainter: What redraws.

    Raises:
        ConfigError: If Valgrind is not installed, or the program failed under it.
    """
    if shutil.which(TOOL) is None:
        raise ConfigError(
            f"instructions are counted by {TOOL}, which is not installed here; "
            f"apt-get install {TOOL} brings it"
        )
    with TemporaryDirectory() as folder:
        counts = Path(folder) / "counts"
        ended = subprocess.run(
            [
                TOOL,
                "--tool=callgrind",
                "--instr-atstart=no",
                f"--callgrind-out-file={counts}",
                sys.executable,
                "-c",
                PROGRAM,
                model,
                str(sound.resolve()),
                inpainter,
            ],
            capture_output=True,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            check=False,
        )
        if ended.returncode or not counts.exists():
            said = ended.stderr.strip().splitlines()[-1:] or ["nothing was said"]
            raise ConfigError(f"a stroke under {TOOL} ended with {ended.returncode}: {said[0]}")
        return read_total(counts.read_text())


def read_total(counts: str) -> int:
    """Return the sum of a file that Callgrind wrote.

    Raises:
        ConfigError: If it has none.
    """
    found = re.findall(r"^(?:summary|totals): (\d+)", counts, flags=re.MULTILINE)
    if not found:
        raise ConfigError("expected a line of totals in what Callgrind wrote, found none")
    return max(int(total) for total in found)
