"""Ask ViSQOL, a model of listeners' opinions, where it is installed."""

from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from timbrush.audio.files import resample
from timbrush_lab.hearing.signal import Samples, Signal

SAMPLE_RATE = 48_000
SOFT_NOISE = 1e-6
"""Stands for a silent sound, which ViSQOL does not take."""
LEAST_SECONDS = 0.6
"""Shorter sounds do not fill one of ViSQOL's patches."""


def is_installed() -> bool:
    """Return whether the package ``visqol-python`` is there (``timbrush[visqol]``)."""
    return find_spec("visqol") is not None


def opinion(original: Signal, restored: Signal) -> float | None:
    """Return ViSQOL's mean opinion score in audio mode, 1 to about 4.7.

    Returns:
        None for a sound too short, or if ViSQOL is not installed.

    Source: Chinen et al. 2020, ViSQOL v3. What is compared is aligned already, so that the
    search for a delay is left out: it would take half of the time.
    """
    if not is_installed() or len(original.samples) < LEAST_SECONDS * original.sample_rate:
        return None
    one, other = (_at_48_kilohertz(sound) for sound in (original, restored))
    if not other.any():
        other = SOFT_NOISE * np.random.default_rng(0).standard_normal(len(other))
    return float(_visqol().measure_from_arrays(one, other, SAMPLE_RATE).moslqo)


def _at_48_kilohertz(sound: Signal) -> Samples:
    resampled = resample(sound.samples[None], sound.sample_rate, SAMPLE_RATE)[0]
    return resampled.astype(np.float64)


@cache
def _visqol() -> Any:
    """Return ViSQOL with its tables, which take seconds to make."""
    from visqol import VisqolApi

    api = VisqolApi()
    api.create(mode="audio", disable_global_alignment=True, disable_realignment=True)
    return api
