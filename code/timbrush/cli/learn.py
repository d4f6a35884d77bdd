"""``timbrush learn``: an inpainter of the user's own sounds."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from timbrush.cli.options import Device, Force, Model, Output

if TYPE_CHECKING:
    from timbrush.tensors import Codemaps


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

    By several processes: torchrun --nproc-per-node 4 --no-python timbrush learn FOLDER -o FILE

    Example: timbrush learn samples -o my.model
    """
    import torch

    from timbrush.checkpoints import save_inpainter
    from timbrush.cli.costs import leave_out, metered, record_beside
    from timbrush.datasets.codemaps import NONE_READ
    from timbrush.datasets.folder import open_sounds
    from timbrush.effect.model import choose_device, load
    from timbrush.errors import CheckpointError, DatasetError
    from timbrush.inpainting.counting import personal
    from timbrush.inpainting.counting.naive_bayes import NaiveBayes
    from timbrush.terminal import bar, remark
    from timbrush.training.inpainters.extraction import encoded
    from timbrush.training.loop import processes

    record = record_beside(output, force=force)
    with processes.joined(choose_device(device)) as own_device:
        effect = load(model, device=own_device)
        shipped = effect.inpainters.get("naive-bayes")
        if not isinstance(shipped, NaiveBayes):
            raise CheckpointError(
                "this model has no naive-bayes to mix with; name another --model"
            )
        sounds = open_sounds(folder, sample_rate=effect.spectrogram.sample_rate)
        n_sounds = torch.zeros(1, dtype=torch.long)
        with metered("learn", record=record), bar("learning") as progress:
            own = processes.share(range(len(sounds)))
            found = encoded(effect, sounds, own, progress=progress, leave_out=leave_out)

            def batches() -> Iterator["Codemaps"]:
                for _, one in found:
                    n_sounds.add_(1)
                    yield one.codemaps

            try:
                mixture = personal.learn(
                    batches(), shipped, weight=weight, add_up=processes.add_up
                )
            except DatasetError:  # it speaks of codemaps, which a user has never seen
                raise DatasetError(NONE_READ) from None
            processes.add_up(n_sounds)
            if processes.rank() == 0:
                extra = {"learned": {"n_sounds": int(n_sounds)}}
                save_inpainter(output, mixture, codec=effect.fingerprint, extra=extra)
        if processes.rank() == 0:
            remark(f"{int(n_sounds)} sounds; paint with --inpainter personal --model {output}")
