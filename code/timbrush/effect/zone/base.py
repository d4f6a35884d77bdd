"""What every shape of a zone knows of itself."""

from abc import ABC, abstractmethod

from timbrush.effect.zone.checks import Span
from timbrush.effect.zone.sheet import LevelPixels, Pixels, Sheet

Reach = tuple[Span | None, Span | None]
"""Span of time and of frequency that a shape can touch; None for all."""


class BaseShape(ABC):
    """What every shape knows of itself."""

    mode: str

    @property
    @abstractmethod
    def reach(self) -> Reach:
        """The spans of time and of frequency that it can touch."""

    @abstractmethod
    def pixels(self, sheet: Sheet) -> Pixels | LevelPixels:
        """Return the pixels of a sheet that it takes, the same on all levels or for each."""

    @property
    def judges(self) -> tuple[str, ...]:
        """Names of the inpainters that it asks."""
        return ()
