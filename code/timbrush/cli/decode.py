"""``timbrush decode``: codes files to sounds."""

import sys
from functools import cache
from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Device, Force, Model, Output


def decode(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A codes file, a folder, or -.")],
    output: Output,
    model: Model = None,
    device: Device = "auto",
    force: Force = False,
) -> None:
    """Make a sound of codes, or a WAV of every codes file of a folder.

    What is louder than full scale is kept as floats where the kind of file has them.

    Example: timbrush decode note.codes -o note.wav
    """
    import numpy as np

    from timbrush.audio import containers, files
    from timbrush.cli.costs import metered
    from timbrush.cli.folders import convert, pair_files, write_sound
    from timbrush.codec import codes
    from timbrush.effect.model import Effect, load

    pairs = pair_files(
        source,
        output,
        find=lambda folder: sorted(folder.rglob("*.codes")),
        suffix=".wav",
        force=force,
    )
    containers.check_suffixes(target for _, target in pairs)

    @cache
    def effect_of(fingerprint: str) -> Effect:
        return load(model, device=device, made_by=fingerprint)

    def restore(path: Path, target: Path) -> None:
        if str(path) == "-":
            files.check_open(sys.stdin, "input")
            encoded = codes.unpack(codes.read_bytes(sys.stdin.buffer.read))
        else:
            encoded = codes.read(path)
        effect = effect_of(encoded.fingerprint)
        samples = np.atleast_2d(effect.decode(encoded))
        subtype = "FLOAT" if np.abs(samples).max() > 1 else "PCM_16"
        write_sound(target, files.Sound(samples, encoded.sample_rate, subtype), force=force)

    with metered("decode"):
        convert(pairs, "decoding", restore)
