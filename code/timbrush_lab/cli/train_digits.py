"""Train a VQ-VAE of handwritten digits as a run file says."""

from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Device


def train_digits(
    path: Annotated[Path, typer.Argument(metavar="RUN.toml", help="Says all about the run.")],
    resume: Annotated[bool, typer.Option("--resume", help="Go on where it ended.")] = False,
    device: Device = "auto",
) -> None:
    """Train a VQ-VAE of digits as a run file says; killed at any moment, it can be resumed.

    Example: timbrush-lab train-digits experiments/mnist.toml
    """
    from timbrush.cli.train import train_and_tell
    from timbrush.config import read_toml
    from timbrush_lab.digits.training import MnistRunConfig, train

    config = read_toml(path, MnistRunConfig)
    train_and_tell(lambda chosen: train(config, resume=resume, device=chosen), device)
