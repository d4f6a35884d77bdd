"""timbrush: a blur brush for sound.

Public names are imported on first use, so that ``import timbrush`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timbrush.codec.codes import Codes
    from timbrush.effect.actions.actions import Copy, Fade, Gain, Process
    from timbrush.effect.actions.commands import commands_allowed
    from timbrush.effect.canvas import Canvas
    from timbrush.effect.model import Effect, load
    from timbrush.effect.stroke import Stroke
    from timbrush.effect.zone.mask import Mask
    from timbrush.effect.zone.shapes import (
        Brush,
        Harmonics,
        Lasso,
        Part,
        Rectangle,
        Surprise,
        Threshold,
    )
    from timbrush.errors import TimbrushError

__all__ = [
    "Brush",
    "Canvas",
    "Codes",
    "Copy",
    "Effect",
    "Fade",
    "Gain",
    "Harmonics",
    "Lasso",
    "Mask",
    "Part",
    "Process",
    "Rectangle",
    "Stroke",
    "Surprise",
    "Threshold",
    "TimbrushError",
    "commands_allowed",
    "load",
]
__version__ = "0.1.0"

_HOMES = {
    "Brush": "timbrush.effect.zone.shapes",
    "Canvas": "timbrush.effect.canvas",
    "Codes": "timbrush.codec.codes",
    "Copy": "timbrush.effect.actions.actions",
    "Effect": "timbrush.effect.model",
    "Fade": "timbrush.effect.actions.actions",
    "Gain": "timbrush.effect.actions.actions",
    "Harmonics": "timbrush.effect.zone.shapes",
    "Lasso": "timbrush.effect.zone.shapes",
    "Mask": "timbrush.effect.zone.mask",
    "Part": "timbrush.effect.zone.shapes",
    "Process": "timbrush.effect.actions.actions",
    "Rectangle": "timbrush.effect.zone.shapes",
    "Stroke": "timbrush.effect.stroke",
    "Surprise": "timbrush.effect.zone.shapes",
    "Threshold": "timbrush.effect.zone.shapes",
    "TimbrushError": "timbrush.errors",
    "commands_allowed": "timbrush.effect.actions.commands",
    "load": "timbrush.effect.model",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'timbrush' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
