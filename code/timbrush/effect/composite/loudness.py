"""Keep what is redrawn about as loud as what was there, and within full scale."""

import numpy as np
import torch
from scipy import ndimage
from torch.nn import functional

from timbrush.audio.resampling import Samples
from timbrush.tensors import Magnitudes, PixelWeights

HEADROOM_DECIBELS = 3.0
"""How much louder than its surroundings a redrawn frame may be."""
QUIET_DECIBELS = -45.0
"""Below the sound's peak: a redrawn frame may always be this loud."""
NEARBY_FRAMES = 4
"""Frames on each side whose loudest a redrawn frame may reach."""
SMALLEST_GAIN = 0.5


def limit_level(
    magnitudes: Magnitudes, weights: PixelWeights, original: Magnitudes, quiet: float
) -> Magnitudes:
    """Turn frames down that are louder than the sound around them justifies.

    That is the loudest of the frames nearby, or what a steady decay (or swell) from the first
    painted frame to the last would have there, so that a gap may be filled.

    Args:
        magnitudes: The new magnitudes.
        weights: Where it will be heard.
        original: What the sound has, around the zone too.
        quiet: Root of a frame's power that is always allowed.
    """
    painted = weights.amax((0, 1)).nonzero()[:, 0]
    if not len(painted):
        return magnitudes
    power = (weights * magnitudes).square().sum(1, keepdim=True)
    before = original.square().sum(1).clamp(min=1e-30)
    nearby = functional.max_pool1d(before, 2 * NEARBY_FRAMES + 1, 1, NEARBY_FRAMES)
    first, last = painted[0], painted[-1]
    share = ((torch.arange(before.shape[1]) - first) / (last - first).clamp(min=1)).clamp(0, 1)
    steady = nearby[:, first, None] ** (1 - share) * nearby[:, last, None] ** share
    allowed = nearby.maximum(steady)[:, None] * 10 ** (HEADROOM_DECIBELS / 10) + quiet**2
    return magnitudes * (allowed / power.clamp(min=1e-30)).sqrt().clamp(max=1)


def limit_peaks(change: Samples, sound: Samples, *, ramp: int) -> Samples:
    """Turn a change down, smoothly and briefly, where a sound would leave full scale with it.

    By half at most: of a sound that is near full scale all along, little would be left of the
    change otherwise.

    Args:
        change: What is to be added.
        sound: To what; where it exceeds ±1 by itself, its peak is the limit.
        ramp: Samples from the change as it is to where it is turned down; a fast ramp would
            spread it over frequency.
    """
    ceiling = max(1.0, float(abs(sound).max(initial=0)))
    over = abs(sound + change) > ceiling
    if not over.any():
        return change
    room = ceiling - sound * np.sign(change)
    gains = np.where(over, room / np.where(over, abs(change), 1), 1).min(0).clip(SMALLEST_GAIN)
    # The mean of the mean of the smallest nearby: smooth, and nowhere above what is needed.
    half = ramp // 2 | 1  # odd: an even mean would lie half a sample aside
    smooth = ndimage.minimum_filter1d(gains, 2 * half - 1)
    for _ in range(2):
        smooth = ndimage.uniform_filter1d(smooth, half)
    limited: Samples = change * smooth.astype(np.float32)
    return limited
