"""Find the share of painted cells to redraw for a brush's strength."""

from bisect import bisect_left
from itertools import accumulate

from timbrush.errors import ConfigError

UNMEASURED = (0.0, 1.0)
"""The curve of an inpainter whose redrawn codes always differ: strength is the share itself."""


def share_to_redraw(strength_curve: tuple[float, ...], strength: float) -> float:
    """Return the share of painted cells to redraw so that strength grows evenly.

    A redrawn cell often gets its old code again, the more so the more of its neighbours stay:
    redrawing half of the cells changes less than half of what redrawing all of them changes.
    This inverts the measured curve: at strength ``s`` the expected share of cells that end up
    different is ``s`` times the inpainter's maximum.

    Args:
        strength_curve: ``Inpainter.strength_curve``.
        strength: 0 to 1.

    Returns:
        0 to 1, never falling in ``strength``; exactly 0 at 0 and exactly 1 at 1.

    Raises:
        ConfigError: For a strength out of range.

    Example:
        >>> share_to_redraw((0.0, 0.1, 0.4), 0.5)
        0.6666666666666666
    """
    if not 0.0 <= strength <= 1.0:
        raise ConfigError(f"strength must lie in 0 to 1, got {strength}")
    curve = tuple(
        accumulate(strength_curve, max)
    )  # a sampled curve may dip: take what it reached
    if strength in (0.0, 1.0) or curve[-1] <= 0.0:
        return float(strength)
    wanted = strength * curve[-1]
    right = bisect_left(curve, wanted)
    left = right - 1
    within = (wanted - curve[left]) / (curve[right] - curve[left])
    return (left + within) / (len(curve) - 1)
