"""What the losses of all codecs share: magnitudes, differences down to a floor, weights."""

import math
from collections.abc import Collection

import torch
from jaxtyping import Float
from torch import Tensor

from timbrush.errors import ConfigError

Values = Float[Tensor, "batch row column"]
Floor = Float[Tensor, "batch 1 1"]
Scalar = Float[Tensor, ""]


def magnitudes(levels: Values, scale: float) -> Values:
    """Return magnitudes of levels on a scale of ``scale`` decibels, 1 where the level is 1."""
    return torch.exp((levels - 1) * (scale * 0.05 * 2.302585092994046))


def floored_difference(restored: Values, target: Values, floor: Floor) -> Values:
    """Return the difference of values cut off at a floor.

    Where the target lies above the floor, a reconstruction below it keeps its gradient.
    """
    below = (restored - floor).relu()
    return torch.where(target > floor, restored - target, below)


def check_weights(weights: Collection[float]) -> None:
    """Refuse weights of a loss that say nothing.

    Raises:
        ConfigError: If a weight is negative or all are zero.
    """
    if not all(0 <= weight < math.inf for weight in weights):
        raise ConfigError("loss weights must be finite and not negative")
    if not any(weights):
        raise ConfigError("loss weights must not all be zero")
