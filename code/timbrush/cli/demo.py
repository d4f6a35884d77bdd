"""``timbrush demo``: a bundled note and a stereo loop, painted, and what came of it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from timbrush.cli.options import Device, Force, Model

if TYPE_CHECKING:
    from timbrush.effect.model import Effect
    from timbrush.effect.stroke import Stroke

NOTE = "brass.flac"
PICTURE = "picture.png"
SECONDS, HERTZ = (1.0, 2.25), (400.0, 3000.0)
LOOP_SECONDS = (2.0, 4.0)
LOOP, BLURRED_LOOP = "loop.wav", "loop-blurred.wav"
STRENGTHS = (0.3, 0.6, 1.0)
SEED = 1


def demo(
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="Where to write.")
    ] = Path("demo"),
    model: Model = None,
    device: Device = "auto",
    force: Force = False,
) -> None:
    """Paint on a note and on a loop; write what there is to hear and to see.

    Example: timbrush demo -o demo
    """
    from timbrush.audio import files
    from timbrush.codec import codes
    from timbrush.effect.model import load

    _check(output, force)
    note = Path(__file__).parent.parent / "notes" / NOTE
    typer.echo(f"timbrush demo: {NOTE}, a real note of NSynth (Engel et al. 2017, CC BY 4.0)\n")
    with _arrow("load the model"):
        effect = load(model, device=device)
    with _arrow("sound file → samples"):
        sound = files.read(note)
    rate = sound.sample_rate
    canvas = effect.open(sound.samples, sample_rate=rate)
    strokes = [_stroke(list(effect.inpainters), strength) for strength in STRENGTHS]
    effect.decode(effect.encode(sound.samples, sample_rate=rate))  # warms up what is metered
    canvas.paint(strokes[-1])

    with _arrow("samples → codes"):
        encoded = effect.encode(sound.samples, sample_rate=rate)
    with _arrow("codes → samples, phases included"):
        restored = effect.decode(encoded)
    painted = []
    for stroke in strokes:
        with _arrow(f"stroke of strength {stroke.strength:g} → samples"):
            painted.append(canvas.paint(stroke))
            painted[-1].samples  # noqa: B018
    output.mkdir(parents=True, exist_ok=True)
    with _arrow("samples → files"):
        files.write(output / "original.wav", sound, force=force)
        reconstruction = replace(sound, samples=restored.reshape(sound.samples.shape))
        files.write(output / "reconstruction.wav", reconstruction, force=force)
        for result in painted:
            blurred = replace(sound, samples=result.samples)
            files.write(output / _name(result.strokes[-1]), blurred, force=force)
        codes.write(output / "note.codes", encoded, force=force)
        effect.edit(painted[-1].strokes).save(output / "strokes.json", force=force)
    loop = _paint_loop(effect, output, force)
    if _can_draw():
        from timbrush.cli.demo_picture import draw_stroke

        title = f"A stroke of strength 1 with {strokes[-1].inpainter}"
        picture = output / PICTURE
        with _arrow("samples → a picture"):
            draw_stroke(picture, effect, canvas, painted[-1], title=title, force=force)
    _tell(output, encoded, painted, loop)


def _names() -> list[str]:
    blurred = [f"blurred-{round(100 * strength)}.wav" for strength in STRENGTHS]
    sounds = ["original.wav", "reconstruction.wav", *blurred]
    pictures = [PICTURE] if _can_draw() else []
    return [*sounds, LOOP, BLURRED_LOOP, "note.codes", "strokes.json", *pictures]


def _can_draw() -> bool:
    return find_spec("matplotlib") is not None


def _name(stroke: "Stroke") -> str:
    return f"blurred-{round(100 * stroke.strength)}.wav"


def _check(output: Path, force: bool) -> None:
    """Refuse a folder whose files would be replaced, before any work is done for it."""
    from timbrush.errors import OutputError
    from timbrush.whole import check_writable

    if output.exists() and not output.is_dir():
        raise OutputError(f"{output} is no folder; name another place with -o")
    if output.is_dir():
        for name in _names():
            check_writable(output / name, force=force)


def _stroke(inpainters: list[str], strength: float) -> "Stroke":
    from timbrush.effect.stroke import Stroke
    from timbrush.inpainting import registry

    return Stroke(
        seconds=SECONDS,
        hertz=HERTZ,
        strength=strength,
        inpainter=registry.default(inpainters),
        seed=SEED,
    )


def _paint_loop(effect: "Effect", output: Path, force: bool) -> "Stroke":
    """Write the loop, and the loop whose second bar is redrawn; return the stroke."""
    from timbrush.audio import files
    from timbrush.cli import demo_loop
    from timbrush.effect.stroke import BOTH, Stroke
    from timbrush.inpainting import registry

    has_timbre = "timbre" in effect.codec.shape.names
    stroke = Stroke(
        seconds=LOOP_SECONDS,
        level="timbre" if has_timbre else BOTH,
        inpainter=registry.default(list(effect.inpainters)),
        seed=SEED,
    )
    samples, rate = demo_loop.render(), demo_loop.SAMPLE_RATE
    with _arrow("a stroke on a stereo loop → samples"):
        painted = effect.open(samples, sample_rate=rate).paint(stroke).samples
    for name, sound in ((LOOP, samples), (BLURRED_LOOP, painted)):
        files.write(output / name, files.Sound(sound, rate), force=force)
    return stroke


def _command() -> str:
    """Return what to type for ``timbrush``, which need not be on the path."""
    from shutil import which

    called = Path(sys.argv[0])
    is_off_the_path = called.stem == "timbrush" and which("timbrush") is None
    return str(called) if is_off_the_path else "timbrush"


@contextmanager
def _arrow(what: str) -> Iterator[None]:
    """Meter one arrow of the data flow and print a line about it."""
    from timbrush.cli.costs import cost
    from timbrush.energy import Meter

    with Meter() as meter:
        yield
    typer.echo(f"  {what:<36}{cost(meter.reading)}")


def _tell(output: Path, encoded: Any, painted: list[Any], loop: "Stroke") -> None:
    stroke, report = painted[-1].strokes[-1], painted[-1].reports[-1]
    shares = ", ".join(f"{result.reports[-1].share_changed:.0%}" for result in painted)
    bits = 8 * (output / "note.codes").stat().st_size / encoded.seconds
    lines = [
        "",
        f"The note as codes takes {bits:.0f} bits a second (note.codes, header included).",
        f"Painted: {SECONDS[0]:g} to {SECONDS[1]:g} s, {HERTZ[0]:g} to {HERTZ[1]:g} Hz, with "
        f"{stroke.inpainter}, seed {stroke.seed}; {shares} of the cells changed.",
        f"Before {report.seconds[0]:.2f} s and after {report.seconds[1]:.2f} s every sample is "
        "as it was, bit for bit.",
        "",
        f"Listen and look in {output}:",
        "  original.wav         the note",
        "  reconstruction.wav   what the codes alone make of it",
        *(
            f"  {_name(result.strokes[-1]):<20} the zone redrawn at strength "
            f"{result.strokes[-1].strength:g}"
            for result in painted
        ),
        f"  {LOOP:<20} a stereo loop at 44.1 kHz, two bars",
        f"  {BLURRED_LOOP:<20} its second bar redrawn, level {loop.level}",
        f"  {PICTURE}          before and after, the zone outlined"
        if _can_draw()
        else f"  no {PICTURE}: it needs matplotlib; pip install 'timbrush[picture]'",
        "  strokes.json         the edit; timbrush replay paints it on any sound",
        "",
        "Next, paint with the mouse; drop one of these files, or your own, on the page:",
        f"  {_command()} serve --open",
    ]
    typer.echo("\n".join(lines))
