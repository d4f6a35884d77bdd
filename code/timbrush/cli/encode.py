"""``timbrush encode``: sounds to codes files."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Device, Force, Model, Output


def encode(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A sound, a folder, or -.")],
    output: Output,
    model: Model = None,
    device: Device = "auto",
    force: Force = False,
) -> None:
    """Write the codes of a sound, or of every sound of a folder.

    Example: timbrush encode note.wav -o note.codes
    """
    from timbrush.audio import files
    from timbrush.cli.costs import metered
    from timbrush.cli.folders import convert, find_and_tell, pair_files, read_sound
    from timbrush.codec import codes
    from timbrush.effect.model import load

    pairs = pair_files(source, output, find=find_and_tell, suffix=".codes", force=force)
    effect = load(model, device=device)

    def write_codes(path: Path, target: Path) -> None:
        sound = read_sound(path)
        encoded = effect.encode(
            sound.samples, sample_rate=sound.sample_rate, n_channels=sound.n_channels
        )
        if str(target) == "-":
            files.check_open(sys.stdout, "output")
            sys.stdout.buffer.write(codes.pack(encoded))
            sys.stdout.buffer.flush()
        else:
            codes.write(target, encoded, force=force)

    with metered("encode"):
        convert(pairs, "encoding", write_codes)
