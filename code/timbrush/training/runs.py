"""A run file to the training that it asks for."""

import tomllib
from pathlib import Path
from typing import Any

from timbrush.config import read_toml

INPAINTERS = {"naive_bayes", "lstm", "transformer"}
"""Sections that ask for an inpainter."""


def train(path: Path, *, resume: bool = False, device: str = "cpu") -> dict[str, Any]:
    """Train what a run file describes; its sections tell what that is.

    ``[digits]`` is the test bench on MNIST, ``[naive_bayes]``, ``[lstm]`` and ``[transformer]``
    are inpainters, anything else is a codec.

    Returns:
        The record of the run.

    Raises:
        ConfigError: If the file cannot be read or does not fit, or if the output folder and
            ``resume`` contradict each other.
        DatasetError: If the examples cannot be read.
    """
    sections = _sections(path)
    if "digits" in sections:
        from timbrush.training import train_mnist

        config = read_toml(path, train_mnist.MnistRunConfig)
        return train_mnist.train(config, resume=resume, device=device)
    if sections & INPAINTERS:
        from timbrush.training import inpainter_run, train_inpainter

        run = read_toml(path, inpainter_run.InpainterRunConfig)
        return train_inpainter.train(run, resume=resume, device=device)
    from timbrush.training import train_codec

    codec = read_toml(path, train_codec.CodecRunConfig)
    return train_codec.train(codec, resume=resume, device=device)


def _sections(path: Path) -> set[str]:
    """Answer the names of the file's sections; none if it cannot be read, as is said later."""
    try:
        return set(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return set()
