"""How well tones and their pitch classes survive."""

import numpy as np
from jaxtyping import Float

from timbrush_lab.hearing.signal import Signal

WINDOW_SECONDS = 0.0929
CHROMA_WINDOW_SECONDS = 0.186
LOWEST_HERTZ, HIGHEST_HERTZ = 100.0, 5000.0
CONCERT_PITCH_HERTZ = 440.0
ACTIVE = 1e-5
"""Power of a frame, relative to the loudest, whose chroma counts."""
SMALLEST = 1e-12


def tonal_convergence(original: Signal, restored: Signal) -> float:
    """Return the spectral convergence at a long window: 0 is the same, 1 as far as silence."""
    size = original.window(WINDOW_SECONDS)
    target, other = (sound.magnitudes(size, size // 4) for sound in (original, restored))
    distance = np.linalg.norm(other - target)
    return float(distance / max(float(np.linalg.norm(target)), SMALLEST))


def chroma_distance(original: Signal, restored: Signal) -> float:
    """Return 1 minus the cosine of the chromas, the mean over the frames that sound."""
    power = (_long_magnitudes(original) ** 2).sum(axis=1)
    active = power > power.max() * ACTIVE
    if not active.any():
        return 0.0
    one, other = (chroma(sound)[active] for sound in (original, restored))
    norms = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    cosines = (one * other).sum(axis=1) / np.maximum(norms, SMALLEST)
    return float(1 - cosines.mean())


def chroma(sound: Signal) -> Float[np.ndarray, "frame 12"]:
    """Return the magnitudes of each frame, folded into twelve pitch classes; A is 0.

    A bin between two classes belongs to both, by its distance.
    """
    magnitudes = _long_magnitudes(sound)
    hertz = np.fft.rfftfreq(2 * (magnitudes.shape[1] - 1), 1 / sound.sample_rate)
    inside = (hertz > LOWEST_HERTZ) & (hertz < HIGHEST_HERTZ)
    semitones = 12 * np.log2(hertz[inside] / CONCERT_PITCH_HERTZ)
    below = np.floor(semitones).astype(int)
    share = semitones - below
    fold = np.zeros((len(semitones), 12))
    bins = np.arange(len(semitones))
    fold[bins, below % 12] = 1 - share
    fold[bins, (below + 1) % 12] += share
    return magnitudes[:, inside] @ fold


def _long_magnitudes(sound: Signal) -> Float[np.ndarray, "frame bin"]:
    size = sound.window(CHROMA_WINDOW_SECONDS)
    return sound.magnitudes(size, size // 4)
