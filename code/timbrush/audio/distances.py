"""Measure how far spectra lie from others, for the loss of a codec and for its evaluation.

All functions take batches and return one number a sound. ``smoothing`` is added below a root,
the slope of which is infinite at 0: a loss needs some, a measurement none.
"""

from jaxtyping import Bool, Float
from torch import Tensor

FLOOR_DECIBELS = 80.0
"""The log-spectral distance cuts magnitudes off so far below the peak of the target."""

ACTIVE_DECIBELS = 50.0
"""A cell is active if either sound comes so close to the peak of the target."""

ACTIVE_FLOOR_DECIBELS = 60.0
"""The active distance cuts magnitudes off so far below the peak of the target."""

Spectra = Float[Tensor, "batch bin frame"]
Distance = Float[Tensor, " batch"]


def log_spectral_distance(difference: Spectra, *, smoothing: float = 0.0) -> Distance:
    """Return the root mean square over frequency, mean over frames, of differences of levels.

    Source: Gray and Markel 1976.
    """
    return (difference.square().mean(dim=1) + smoothing).sqrt().mean(dim=1)


def active_distance(
    difference: Spectra, active: Bool[Tensor, "batch bin frame"], *, smoothing: float = 0.0
) -> Distance:
    """Return the root mean square of differences of levels over the active cells."""
    squares = (difference.square() * active).sum(dim=(1, 2))
    return (squares / active.sum(dim=(1, 2)).clamp(min=1) + smoothing).sqrt()


def spectral_convergence(
    target: Spectra, other: Spectra, *, tiny: float, smoothing: float = 0.0
) -> Distance:
    """Return the norm of the difference of magnitudes over the norm of the target's.

    The loudest partials rule it. 1 is what silence gets.

    Args:
        target: Magnitudes.
        other: Magnitudes of the same cells.
        tiny: Smallest norm of a target that counts.
        smoothing: Added to the squared norm of the difference.

    Source: Sturmel and Daudet 2011, section 3, on magnitudes.
    """
    difference = (other - target).square().sum(dim=(1, 2)) + smoothing
    return (difference / target.square().sum(dim=(1, 2)).clamp(min=tiny**2)).sqrt()
