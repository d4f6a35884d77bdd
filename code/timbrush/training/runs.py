"""Read a run file and train what it describes."""

from pathlib import Path
from typing import Any

from timbrush.config import from_dict, read_sections

INPAINTERS = {"naive_bayes", "lstm", "transformer"}
"""Sections that ask for an inpainter."""


def train(path: Path, *, resume: bool = False, device: str = "cpu") -> dict[str, Any]:
    """Train what a run file describes; its sections say what that is.

    ``[naive_bayes]``, ``[lstm]`` and ``[transformer]`` are inpainters, ``[rhythm_timbre]`` is
    the codec of rhythm and timbre, all else is the VQ-VAE-2.

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
    if "rhythm_timbre" in sections:
        from timbrush.training.codec.rhythm_timbre import task as rhythm_timbre
        from timbrush.training.codec.rhythm_timbre.config import RhythmTimbreRunConfig

        wide = from_dict(RhythmTimbreRunConfig, sections, where=path.name)
        return rhythm_timbre.train(wide, resume=resume, device=device)
    from timbrush.training.codec.vqvae2 import task
    from timbrush.training.codec.vqvae2.config import CodecRunConfig

    codec = from_dict(CodecRunConfig, sections, where=path.name)
    return task.train(codec, resume=resume, device=device)
