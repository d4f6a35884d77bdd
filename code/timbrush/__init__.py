"""timbrush: a blur brush for sound.

Public names are imported on first use, so that ``import timbrush`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timbrush.effect.canvas import Canvas
    from timbrush.effect.model import Effect, load
    from timbrush.effect.stroke import Stroke
    from timbrush.errors import TimbrushError

__all__ = ["Canvas", "Effect", "Stroke", "TimbrushError", "load"]
__version__ = "0.1.0"

_HOMES = {
    "Canvas": "timbrush.effect.canvas",
    "Effect": "timbrush.effect.model",
    "Stroke": "timbrush.effect.stroke",
    "TimbrushError": "timbrush.errors",
    "load": "timbrush.effect.model",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'timbrush' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
