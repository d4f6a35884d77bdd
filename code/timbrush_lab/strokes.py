"""Measure what a stroke costs with each inpainter: milliseconds and joules."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from timbrush.audio.files import Sound, resample
from timbrush.effect.canvas import Canvas
from timbrush.effect.model import Effect
from timbrush.effect.stroke import KEEPS, Stroke
from timbrush.energy import Reading, repeat_until_stable
from timbrush.inpainting import registry
from timbrush_lab.drawing.pictures import draw_stroke
from timbrush_lab.timing.benchmark import N_ROUNDS, Track, median_milliseconds, time_in_turns

LONG_SECONDS = 600.0
"""Length of the sound in which a stroke must cost what it costs in a short one."""


def quarter_stroke(effect: Effect, seconds: float, inpainter: str) -> Stroke:
    """Return a stroke over half of the rows and half of the time, in the middle of both."""
    grid = effect.codec.grids[0]
    bin_hertz = effect.spectrogram.bin_hertz
    low, high = grid.row_edges[grid.n_rows // 4], grid.row_edges[3 * grid.n_rows // 4]
    return Stroke(
        seconds=(seconds / 4, 3 * seconds / 4),
        hertz=(low * bin_hertz, high * bin_hertz),
        inpainter=inpainter,
    )


def paint_quarters(
    effect: Effect, sound: Sound, inpainters: Iterable[str]
) -> dict[str, Callable[[], object]]:
    """Return what paints a quarter stroke on a sound that is open already, by the inpainter."""
    canvas = effect.open(sound.samples, sample_rate=sound.sample_rate)
    return {
        name: partial(_paint, canvas, quarter_stroke(effect, sound.seconds, name))
        for name in inpainters
    }


def measure_strokes(
    effect: Effect,
    sound: Sound,
    *,
    n_rounds: int = N_ROUNDS,
    most_seconds: float = 10.0,
    track: Track = iter,
) -> dict[str, Any]:
    """Return the cost of opening a sound and of a quarter stroke with each inpainter, warm.

    Args:
        effect: The model with its inpainters.
        sound: What is painted on; four seconds, to compare with others.
        n_rounds: Strokes timed, in turns with the yardstick.
        most_seconds: Longest time that metering one inpainter may take.
        track: Of the inpainters.
    """

    def open_it() -> object:
        return effect.open(sound.samples, sample_rate=sound.sample_rate)

    strokes = measure_costs(
        effect, sound, n_rounds=n_rounds, most_seconds=most_seconds, track=track
    )
    return {
        "seconds_of_sound": sound.seconds,
        "channels": sound.n_channels,
        "open": _cost(repeat_until_stable(open_it, most_seconds=most_seconds)),
        "strokes": strokes,
        "long": measure_long(
            effect, sound, registry.default(effect.inpainters), n_rounds=n_rounds
        ),
        "containment": {
            name: measure_containment(
                effect, sound, quarter_stroke(effect, sound.seconds, name)
            )
            for name in effect.inpainters
        },
    }


def measure_costs(
    effect: Effect,
    sound: Sound,
    *,
    n_rounds: int = N_ROUNDS,
    most_seconds: float = 10.0,
    track: Track = iter,
) -> dict[str, dict[str, Any]]:
    """Return milliseconds and joules of a quarter stroke, warm, by the name of the inpainter.

    Args:
        effect: The model with its inpainters.
        sound: What is painted on.
        n_rounds: Strokes timed, in turns with the other inpainters' and the yardstick.
        most_seconds: Longest time that metering one inpainter may take.
        track: Of the inpainters.
    """
    paints = paint_quarters(effect, sound, effect.inpainters)
    timings = dict(zip(paints, time_in_turns(*paints.values(), n_rounds=n_rounds), strict=True))
    return {
        name: asdict(timings[name])
        | {"in_matmuls": timings[name].in_matmuls}
        | _cost(repeat_until_stable(paints[name], most_seconds=most_seconds))
        for name in track(paints)
    }


def measure_beside(
    effect: Effect, other: Effect, sound: Sound, *, n_rounds: int = N_ROUNDS
) -> dict[str, Any]:
    """Return what a sound and strokes take with a model, and as a multiple of another's.

    Args:
        effect: The model.
        other: The one beside it; inpainters that it does not have are left out.
        sound: What is encoded, decoded and painted on.
        n_rounds: Rounds in which all take their turns.

    Returns:
        ``round_trip``, to encode and decode the sound; ``strokes``, a quarter stroke by the
        name of the inpainter; ``keeping``, a quarter stroke that keeps all, as a multiple of
        one that keeps nothing, by the number of channels. All times are median milliseconds.
    """
    shared = [name for name in effect.inpainters if name in other.inpainters]
    actions: list[Callable[[], object]] = []
    for model in (effect, other):
        actions.append(partial(_there_and_back, model, sound))
        actions += paint_quarters(model, sound, shared).values()
    times = median_milliseconds(*actions, n_rounds=n_rounds)
    n = len(shared) + 1
    pairs = {
        name: {"milliseconds": own, "beside_milliseconds": others, "times": own / others}
        for name, own, others in zip(("", *shared), times[:n], times[n:], strict=True)
    }
    return {
        "round_trip": pairs.pop(""),
        "strokes": pairs,
        "keeping": {
            str(n_channels): _cost_of_keeping(effect, sound, n_channels, n_rounds=n_rounds)
            for n_channels in (1, 2)
        },
    }


def _cost_of_keeping(
    effect: Effect, sound: Sound, n_channels: int, *, n_rounds: int
) -> dict[str, float]:
    """Return what a stroke over half of a sound takes with and without what it keeps."""
    samples = np.resize(sound.samples, (n_channels, sound.length))
    canvas = effect.open(samples, sample_rate=sound.sample_rate)
    stroke = quarter_stroke(effect, sound.seconds, registry.default(effect.inpainters))
    bare = Stroke.from_dict(stroke.to_dict() | dict.fromkeys(KEEPS, 0.0))
    kept, let_go = median_milliseconds(
        partial(_paint, canvas, stroke), partial(_paint, canvas, bare), n_rounds=n_rounds
    )
    return {
        "milliseconds": kept,
        "nothing_kept_milliseconds": let_go,
        "times": kept / let_go,
    }


def _there_and_back(effect: Effect, sound: Sound) -> object:
    return effect.decode(effect.encode(sound.samples, sample_rate=sound.sample_rate))


def measure_long(
    effect: Effect, sound: Sound, inpainter: str, *, n_rounds: int = N_ROUNDS
) -> dict[str, Any]:
    """Return what a quarter stroke costs in ten stereo minutes, and on both channels alone.

    Args:
        effect: The model with its inpainters.
        sound: The short sound; the long one says it over and over.
        inpainter: The inpainter that redraws.
        n_rounds: Strokes timed in each sound, in turns.

    Returns:
        Median milliseconds to ``.samples`` in both, and of a mere copy of the long sound;
        ``ratio``: the long sound's without that copy, over the short one's.
    """
    stroke = quarter_stroke(effect, sound.seconds, inpainter)
    short = np.resize(sound.samples, (2, sound.length))
    long = np.tile(short, (1, max(round(LONG_SECONDS / sound.seconds), 1)))
    canvases = [effect.open(s, sample_rate=sound.sample_rate) for s in (short, long)]
    later = shift_by_columns(effect, stroke, long.shape[1] / sound.sample_rate / 2)
    actions = (
        partial(_paint, canvases[0], stroke),
        partial(_paint, canvases[1], later),
        long.copy,
    )
    once, again, copy = median_milliseconds(*actions, n_rounds=n_rounds)
    return {
        "inpainter": inpainter,
        "seconds_of_sound": long.shape[1] / sound.sample_rate,
        "channels": 2,
        "milliseconds": again,
        "copy_milliseconds": copy,
        "short_milliseconds": once,
        "ratio": (again - copy) / once,
    }


def shift_by_columns(effect: Effect, stroke: Stroke, seconds: float) -> Stroke:
    """Return the stroke about so much later, over as many columns as before."""
    assert stroke.seconds is not None, "a stroke without bounds has no place"
    column = effect.codec.grids[0].frames_per_column * effect.spectrogram.frame_seconds
    delay = int(seconds / column) * column
    return replace(stroke, seconds=(stroke.seconds[0] + delay, stroke.seconds[1] + delay))


def measure_containment(effect: Effect, sound: Sound, stroke: Stroke) -> dict[str, Any]:
    """Return how well a stroke keeps to its zone.

    Returns:
        ``identical_outside``: share of the samples outside the span that the stroke reports
        which are bit for bit as before; ``leak_decibels``: energy of the change outside the
        zone's band over that inside, None if nothing changed.
    """
    canvas = effect.open(sound.samples, sample_rate=sound.sample_rate)
    painted = canvas.paint(stroke)
    before, after = np.asarray(canvas.samples), np.asarray(painted.samples)
    report = painted.reports[-1]
    outside = np.ones(before.shape[-1], dtype=bool)
    outside[report.first_sample : report.last_sample] = False
    same = (before == after)[..., outside]
    energy = np.abs(np.fft.rfft(after.astype(np.float64) - before)) ** 2
    hertz = np.fft.rfftfreq(before.shape[-1], 1 / sound.sample_rate)
    low, high = stroke.hertz or (0.0, sound.sample_rate / 2)
    band = (hertz >= low) & (hertz <= high)
    inside, leaked = energy[..., band].sum(), energy[..., ~band].sum()
    return {
        "identical_outside": float(same.mean()) if same.size else 1.0,
        "leak_decibels": float(10 * np.log10(max(leaked, 1e-30) / inside)) if inside else None,
        "milliseconds_of_change": 1e3 * (outside.size - outside.sum()) / sound.sample_rate,
    }


def show_stroke(path: Path, effect: Effect, sound: Sound, inpainter: str) -> None:
    """Draw what a quarter stroke does to a sound's first channel at the model's rate."""
    stroke = quarter_stroke(effect, sound.seconds, inpainter)
    assert stroke.seconds is not None and stroke.hertz is not None, "a quarter has both"
    config = effect.spectrogram
    mono = resample(sound.samples[:1], sound.sample_rate, config.sample_rate)
    canvas = effect.open(mono, sample_rate=config.sample_rate)
    before, after = (
        torch.as_tensor(samples).float()[0]
        for samples in (canvas.samples, canvas.paint(stroke).samples)
    )
    draw_stroke(path, before, after, config, seconds=stroke.seconds, hertz=stroke.hertz)


def _paint(canvas: Canvas, stroke: Stroke) -> object:
    return canvas.paint(stroke).samples


def _cost(reading: Reading) -> dict[str, Any]:
    return {
        "joules": reading.joules,
        "cpu_seconds": reading.cpu_seconds,
        "estimated": reading.estimated,
    }
