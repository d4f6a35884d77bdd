"""What a stroke can do to its zone instead of redrawing it, as small frozen values and as JSON.

Each action returns what is to sound in place of what is there; the zone then takes its part of
the difference, so that nothing outside the zone changes. A new action is one class here, and
its name in ``Action``.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, get_args

import numpy as np

from timbrush import config
from timbrush.audio.resampling import Samples
from timbrush.effect.actions import commands
from timbrush.effect.zone.checks import LARGEST, Number, check_range, check_types
from timbrush.errors import ConfigError, OutsideError, StrokeError

SILENCE_DECIBELS, MOST_DECIBELS = -120.0, 40.0
"""Gains reach from silence to so far up."""
FADES = ("in", "out")
MAX_COMMAND = 4_000
"""Characters of a command."""

Read = Callable[[int, int], Samples]
"""Returns samples between two numbers, full scale ±1; silence surrounds the sound."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Span:
    """The span of a sound that a zone can reach.

    Args:
        read: Reads the sound as it is.
        first: First sample of the span.
        last: The one after the last.
        sample_rate: Rate of the sound.
        length: Samples of the whole sound.
    """

    read: Read
    first: int
    last: int
    sample_rate: int
    length: int


class BaseAction(ABC):
    """What every action knows of itself."""

    @abstractmethod
    def instead(self, span: Span) -> Read:
        """Return what reads the sound as it is to be."""


@dataclass(frozen=True, kw_only=True)
class Gain(BaseAction):
    """Make the zone louder or softer.

    Args:
        decibels: By how much; -120 is silence, 40 the most.
    """

    decibels: Number

    def __post_init__(self) -> None:
        check_types(self)
        check_range("decibels", self.decibels, SILENCE_DECIBELS, MOST_DECIBELS)

    def instead(self, span: Span) -> Read:
        """Return what reads the sound, turned up or down."""
        factor = 10 ** (self.decibels / 20) if self.decibels > SILENCE_DECIBELS else 0.0
        return lambda first, last: span.read(first, last) * np.float32(factor)


@dataclass(frozen=True, kw_only=True)
class Fade(BaseAction):
    """Let the zone rise from silence, or fall to it, in a straight line.

    Args:
        direction: ``in`` rises, ``out`` falls.
    """

    direction: str

    def __post_init__(self) -> None:
        check_types(self)
        if self.direction not in FADES:
            raise StrokeError(
                f"direction must be one of {', '.join(FADES)}; got {self.direction!r}"
            )

    def instead(self, span: Span) -> Read:
        """Return what reads the sound, faded from one end of the span to the other."""

        def read(first: int, last: int) -> Samples:
            rise = (np.arange(first, last) + 0.5 - span.first) / (span.last - span.first)
            gains = rise.clip(0, 1) if self.direction == "in" else (1 - rise).clip(0, 1)
            return span.read(first, last) * gains.astype(np.float32)

        return read


@dataclass(frozen=True, kw_only=True)
class Copy(BaseAction):
    """Put what sounds at another time into the zone.

    Args:
        seconds: Where the span that is copied begins; it is as long as the zone's.
    """

    seconds: Number

    def __post_init__(self) -> None:
        check_types(self)
        check_range("seconds", self.seconds, 0, LARGEST)

    def instead(self, span: Span) -> Read:
        """Return what reads the sound of the other time.

        Raises:
            OutsideError: If that span does not lie in the sound.
        """
        begin = round(self.seconds * span.sample_rate)
        if begin + span.last - span.first > span.length:
            raise OutsideError(
                f"the sound lasts {span.length / span.sample_rate:.6g} s, got a span of "
                f"{(span.last - span.first) / span.sample_rate:.6g} s to copy from "
                f"{self.seconds:.6g} s; copy from inside the sound"
            )
        offset = begin - span.first
        return lambda first, last: span.read(first + offset, last + offset)


@dataclass(frozen=True, kw_only=True)
class Process(BaseAction):
    """Send the span of the zone through another program.

    A command is run only where ``commands_allowed`` says so: a saved edit may come from anyone.

    Args:
        command: A command line without a shell's signs; ``{in}`` stands for the WAV file that
            it reads, ``{out}`` for the one that it writes, of as many samples and channels.
    """

    command: str

    def __post_init__(self) -> None:
        check_types(self)
        if not 0 < len(self.command) <= MAX_COMMAND or "\0" in self.command:
            raise StrokeError(f"command must hold 1 to {MAX_COMMAND} characters")

    def instead(self, span: Span) -> Read:
        """Return what reads the sound as the program made it.

        Raises:
            StrokeError: If no command may be run, or this one fails.
        """
        made = commands.run(self.command, span.read(span.first, span.last), span.sample_rate)

        def read(first: int, last: int) -> Samples:
            samples = span.read(first, last)
            start, stop = max(first, span.first), min(last, span.last)
            if start < stop:
                samples[:, start - first : stop - first] = made[
                    :, start - span.first : stop - span.first
                ]
            return samples

        return read


Action = Gain | Fade | Copy | Process

ACTIONS: Mapping[str, type[Action]] = {
    action.__name__.lower(): action for action in get_args(Action)
}


def to_dict(action: Action | None) -> dict[str, Any] | None:
    """Return the action as JSON values, with its name under ``action``."""
    if action is None:
        return None
    return {"action": type(action).__name__.lower(), **asdict(action)}


def from_dict(values: object, *, where: str = "action") -> Action | None:
    """Read what ``to_dict`` wrote.

    Raises:
        StrokeError: For an unknown action or field, or a value that cannot be.
    """
    if values is None or isinstance(values, Action):
        return values
    try:
        return config.from_named(ACTIONS, values, key="action", where=where)
    except ConfigError as error:
        raise StrokeError(str(error)) from None
