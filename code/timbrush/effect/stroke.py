"""One stroke of the brush, as a value and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from timbrush import config
from timbrush.effect.actions import actions
from timbrush.effect.actions.actions import Action
from timbrush.effect.zone import shapes
from timbrush.effect.zone.checks import (
    Number,
    Span,
    check_positive,
    check_range,
    check_span,
    check_types,
)
from timbrush.effect.zone.shapes import Shape
from timbrush.errors import ConfigError, StrokeError
from timbrush.inpainting.contract import GUIDANCE, Condition, Sampling
from timbrush.seeds import MAX_SEED

BOTH = "both"
RHYTHM = "rhythm"
LEVELS = (BOTH, "coarse", "fine", RHYTHM, "timbre")
"""Names of levels; a model has two of them. ``both`` stands for all that it has."""


ALL, LEFT, RIGHT, MID, SIDE = CHANNELS = ("all", "left", "right", "mid", "side")
"""Names of what a stroke may be heard in."""

KEEPS = ("keep_level", "keep_rhythm", "keep_width", "keep_band")
"""What a stroke keeps, by the names of its fields."""


@dataclass(frozen=True, kw_only=True)
class Stroke:
    """One stroke: where, how strongly, and by what its cells are redrawn.

    Args:
        seconds: Span of time that bounds the zone; None for the whole sound.
        hertz: Span of frequency that bounds the zone; None for the model's whole band.
        zone: Shapes that are added, subtracted and intersected in turn, within those bounds;
            none for all that lies within.
        strength: Share of the painted cells that end up different, of what is the most with
            this inpainter: 0 changes nothing, 1 redraws all.
        radius: How far the inpainter looks, in cells; the width of a Gaussian of distance. At
            0.5 the cells around hardly count, from about 2 on all that the model sees does.
        repeat: How often the stroke is applied, 1 to 100. Below full strength each turn goes
            further from the sound; at 1 each is one more draw.
        softness: Width of the falling edge as a share of the zone's half-width: 0 for the same
            strength everywhere, 1 for one that falls off from the middle on.
        level: ``both`` codemaps, or the one of that name, such as ``coarse`` or ``rhythm``.
        action: What is done to the zone instead of redrawing it, such as ``Gain``; None to
            redraw. ``strength`` and all that follows on inpainters then counts for nothing.
        channels: ``all``; or ``left``, ``right``, ``mid`` or ``side`` alone, of a sound that
            has two.
        inpainter: Name of the inpainter that redraws.
        temperature: 0 takes the likeliest code, 1 draws as learned, above 1 flattens.
        top_k: Draw among the ``top_k`` likeliest only; 0 for all.
        top_p: Draw among the likeliest that hold this share of the probability; 1 for all.
        pitch: MIDI note number to redraw as, for an inpainter that takes one.
        family: Name of the instrument family to redraw as, for an inpainter that takes one.
            It is heard on whole sounds; in a zone, what lies around outweighs it.
        guidance: How much pitch and family count beside what lies around the zone, 0 to 100.
        keep_level: How much of the loudness that was there is kept, in each band, on slow
            average: 0 lets it go, 1 keeps it.
        keep_rhythm: How much of the faster envelope of each band is kept: at 1 every hit stays
            where it was and gets another timbre. A stroke of the level ``rhythm`` keeps none.
        keep_width: How much of what channels have beside each other in level and phase is kept.
        keep_band: How far what lies above the model's band follows a zone that reaches its
            top, so that the band stays whole.
        seed: Where all of the stroke's randomness starts, 0 to 2**53 - 1.
        amount: How much of what the stroke changed is heard, 0 to 1.
        enabled: False for a stroke that stays in the list and changes nothing.

    Raises:
        StrokeError: For a value out of range.

    Example:
        >>> Stroke(seconds=(0.5, 1.5), hertz=(200, 2000), strength=0.8).seed
        0
    """

    seconds: Span | None = None
    hertz: Span | None = None
    zone: tuple[Shape, ...] = ()
    strength: Number = 1.0
    radius: Number = 1.0
    repeat: int = 1
    softness: Number = 0.0
    level: str = BOTH
    action: Action | None = None
    channels: str = ALL
    inpainter: str = "naive-bayes"
    temperature: Number = 1.0
    top_k: int = 0
    top_p: Number = 1.0
    pitch: int | None = None
    family: str | None = None
    guidance: Number = GUIDANCE
    keep_level: Number = 1.0
    keep_rhythm: Number = 1.0
    keep_width: Number = 1.0
    keep_band: Number = 1.0
    seed: int = 0
    amount: Number = 1.0
    enabled: bool = True

    def __post_init__(self) -> None:
        check_types(self)
        check_span("seconds", self.seconds)
        check_span("hertz", self.hertz)
        check_positive("radius", self.radius)
        check_range("strength", self.strength, 0, 1)
        check_range("repeat", self.repeat, 1, 100)
        check_range("softness", self.softness, 0, 1)
        check_range("seed", self.seed, 0, MAX_SEED)
        check_range("amount", self.amount, 0, 1)
        for name in KEEPS:
            check_range(name, getattr(self, name), 0, 1)
        if self.level not in LEVELS:
            raise StrokeError(f"level must be one of {', '.join(LEVELS)}; got {self.level!r}")
        if self.channels not in CHANNELS:
            raise StrokeError(
                f"channels must be one of {', '.join(CHANNELS)}; got {self.channels!r}"
            )
        try:
            _ = self.sampling, self.condition
        except ConfigError as error:
            raise StrokeError(str(error)) from None

    @property
    def sampling(self) -> Sampling:
        """How codes are drawn."""
        return Sampling(temperature=self.temperature, top_k=self.top_k, top_p=self.top_p)

    @property
    def condition(self) -> Condition:
        """What the zone is to sound like."""
        return Condition(pitch=self.pitch, family=self.family, guidance=self.guidance)

    def to_dict(self) -> dict[str, Any]:
        """Return the stroke as JSON values."""
        return {
            **asdict(replace(self, zone=(), action=None)),
            "action": actions.to_dict(self.action),
            "zone": [shapes.to_dict(shape) for shape in self.zone],
        }

    @property
    def inpainters(self) -> set[str]:
        """Names of all inpainters that have a say: the one that redraws, those that judge."""
        own = set() if self.action else {self.inpainter}
        return {*own, *(name for shape in self.zone for name in shape.judges)}

    @classmethod
    def from_dict(cls, values: object, *, where: str = "stroke") -> "Stroke":
        """Read what ``to_dict`` wrote; fields with a default may be left out.

        Raises:
            StrokeError: For an unknown field, or a value that cannot be.
        """
        if not isinstance(values, Mapping):
            raise StrokeError(f"{where} must be an object, got {values!r}")
        zone = values.get("zone", ())
        if not isinstance(zone, Sequence) or isinstance(zone, str):
            raise StrokeError(f"{where}.zone must be a list of shapes, got {zone!r}")
        read = [shapes.from_dict(v, where=f"{where}.zone[{i}]") for i, v in enumerate(zone)]
        done = actions.from_dict(values.get("action"), where=f"{where}.action")
        try:
            return config.from_dict(cls, {**values, "zone": read, "action": done}, where=where)
        except ConfigError as error:
            raise StrokeError(str(error)) from None
        except StrokeError as error:
            raise StrokeError(f"{where}: {error}") from None
