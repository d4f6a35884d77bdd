"""``timbrush train``: a run file to a trained model."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from timbrush.cli.options import Device


def train(
    run: Annotated[Path, typer.Argument(metavar="RUN.toml", help="Says all about the run.")],
    resume: Annotated[bool, typer.Option("--resume", help="Go on where it ended.")] = False,
    device: Device = "auto",
) -> None:
    """Train a model as a run file says; killed at any moment, it can be resumed.

    On several graphics cards: torchrun --nproc-per-node 4 --no-python timbrush train RUN.toml

    Example: timbrush train experiments/own-codec.toml
    """
    from timbrush.training import runs

    train_and_tell(lambda chosen: runs.train(run, resume=resume, device=chosen), device)


def train_and_tell(begin: Callable[[str], dict[str, Any]], device: str) -> None:
    """Train, in each process that torchrun started, and print how it ended.

    Args:
        begin: Trains on the device that it is given, and returns the record of the run.
        device: ``auto`` or the name of a device.
    """
    import json

    from timbrush.effect.model import choose_device
    from timbrush.terminal import remark
    from timbrush.training.loop import processes

    with processes.joined(choose_device(device)) as own_device:
        record = begin(own_device)
        if processes.rank() > 0:
            return
    last = record["history"][-1] if record["history"] else {}
    typer.echo(json.dumps({"steps": record["steps"], **last}))
    remark(f"seed {record['seed']}")
    cost = f"{record['seconds']:.1f} s, {record['joules']:.3g} J"
    remark(f"train: {cost} ({record['energy_source']})")
