"""``timbrush learn``: an inpainter of the user's own sounds."""

from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Device, Force, Model, Output


def learn(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Sounds to learn from.")],
    output: Output,
    weight: Annotated[
        float, typer.Option(help="Share of these sounds against the bundled statistics.")
    ] = 0.8,
    model: Model = None,
    device: Device = "auto",
    force: Force = False,
) -> None:
    """Learn how your own sounds go, to paint with `--inpainter personal --model my.model`.

    Example: timbrush learn samples -o my.model
    """
    from timbrush.checkpoints import save_inpainter
    from timbrush.cli.costs import leave_out, metered, record_beside
    from timbrush.datasets.folder import open_sounds
    from timbrush.effect.model import load
    from timbrush.errors import CheckpointError
    from timbrush.inpainting.counting import personal
    from timbrush.inpainting.counting.naive_bayes import NaiveBayes
    from timbrush.terminal import bar, remark
    from timbrush.training.inpainters.extraction import extract

    record = record_beside(output, force=force)
    effect = load(model, device=device)
    shipped = effect.inpainters.get("naive-bayes")
    if not isinstance(shipped, NaiveBayes):
        raise CheckpointError("this model has no naive-bayes to mix with; name another --model")
    sounds = open_sounds(folder, sample_rate=effect.spectrogram.sample_rate)
    with metered("learn", record=record), bar("learning") as progress:
        codemaps = extract(effect, sounds, progress=progress, leave_out=leave_out)
        batches = (codemaps[index].codemaps for index in range(len(codemaps)))
        mixture = personal.learn(batches, shipped, weight=weight)
        extra = {"learned": {"n_sounds": len(codemaps)}}
        save_inpainter(output, mixture, codec=effect.fingerprint, extra=extra)
    remark(f"{len(codemaps)} sounds; paint with --inpainter personal --model {output}")
