"""Read a run file and train what it describes."""

from pathlib import Path
from typing import Any

from timbrush.config import from_dict, read_sections

INPAINTERS = {"naive_bayes", "lstm", "transformer"}
"""Sections that ask for an inpainter."""


def train(path: Path, *, resume: bool = False, device: str = "cpu") -> dict[str, Any]:
    """Train what a run file describes; its sections say what that is.

    ``[naive_bayes]``, ``[lstm]`` and ``[transformer]`` are inpainters, all else is a codec.

    Returns:
        The record of the run.

    Raises:
        ConfigError: If the file cannot be read or does not fit, or if the output folder and
            ``resume`` contradict each other.
        DatasetError: If the examples cannot be read.
    """
    sections = read_sections(path)
    if sections.keys() & INPAINTERS:
        from timbrush.training.inpainters import run
        from timbrush.training.inpainters.config import InpainterRunConfig

        inpainter = from_dict(InpainterRunConfig, sections, where=path.name)
        return run.train(inpainter, resume=resume, device=device)
    from timbrush.training.codec import task
    from timbrush.training.codec.config import CodecRunConfig

    codec = from_dict(CodecRunConfig, sections, where=path.name)
    return task.train(codec, resume=resume, device=device)
