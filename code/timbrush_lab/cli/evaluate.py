"""The group of commands that measure codecs, strokes, quantizers and inpainters."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from timbrush.cli.options import Device, Force, Model
from timbrush.terminal import remark
from timbrush_lab.cli.codec import codec
from timbrush_lab.cli.controls import controls
from timbrush_lab.cli.defaults import defaults
from timbrush_lab.cli.instructions import instructions
from timbrush_lab.cli.memory import memory
from timbrush_lab.cli.one_level import one_level
from timbrush_lab.cli.output import RecordFile, check_output, picture_beside, put_out
from timbrush_lab.cli.representation import representation
from timbrush_lab.cli.scale import scale
from timbrush_lab.cli.strokes_kept import strokes_kept
from timbrush_lab.cli.telling import telling
from timbrush_lab.cli.track import tracker

evaluate = typer.Typer(
    help="Measure a model, and print what was found as JSON.\n\n"
    "Example: timbrush-lab evaluate codec my-sounds/",
    no_args_is_help=True,
)

Data = Annotated[
    Path,
    typer.Option("--data", metavar="DIR", help="NSynth's layout, or any folder of sounds."),
]


evaluate.command()(codec)
evaluate.command()(representation)
evaluate.command()(strokes_kept)
evaluate.command()(one_level)
evaluate.command()(controls)
evaluate.command()(defaults)
evaluate.command()(telling)
evaluate.command()(memory)
evaluate.command()(scale)
evaluate.command()(instructions)


@evaluate.command()
def notes_codec(
    data: Data,
    model: Model = None,
    limit: Annotated[int, typer.Option(min=0, help="Sounds, evenly spread; 0 for all.")] = 0,
    pitch: Annotated[bool, typer.Option(help="Track pitches (needs librosa).")] = True,
    ceilings: Annotated[bool, typer.Option(help="Restore by other means too.")] = True,
    output: RecordFile = None,
    force: Force = False,
    device: Device = "auto",
) -> None:
    """Send notes through a codec and back: distances, pitch, bits, time, locality.

    Example: timbrush-lab evaluate notes-codec --data data/nsynth-valid --limit 50
    """
    from timbrush.datasets.folder import open_sounds
    from timbrush.effect.model import load
    from timbrush.energy import Meter
    from timbrush_lab.codec.restoring import evaluate_sounds
    from timbrush_lab.codec.speed import measure_codec
    from timbrush_lab.codec.summary import spread, summarize
    from timbrush_lab.codec.worst import draw_worst

    check_output(output, force=force, picture=True)
    effect = load(model, device=device)
    sounds = open_sounds(data, sample_rate=effect.spectrogram.sample_rate)
    chosen = spread(len(sounds), limit)
    with Meter() as meter:
        found = [
            result
            for index in tracker("evaluating")(chosen)
            for result in evaluate_sounds(
                effect, [sounds[index]], with_pitch=pitch, with_ceilings=ceilings
            )
        ]
        values = summarize(found, effect.codec) | measure_codec(effect, sounds)
        if output is not None:
            draw_worst(picture_beside(output), effect, sounds, chosen, found)
    values = {"model": effect.fingerprint, "data": data.name} | values
    put_out(values, meter.reading, output, what="evaluation of a codec")


@evaluate.command()
def strokes(
    sound: Annotated[Path, typer.Argument(metavar="SOUND", help="Four seconds, to compare.")],
    model: Model = None,
    inpainter: Annotated[str, typer.Option(help="Whose stroke is drawn.")] = "naive-bayes",
    beside: Annotated[
        str | None,
        typer.Option(metavar="NAME|PATH", help="A model to compare with, in turns."),
    ] = None,
    output: RecordFile = None,
    force: Force = False,
    device: Device = "auto",
) -> None:
    """Meter a stroke over a quarter of a sound with each inpainter.

    Example: timbrush-lab evaluate strokes note.wav
    """
    from timbrush.audio import files
    from timbrush.effect.model import load
    from timbrush.energy import Meter
    from timbrush_lab.strokes import measure_beside, measure_strokes, show_stroke

    check_output(output, force=force, picture=True)
    effect, painted = load(model, device=device), files.read(sound)
    with Meter() as meter:
        values: dict[str, Any] = {"model": effect.fingerprint}
        values |= measure_strokes(effect, painted, track=tracker("timing"))
        if beside is not None:
            other = load(beside, device=device)
            values["beside"] = {
                "model": other.fingerprint,
                **measure_beside(effect, other, painted),
            }
        if output is not None:
            show_stroke(picture_beside(output), effect, painted, inpainter)
    put_out(values, meter.reading, output, what="cost of a stroke")


@evaluate.command()
def phase(
    data: Data,
    model: Model = None,
    limit: Annotated[int, typer.Option(min=0, help="Sounds, evenly spread; 0 for all.")] = 24,
    output: RecordFile = None,
    force: Force = False,
) -> None:
    """Find phases in every way for true magnitudes of sounds and for the codec's.

    Example: timbrush-lab evaluate phase --data data/nsynth-valid
    """
    from timbrush.datasets.folder import open_sounds
    from timbrush.effect.model import load
    from timbrush.energy import Meter
    from timbrush_lab.codec.summary import spread
    from timbrush_lab.phases import compare_phases

    check_output(output, force=force)
    effect = load(model)
    config = effect.spectrogram
    sounds = open_sounds(data, sample_rate=config.sample_rate)
    waveforms = [sounds[index].waveform for index in spread(len(sounds), limit)]
    with Meter() as meter:
        found = compare_phases(waveforms, effect.codec, config, track=tracker("comparing"))
    values = {
        "model": effect.fingerprint,
        "data": data.name,
        "n_sounds": len(waveforms),
        "methods": [asdict(result) for result in found],
    }
    put_out(values, meter.reading, output, what="ways to find phases")


@evaluate.command()
def inpainters(
    data: Data,
    model: Model = None,
    limit: Annotated[int, typer.Option(min=0, help="Sounds, evenly spread; 0 for all.")] = 108,
    judge: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Labelled sounds, to judge what is redrawn as what."),
    ] = None,
    output: RecordFile = None,
    force: Force = False,
    device: Device = "auto",
) -> None:
    """Judge every inpainter on held-out sounds: bits per code, accuracy, distances, cost.

    Example: timbrush-lab evaluate inpainters --data data/nsynth-valid --judge data/nsynth-train
    """
    from timbrush.audio.files import Sound
    from timbrush.datasets.folder import open_sounds
    from timbrush.effect.model import load
    from timbrush.energy import Meter
    from timbrush_lab.codec.summary import spread
    from timbrush_lab.inpainters.scores import evaluate_inpainters
    from timbrush_lab.strokes import measure_costs

    check_output(output, force=force)
    effect = load(model, device=device)
    sounds = open_sounds(data, sample_rate=effect.spectrogram.sample_rate)
    labelled = None if judge is None else open_sounds(judge, sample_rate=sounds.sample_rate)
    with Meter() as meter:
        chosen = spread(len(sounds), limit)
        values = evaluate_inpainters(
            effect, sounds, chosen, labelled=labelled, track=tracker("judging")
        )
        sound = Sound(sounds[0].waveform[None].numpy(), sounds.sample_rate, "FLOAT", "WAV")
        for name, cost in measure_costs(effect, sound, track=tracker("timing")).items():
            values["inpainters"][name] |= cost
    values = {"model": effect.fingerprint, "data": data.name} | values
    put_out(values, meter.reading, output, what="inpainters on held-out sounds")


@evaluate.command()
def machine(output: RecordFile = None, force: Force = False) -> None:
    """Meter a large matrix product, for joules an operation, and ask CodeCarbon too.

    Example: timbrush-lab evaluate machine
    """
    from timbrush.energy import Meter
    from timbrush_lab.timing.yardstick import measure_machine

    check_output(output, force=force)
    with Meter() as meter:
        values = measure_machine()
    put_out(values, meter.reading, output, what="cost of an operation")


@evaluate.command()
def mnist(
    run: Annotated[Path, typer.Argument(metavar="RUN.toml", help="The run that is varied.")],
    data: Annotated[
        str | None, typer.Option(metavar="DIR", help="Digits, instead of the run file's.")
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Steps a variant.")] = None,
    output: RecordFile = None,
    force: Force = False,
) -> None:
    """Train a VQ-VAE of digits with each improvement of the quantizer on and off.

    Example: timbrush-lab evaluate mnist experiments/mnist.toml --data data/MNIST
    """
    import torch

    from timbrush.checkpoints import load_codec
    from timbrush.config import read_toml
    from timbrush.energy import Meter
    from timbrush.training.loop.state import holds_run
    from timbrush_lab.digits.training import MnistRunConfig, read_digits, train
    from timbrush_lab.digits.variants import VARIANTS, evaluate_digits, variant
    from timbrush_lab.drawing.pictures import draw_digits

    check_output(output, force=force, picture=True)
    config = read_toml(run, MnistRunConfig)
    digits = replace(config.digits, folder=data or config.digits.folder)
    loop = replace(config.loop, n_steps=steps or config.loop.n_steps)
    images = read_digits(digits.folder, "valid").images
    rows, variants = {"original": images[:16]}, {}
    with Meter() as meter:
        for index, name in enumerate(VARIANTS):
            remark(f"quantizer: {name}")
            quantizer = variant(config.codec.quantizer, name)
            folder = Path(config.output) / f"variant-{index}"
            varied = replace(
                config,
                output=str(folder),
                digits=digits,
                loop=loop,
                codec=replace(config.codec, quantizer=quantizer),
            )
            record = train(varied, resume=holds_run(folder))
            trained, _ = load_codec(folder / "codec.safetensors")
            variants[name] = asdict(evaluate_digits(trained, images)) | {
                key: record[key] for key in ("seconds", "joules", "cpu_seconds")
            }
            with torch.no_grad():
                rows[name] = trained.decode(trained.encode(images[:16]))
        if output is not None:
            draw_digits(picture_beside(output), rows)
    values = {"steps": record["steps"], "n_images": len(images), "variants": variants}
    what = "ablation of the quantizer's improvements on digits"
    put_out(values, meter.reading, output, what=what, seed=loop.seed)
