"""``timbrush extract``: the codemaps of a data set, for training inpainters."""

from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Device, Force, Model, Output


def extract(
    data: Annotated[
        Path, typer.Argument(metavar="DATA", help="NSynth's layout, or any folder of sounds.")
    ],
    output: Output,
    model: Model = None,
    device: Device = "auto",
    force: Force = False,
) -> None:
    """Write the codemaps of a data set to one file, and beside it a record of its energy.

    Example: timbrush extract data/nsynth-train -o runs/train-codemaps.safetensors
    """
    from timbrush.cli.costs import leave_out, metered, record_beside
    from timbrush.datasets import codemaps
    from timbrush.datasets.folder import open_sounds
    from timbrush.effect.model import load
    from timbrush.terminal import bar, remark
    from timbrush.training.inpainters import extraction

    record = record_beside(output, force=force)
    effect = load(model, device=device)
    sounds = open_sounds(data, sample_rate=effect.spectrogram.sample_rate)
    with metered("extract", record=record), bar("extracting") as progress:
        codemap_set = extraction.extract(effect, sounds, progress=progress, leave_out=leave_out)
        codemaps.write(output, codemap_set, force=force)
    remark(f"{len(codemap_set)} sounds with codec {effect.fingerprint}")
