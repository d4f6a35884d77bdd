"""What is heard beside a reference: codecs, strokes, and the anchors of the recommendation.

Source: ITU-R BS.1534-3 (MUSHRA), sections 5.1 and 5.2.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy import signal

from timbrush.effect.model import Effect
from timbrush.effect.stroke import Stroke
from timbrush_lab.codec import opus
from timbrush_lab.comparing.restorers import Restorer, by_model, by_opus
from timbrush_lab.hearing.signal import Samples

REFERENCE = "reference"
ANCHORS = {"anchor 3.5 kHz": 3500.0, "anchor 7 kHz": 7000.0}
"""Low-passed copies of the reference, by the names that they have in the answers."""
OPUS_KILOBITS = 12
ORDER = 10
"""Of the low-pass, which is run forwards and backwards."""

Condition = Callable[[Samples, int], Samples]
"""Takes a mono sound and its rate; returns what is heard."""


def low_passed(hertz: float) -> Condition:
    """Return what removes all above a frequency; sounds of too low a rate stay as they are."""

    def remove(samples: Samples, sample_rate: int) -> Samples:
        if 2 * hertz >= sample_rate:
            return samples
        sections = signal.butter(ORDER, hertz, fs=sample_rate, output="sos")
        return signal.sosfiltfilt(sections, samples, padlen=min(99, len(samples) - 1))

    return remove


def codecs(models: Mapping[str, Effect]) -> dict[str, Condition]:
    """Return a round trip through each model, and through Opus where it is installed."""
    ways = {f"codec {name}": by_model(effect) for name, effect in models.items()}
    if opus.is_installed():
        ways[f"Opus {OPUS_KILOBITS} kbit/s"] = by_opus(OPUS_KILOBITS)
    return {name: _as_condition(way) for name, way in ways.items()}


def _as_condition(restore: Restorer) -> Condition:
    return lambda samples, sample_rate: restore(samples, sample_rate).samples


def strokes(models: Mapping[str, Effect], inpainters: Sequence[str]) -> dict[str, Condition]:
    """Return a stroke of full strength over the middle half of a sound, by each inpainter."""
    return {
        f"stroke {name} {inpainter}": _stroke(effect, inpainter)
        for name, effect in models.items()
        for inpainter in inpainters
    }


def _stroke(effect: Effect, inpainter: str) -> Condition:
    def paint(samples: Samples, sample_rate: int) -> Samples:
        seconds = len(samples) / sample_rate
        stroke = Stroke(seconds=(seconds / 4, 3 * seconds / 4), inpainter=inpainter)
        canvas = effect.open(samples.astype(np.float32), sample_rate=sample_rate)
        return np.asarray(canvas.paint(stroke).samples)

    return paint
