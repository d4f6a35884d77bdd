"""``timbrush blur``: one stroke over a sound, or over every sound of a folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from timbrush.cli.options import Device, Force, Jobs, Model, Output, Record

if TYPE_CHECKING:
    from timbrush.effect.zone.shapes import Shape


def blur(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A sound, a folder, or -.")],
    output: Output,
    seconds: Annotated[
        tuple[float, float] | None,
        typer.Option(metavar="A B", help="From and to; left out, the whole sound."),
    ] = None,
    hertz: Annotated[
        tuple[float, float] | None,
        typer.Option(metavar="A B", help="From and to; left out, the model's whole band."),
    ] = None,
    mask: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Only where this PNG is white, or this NPZ is not 0."
        ),
    ] = None,
    part: Annotated[
        str | None,
        typer.Option(metavar="tonal|transient", help="Only what lasts, or only what strikes."),
    ] = None,
    strength: Annotated[
        float, typer.Option(help="0 changes nothing, 1 redraws every cell of the zone.")
    ] = 1.0,
    radius: Annotated[float, typer.Option(help="How far a cell looks, 0.5 to 2 cells.")] = 1.0,
    repeat: Annotated[int, typer.Option(help="How often the stroke is applied.")] = 1,
    softness: Annotated[
        float, typer.Option(help="0 is equally strong everywhere, 1 falls off from the middle.")
    ] = 0.0,
    level: Annotated[
        str, typer.Option(help="both, or one: rhythm, timbre (notes: coarse, fine).")
    ] = "both",
    gain: Annotated[
        float | None,
        typer.Option(metavar="DB", help="Turn the zone up or down instead; -120 is silence."),
    ] = None,
    fade: Annotated[
        str | None, typer.Option(metavar="in|out", help="Fade the zone in or out instead.")
    ] = None,
    copy_from: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Put what begins there into the zone instead."),
    ] = None,
    process: Annotated[
        str | None,
        typer.Option(
            metavar="COMMAND",
            help="Send the zone through a program instead: 'COMMAND {in} {out}'.",
        ),
    ] = None,
    channels: Annotated[
        str, typer.Option(help="all; or left, right, mid, side of a sound of two.")
    ] = "all",
    inpainter: Annotated[str, typer.Option(help="What redraws the codes.")] = "naive-bayes",
    temperature: Annotated[
        float, typer.Option(help="0 takes the likeliest code, 1 draws as learned.")
    ] = 1.0,
    top_k: Annotated[int, typer.Option(help="Draw among so many codes; 0 for all.")] = 0,
    top_p: Annotated[
        float, typer.Option(help="Draw among the likeliest codes that hold this share.")
    ] = 1.0,
    pitch: Annotated[
        int | None, typer.Option(help="MIDI note to redraw as, where the inpainter takes one.")
    ] = None,
    family: Annotated[
        str | None, typer.Option(help="Instrument to redraw as, where the inpainter takes one.")
    ] = None,
    guidance: Annotated[
        float, typer.Option(help="How much pitch and family count; 0 is not at all.")
    ] = 2.0,
    keep_level: Annotated[
        float, typer.Option(help="Loudness of each band: 0 lets it go, 1 keeps it.")
    ] = 1.0,
    keep_rhythm: Annotated[
        float, typer.Option(help="Envelope of each band: at 1, every hit stays in its place.")
    ] = 1.0,
    keep_width: Annotated[
        float, typer.Option(help="Levels and phases of the channels beside each other.")
    ] = 1.0,
    keep_band: Annotated[
        float, typer.Option(help="Let what lies above the model's band follow the zone.")
    ] = 1.0,
    seed: Annotated[
        int | None, typer.Option(help="Start of the randomness; left out, drawn and printed.")
    ] = None,
    model: Model = None,
    device: Device = "auto",
    strokes_out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Save the edit for `timbrush replay`."),
    ] = None,
    record: Record = None,
    jobs: Jobs = 1,
    force: Force = False,
) -> None:
    """Redraw a zone of a sound, or do something else to it, and leave the rest alone.

    Example: timbrush blur note.wav -o blurred.wav --seconds 0.5 1.5 --hertz 200 2000 --seed 1
    """
    from timbrush import seeds
    from timbrush.audio import containers
    from timbrush.cli.costs import metered
    from timbrush.cli.folders import (
        check_beside,
        convert,
        find_and_tell,
        pair_files,
        warn_of_loss,
    )
    from timbrush.cli.painting import Painting, load_once
    from timbrush.effect.actions.actions import Copy, Fade, Gain, Process
    from timbrush.effect.stroke import Stroke
    from timbrush.errors import StrokeError
    from timbrush.terminal import remark

    asked = [
        Gain(decibels=gain) if gain is not None else None,
        Fade(direction=fade) if fade is not None else None,
        Copy(seconds=copy_from) if copy_from is not None else None,
        Process(command=process) if process is not None else None,
    ]
    chosen = [action for action in asked if action]
    if len(chosen) > 1:
        raise StrokeError(
            "a stroke does one thing: give only one of --gain, --fade, --copy-from, --process"
        )
    stroke = Stroke(
        zone=_shapes(mask, part, seconds, hertz),
        action=chosen[0] if chosen else None,
        channels=channels,
        seconds=seconds,
        hertz=hertz,
        strength=strength,
        radius=radius,
        repeat=repeat,
        softness=softness,
        level=level,
        inpainter=inpainter,
        temperature=temperature,
        top_k=top_k,
        top_p=top_p,
        pitch=pitch,
        family=family,
        guidance=guidance,
        keep_level=keep_level,
        keep_rhythm=keep_rhythm,
        keep_width=keep_width,
        keep_band=keep_band,
        seed=seeds.draw_seed() if seed is None else seed,
    )
    pairs = pair_files(source, output, find=find_and_tell, force=force)
    containers.check_suffixes(target for _, target in pairs)
    check_beside(pairs, strokes_out, record, force=force)
    effect = load_once(model, device=device)
    paint = Painting(
        strokes=(stroke,),
        model=model,
        device=device,
        force=force,
        is_one_of_many=source.is_dir(),
        allow_commands=process is not None,
    )

    remark(f"seed {stroke.seed}")
    warn_of_loss(pairs)
    with metered("blur", record=record, seed=stroke.seed):
        convert(pairs, "blurring", paint, jobs=jobs)
    if strokes_out is not None:
        effect.edit([stroke]).save(strokes_out, force=force)


def _shapes(
    mask: Path | None,
    part: str | None,
    seconds: tuple[float, float] | None,
    hertz: tuple[float, float] | None,
) -> "tuple[Shape, ...]":
    from timbrush.effect.zone.mask import Mask
    from timbrush.effect.zone.shapes import Part
    from timbrush.errors import StrokeError

    shapes: list[Shape] = []
    if mask is not None:
        if seconds is None or hertz is None:
            raise StrokeError("--mask is stretched over a box: give --seconds and --hertz too")
        shapes.append(Mask.of_file(mask, seconds=seconds, hertz=hertz))
    if part is not None:
        shapes.append(Part(part=part, mode="intersect"))
    return tuple(shapes)
