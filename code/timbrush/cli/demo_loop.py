"""Render the stereo loop of the demo: drums, a bass and a plucked chord, two bars."""

import numpy as np
from jaxtyping import Float, Float32

SAMPLE_RATE = 44100
BEAT_SECONDS = 0.5
N_BEATS = 8
SEED = 4

Mono = Float[np.ndarray, " _time"]


def render() -> Float32[np.ndarray, "2 time"]:
    """Return the loop; the same samples on any one machine."""
    noise = np.random.default_rng(SEED)
    out = np.zeros((2, int(N_BEATS * BEAT_SECONDS * SAMPLE_RATE)))
    for eighth in range(2 * N_BEATS):
        at = eighth * BEAT_SECONDS / 2
        _put(out, at, _hat(noise), pan=0.65, gain=0.12 if eighth % 2 else 0.2)
    for beat in range(N_BEATS):
        at = beat * BEAT_SECONDS
        drum = _snare(noise) if beat % 2 else _kick()
        _put(out, at, drum, pan=0.5, gain=0.5)
        _put(out, at, _pluck((55.0, 55.0, 65.4, 49.0)[beat // 2], 0.45), pan=0.5, gain=0.3)
    for bar in range(N_BEATS // 4):
        for number, hertz in enumerate((220.0, 261.6, 329.6, 392.0)):
            at = (4 * bar + 0.5 + 0.25 * number) * BEAT_SECONDS
            _put(out, at, _pluck(hertz, 1.4), pan=0.15 + 0.2 * number, gain=0.22)
    out *= 0.7 / np.abs(out).max()
    return (np.rint(out * 32768) / 32768).astype(np.float32)  # as 16 bits hold them


def _times(seconds: float) -> Mono:
    return np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE


def _kick() -> Mono:
    times = _times(0.3)
    return np.sin(2 * np.pi * (50 * times - 6 * np.exp(-times / 0.02))) * np.exp(-times / 0.09)


def _snare(noise: np.random.Generator) -> Mono:
    times = _times(0.25)
    rattle = noise.normal(size=len(times)) * np.exp(-times / 0.06)
    return 0.4 * rattle + 0.6 * np.sin(2 * np.pi * 190 * times) * np.exp(-times / 0.05)


def _hat(noise: np.random.Generator) -> Mono:
    times = _times(0.08)
    hiss = np.diff(noise.normal(size=len(times) + 1))  # a difference is louder in the highs
    return hiss * np.exp(-times / 0.02)


def _pluck(hertz: float, seconds: float) -> Mono:
    """Return a string: each partial falls as the square of its number, and dies sooner."""
    times = _times(seconds)
    partials = (
        np.sin(2 * np.pi * hertz * k * times) * np.exp(-times * k / 0.5) / k**1.2
        for k in range(1, int(min(12.0, 16000 / hertz)) + 1)
    )
    fade = np.minimum(1, (seconds - times) / 0.02)  # no click at the end
    return sum(partials, np.zeros_like(times)) * fade


def _put(
    out: Float[np.ndarray, "2 time"], at: float, sound: Mono, *, pan: float, gain: float
) -> None:
    """Add a sound from a time on; ``pan`` is 0 at the left and 1 at the right."""
    first = round(at * SAMPLE_RATE)
    piece = sound[: out.shape[1] - first]
    sides = gain * np.sqrt([[1 - pan], [pan]])
    out[:, first : first + len(piece)] += sides * piece
