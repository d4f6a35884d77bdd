"""Say how the picture of a sound is drawn: scale, window, and which of two channels."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from fastapi import Query
from jaxtyping import Float
from starlette.exceptions import HTTPException

from timbrush.effect.stroke import ALL, LEFT, MID, RIGHT

Scale = Literal["log", "mel", "linear"]
Channels = Literal["all", "left", "right", "mid", "side"]
Samples = Float[np.ndarray, "channel time"]

MEL_FACTOR = 2595.0
MEL_CORNER_HERTZ = 700.0


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a picture is drawn.

    Args:
        scale: How frequencies lie: each octave equally high, each mel, or each hertz.
        window_seconds: Length of the analysis window, roughly.
        channels: What is seen of two channels; ``all`` is the mean power of however many.
    """

    scale: Scale = "log"
    window_seconds: float = 0.1
    channels: Channels = "all"

    def up(self, hertz: np.ndarray) -> np.ndarray:
        """Return where frequencies lie on the scale."""
        if self.scale == "mel":
            return MEL_FACTOR * np.log10(1 + hertz / MEL_CORNER_HERTZ)
        return hertz if self.scale == "linear" else np.log2(hertz)

    def down(self, places: np.ndarray) -> np.ndarray:
        """Return the frequencies that lie there on the scale."""
        if self.scale == "mel":
            return MEL_CORNER_HERTZ * (10 ** (places / MEL_FACTOR) - 1)
        return places if self.scale == "linear" else 2**places

    def seen(self, samples: Samples) -> Float[np.ndarray, "seen time"]:
        """Return the channels that are drawn."""
        if self.channels == ALL:
            return samples
        if self.channels in (LEFT, RIGHT):
            c = (LEFT, RIGHT).index(self.channels)
            return samples[c : c + 1]
        sign = 1 if self.channels == MID else -1
        return (samples[:1] + sign * samples[1:]) / 2

    def check(self, n_channels: int) -> "Look":
        """Return itself.

        Raises:
            HTTPException: 422 if the sound has no such channels.
        """
        if self.channels != ALL and n_channels != 2:
            raise HTTPException(
                422,
                f"channels must be {ALL} for a sound of {n_channels} channels, "
                f"got {self.channels}",
            )
        return self


def asked_look(
    scale: Scale = "log",
    window: Annotated[float, Query(ge=0.002, le=0.25)] = 0.1,
    channels: Channels = "all",
) -> Look:
    """Return what a query asks for."""
    return Look(scale=scale, window_seconds=window, channels=channels)
