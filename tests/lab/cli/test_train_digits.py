"""``timbrush-lab train-digits``: one run, gone on with, and in two processes."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from command_line import torchrun

Run = Callable[..., Any]


def test_a_run_file_trains_and_goes_on(run: Run, digits_run: Callable[..., Path]) -> None:
    path = digits_run()

    first = run("train-digits", path, "--device", "cpu")
    again = run("train-digits", path, "--resume", "--device", "cpu")
    refused = run("train-digits", path, "--device", "cpu", code=1)

    assert json.loads(first.stdout)["steps"] == json.loads(again.stdout)["steps"] == 2
    assert "seed 0" in first.stderr and " J" in first.stderr
    assert refused.stderr.splitlines()[-1].startswith("Error: ")


def test_two_processes_of_torchrun_train_one_model(
    digits_run: Callable[..., Path], tmp_path: Path
) -> None:
    program = (sys.executable, "-c", "from timbrush_lab.cli.start import main; main()")
    errors = []
    for n_processes in (1, 2):
        path, out = digits_run(str(n_processes)), tmp_path / str(n_processes)
        told = torchrun(n_processes, *program, "train-digits", path, "--device", "cpu")
        assert json.loads(told)["steps"] == 2, "one process tells"
        errors.append(json.loads((out / "record.json").read_text())["history"][-1]["error"])
    assert errors[0] != errors[1], "the second process's digits count"
