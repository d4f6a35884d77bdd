"""A training by two machines, played by two network namespaces (root: pytest -m namespaces)."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

PROGRAM = "from timbrush_lab.cli.start import main; main()"
ADDRESSES = ("10.231.0.1", "10.231.0.2")

pytestmark = pytest.mark.namespaces


@pytest.fixture
def machines() -> Iterator[tuple[str, str]]:
    """Two namespaces of the network, joined by a cable; they share this machine's disk."""
    names = (f"tb{os.getpid()}a", f"tb{os.getpid()}b")
    try:
        for name in names:
            _ip("netns", "add", name)
        _ip("link", "add", "tb0", "netns", names[0], "type", "veth", "peer", "tb0",
            "netns", names[1])  # fmt: skip
        for name, address in zip(names, ADDRESSES, strict=True):
            _ip("-n", name, "addr", "add", f"{address}/24", "dev", "tb0")
            for device in ("tb0", "lo"):
                _ip("-n", name, "link", "set", device, "up")
        yield names
    finally:
        for name in names:
            with suppress(subprocess.CalledProcessError):
                _ip("netns", "del", name)


def test_a_run_of_two_machines_goes_on_after_both_were_killed(
    machines: tuple[str, str], digits_run: Callable[..., Path], tmp_path: Path
) -> None:
    path, state = digits_run(n_steps=60), tmp_path / "out"

    started = [_start(name, rank, path) for rank, name in enumerate(machines)]
    _wait_for(lambda: any(state.glob("*state*")), started[0])
    _end(started[1])
    _end(started[0])
    resumed = [_start(name, rank, path, "--resume") for rank, name in enumerate(machines)]
    told, remarks = resumed[0].communicate(timeout=120)
    resumed[1].communicate(timeout=60)

    assert [process.returncode for process in resumed] == [0, 0], remarks
    assert "going on from step" in remarks
    assert json.loads(told.splitlines()[-1])["steps"] == 60


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def _start(machine: str, rank: int, path: Path, *options: str) -> "subprocess.Popen[str]":
    command: list[Any] = ["ip", "netns", "exec", machine, sys.executable]
    command += ["-m", "torch.distributed.run", "--nnodes", "2", "--node-rank", str(rank)]
    command += ["--master-addr", ADDRESSES[0], "--master-port", "29731", "--no-python"]
    command += [sys.executable, "-c", PROGRAM, "train-digits", path, "--device", "cpu"]
    return subprocess.Popen(
        [*map(str, command), *options],
        env={**os.environ, "GLOO_SOCKET_IFNAME": "tb0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _wait_for(happens: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    end = time.monotonic() + 90
    while not happens():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < end, "no state was written"
        time.sleep(0.05)


def _end(process: "subprocess.Popen[str]") -> None:
    """End a machine's processes as if its plug were pulled."""
    workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.kill()
    for worker in workers:  # each is a session of its own
        with suppress(ProcessLookupError):
            os.kill(int(worker), 9)
    process.communicate(timeout=60)
