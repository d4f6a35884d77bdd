"""A rectangle of time and frequency, and the energies of a sound in it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from timbrush_lab.hearing.signal import magnitudes

Channels = Float[np.ndarray, "channel time"]

WINDOW, HOP = 2048, 512


@dataclass(frozen=True, kw_only=True)
class ZoneBox:
    """A rectangle of time and frequency.

    Args:
        seconds: Its span of time.
        hertz: Its span of frequency.
    """

    seconds: tuple[float, float]
    hertz: tuple[float, float]

    def holds_seconds(self, seconds: Float[np.ndarray, " place"]) -> Bool[np.ndarray, " place"]:
        """Return which moments lie in the box."""
        return (seconds >= self.seconds[0]) & (seconds < self.seconds[1])

    def holds_hertz(self, hertz: Float[np.ndarray, " place"]) -> Bool[np.ndarray, " place"]:
        """Return which frequencies lie in the box."""
        return (hertz >= self.hertz[0]) & (hertz < self.hertz[1])


def energy(sound: Channels, sample_rate: int, box: ZoneBox) -> float:
    """Return the energy of a sound in a box, summed over channels, frames and bins."""
    total = 0.0
    for channel in sound:
        power = magnitudes(channel, WINDOW, HOP) ** 2
        frames = box.holds_seconds(np.arange(len(power)) * HOP / sample_rate)
        bins = box.holds_hertz(np.arange(power.shape[1]) * sample_rate / WINDOW)
        total += float(power[np.ix_(frames, bins)].sum(dtype=np.float64))
    return total
