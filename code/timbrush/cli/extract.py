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

    Killed at any moment, it goes on where it was. By several processes, on any machines that
    share a disk: torchrun --nproc-per-node 4 --no-python timbrush extract DATA -o FILE

    Example: timbrush extract data/nsynth-train -o runs/train-codemaps.safetensors
    """
    from timbrush.cli.costs import leave_out, metered, record_beside
    from timbrush.datasets import codemaps
    from timbrush.datasets.folder import open_sounds
    from timbrush.effect.model import choose_device, load
    from timbrush.terminal import bar, remark
    from timbrush.training.inpainters import extraction
    from timbrush.training.loop import processes

    record = record_beside(output, force=force)
    with processes.joined(choose_device(device)) as own_device:
        effect = load(model, device=own_device)
        sounds = open_sounds(data, sample_rate=effect.spectrogram.sample_rate)
        shards = output.with_suffix(f".{effect.fingerprint}-{len(sounds)}.shards")
        with metered("extract", record=record), bar("extracting") as progress:
            found = extraction.extract(
                effect, sounds, shards, progress=progress, leave_out=leave_out
            )
            if found is not None:
                codemaps.write(output, found, force=force)
        if found is not None:
            remark(f"{len(found)} sounds with codec {effect.fingerprint}")
