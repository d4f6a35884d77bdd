"""timbrush: a blur brush for sound.

Public names are imported on first use, so that ``import timbrush`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timbrush.effect.actions.actions import Copy, Fade, Gain, Process
    from timbrush.effect.actions.commands import commands_allowed
    from timbrush.effect.canvas import Canvas
    from timbrush.effect.model import Effect, load
    from timbrush.effect.stroke import Stroke
    from timbrush.errors import TimbrushError

__all__ = [
    "Canvas",
    "Copy",
    "Effect",
    "Fade",
    "Gain",
    "Process",
    "Stroke",
    "TimbrushError",
    "commands_allowed",
    "load",
]
__version__ = "0.1.0"

_HOMES = {
    "Canvas": "timbrush.effect.canvas",
    "Copy": "timbrush.effect.actions.actions",
    "Effect": "timbrush.effect.model",
    "Fade": "timbrush.effect.actions.actions",
    "Gain": "timbrush.effect.actions.actions",
    "Process": "timbrush.effect.actions.actions",
    "Stroke": "timbrush.effect.stroke",
    "TimbrushError": "timbrush.errors",
    "commands_allowed": "timbrush.effect.actions.commands",
    "load": "timbrush.effect.model",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'timbrush' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
