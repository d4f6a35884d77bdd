"""State what every inpainter promises: codemaps and masks in, redrawn codemaps out."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from timbrush.codemaps import CodeShape
from timbrush.errors import ConfigError
from timbrush.families import FAMILIES
from timbrush.tensors import Codemaps, Masks

LevelLogProbabilities = tuple[Float[Tensor, "batch _row _column _codeword"], ...]
"""Natural logarithm of the probability of each codeword in each cell; one a level."""


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How a code is drawn from its probabilities.

    Args:
        temperature: 0 takes the likeliest code, 1 draws as learned, above 1 flattens.
        top_k: Draw among the ``top_k`` likeliest only; 0 for all.
        top_p: Draw among the likeliest that hold this share of the probability; 1 for all.

    Raises:
        ConfigError: For a value out of range.
    """

    temperature: float | int = 1.0
    top_k: int = 0
    top_p: float | int = 1.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.temperature <= 100.0:
            raise ConfigError(f"temperature must lie in 0 to 100, got {self.temperature}")
        if not 0 <= self.top_k <= 2**31:
            raise ConfigError(f"top_k must lie in 0 (all) to {2**31}, got {self.top_k}")
        if not 0.0 < self.top_p <= 1.0:
            raise ConfigError(f"top_p must lie above 0 and at most 1, got {self.top_p}")


GUIDANCE = 2.0
"""The least guidance that works: more of it makes hardly more zones sound as asked for."""

MOST_GUIDANCE = 100


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What a redrawn zone should sound like.

    Inpainters that learned from labelled sounds follow it: ``naive-bayes``, ``personal`` and
    the networks. All others take it too, and draw as they do without it.

    Args:
        pitch: MIDI note number, 0 to 127; None leaves it open.
        family: Instrument family of NSynth, such as ``flute``; None leaves it open.
        guidance: How much it counts beside what lies around the zone: 0 is not at all, 1 is
            as much as Naive Bayes says it should.

    Raises:
        ConfigError: For a pitch or a guidance out of range, or a family that NSynth does not
            have.
    """

    pitch: int | None = None
    family: str | None = None
    guidance: float | int = GUIDANCE

    def __post_init__(self) -> None:
        if self.pitch is not None and not 0 <= self.pitch <= 127:
            raise ConfigError(f"pitch must be a MIDI note from 0 to 127, got {self.pitch}")
        if self.family is not None and self.family not in FAMILIES:
            known = ", ".join(FAMILIES)
            raise ConfigError(f"family must be one of {known}; got {self.family!r}")
        if not 0.0 <= self.guidance <= MOST_GUIDANCE:
            raise ConfigError(f"guidance must lie in 0 to {MOST_GUIDANCE}, got {self.guidance}")

    @property
    def asks(self) -> bool:
        """Whether it asks for anything."""
        return self.pitch is not None or self.family is not None


ANYTHING = Condition()
"""A condition that asks for nothing."""


@runtime_checkable
class Inpainter(Protocol):
    """A fitted model of codes among their neighbours.

    Promises, asked of each inpainter by one contract test: unmasked codes come back untouched;
    the same generator state gives the same codes; inputs are not written to; any number of
    columns works; probabilities of a cell sum to one and do not depend on masked codes.
    """

    @property
    def name(self) -> str:
        """Name on the command line, such as ``naive-bayes``."""
        ...

    @property
    def shape(self) -> CodeShape:
        """The codemaps that it was fitted on."""
        ...

    @property
    def context_columns(self) -> int:
        """Patch columns on each side of a masked cell that can influence it."""
        ...

    @property
    def takes_radius(self) -> bool:
        """Whether a radius changes what it draws."""
        ...

    @property
    def listens(self) -> bool:
        """Whether a condition changes what it draws."""
        ...

    @property
    def strength_curve(self) -> tuple[float, ...]:
        """Share of painted cells that end up different when 0, 1/n, …, n/n of them are redrawn.

        Measured on held-out codemaps; never falls; (0.0, 1.0) where nobody measured. What
        ``strength.share_to_redraw`` inverts, so that a brush's strength grows evenly.
        """
        ...

    def log_probabilities(
        self, codemaps: Codemaps, masks: Masks, *, radius: float
    ) -> LevelLogProbabilities:
        """Return log p(code | the cells that are not masked) for every cell of each level.

        A cell that is not masked is judged without itself, by cells around it that are not
        masked: with no mask at all, that is what surprise reads.

        Args:
            codemaps: Codes, those under a mask are ignored.
            masks: True where codes must not be looked at.
            radius: How far the model looks, in cells; the width of a Gaussian of distance.
        """
        ...

    def redraw(
        self,
        codemaps: Codemaps,
        masks: Masks,
        *,
        radius: float,
        sampling: Sampling,
        generator: torch.Generator,
        condition: Condition = ANYTHING,
    ) -> Codemaps:
        """Return codemaps in which every masked code is drawn anew."""
        ...
