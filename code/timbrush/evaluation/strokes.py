"""Effect to what a stroke costs with each rung: milliseconds and joules."""

from dataclasses import asdict
from functools import partial
from typing import Any

from timbrush.audio.files import Sound
from timbrush.effect.canvas import Canvas
from timbrush.effect.model import Effect
from timbrush.effect.stroke import Stroke
from timbrush.energy import Reading, repeat_until_stable
from timbrush.evaluation.benchmark import time_in_turns


def quarter_stroke(effect: Effect, seconds: float, inpainter: str) -> Stroke:
    """Answer a stroke over half of the rows and half of the time, in the middle of both."""
    grid = effect.codec.grids[0]
    bin_hertz = effect.spectrogram.bin_hertz
    low, high = grid.row_edges[grid.n_rows // 4], grid.row_edges[3 * grid.n_rows // 4]
    return Stroke(
        seconds=(seconds / 4, 3 * seconds / 4),
        hertz=(low * bin_hertz, high * bin_hertz),
        inpainter=inpainter,
    )


def measure_strokes(
    effect: Effect, sound: Sound, *, n_rounds: int = 15, most_seconds: float = 10.0
) -> dict[str, Any]:
    """Answer the cost of opening a sound and of a quarter stroke with each rung, warm.

    Args:
        effect: The model with its rungs.
        sound: What is painted on; four seconds, to compare with others.
        n_rounds: Strokes timed, in turns with the yardstick.
        most_seconds: Longest time that metering one rung may take.
    """
    canvas = effect.open(sound.samples, sample_rate=sound.sample_rate)

    def open_it() -> object:
        return effect.open(sound.samples, sample_rate=sound.sample_rate)

    strokes = {}
    for name in effect.inpainters:
        stroke = quarter_stroke(effect, sound.seconds, name)
        paint = partial(_paint, canvas, stroke)
        timing = time_in_turns(paint, n_rounds=n_rounds)
        reading = repeat_until_stable(paint, most_seconds=most_seconds)
        strokes[name] = asdict(timing) | {"in_matmuls": timing.in_matmuls} | _cost(reading)
    return {
        "seconds_of_sound": sound.seconds,
        "channels": sound.n_channels,
        "open": _cost(repeat_until_stable(open_it, most_seconds=most_seconds)),
        "strokes": strokes,
    }


def _paint(canvas: Canvas, stroke: Stroke) -> object:
    return canvas.paint(stroke).samples


def _cost(reading: Reading) -> dict[str, Any]:
    return {
        "joules": reading.joules,
        "cpu_seconds": reading.cpu_seconds,
        "estimated": reading.estimated,
    }
