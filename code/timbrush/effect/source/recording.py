"""Samples as they were handed over: checked, and read or written in their own kind and type."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Shaped

from timbrush.audio.files import (
    MAX_CHANNELS,
    MAX_PEAK,
    MAX_SAMPLE_RATE,
    MIN_SAMPLE_RATE,
)
from timbrush.audio.resampling import Samples
from timbrush.errors import SoundError

FULL_SCALE = {"float32": 1, "float64": 1, "int16": 2**15, "int32": 2**31}


@dataclass(frozen=True, eq=False)
class Recording:
    """Samples that were handed over. They are referred to, not copied: leave them as they are.

    Args:
        samples: NumPy or torch, ``(time,)`` or ``(channel, time)``, float32, float64 (full
            scale ±1), int16 or int32.
        sample_rate: Its rate in hertz.

    Raises:
        SoundError: For anything else, an empty sound, an absurd rate, or values that are not
            finite.
    """

    samples: Any
    sample_rate: int

    def __post_init__(self) -> None:
        rate = self.sample_rate
        if isinstance(rate, bool) or not isinstance(rate, int | np.integer):
            raise SoundError(f"sample_rate must be a whole number of hertz, got {rate!r}")
        if not MIN_SAMPLE_RATE <= rate <= MAX_SAMPLE_RATE:
            raise SoundError(
                f"sample_rate must lie in {MIN_SAMPLE_RATE} to {MAX_SAMPLE_RATE} Hz, got {rate}"
            )
        if not isinstance(self.samples, np.ndarray | torch.Tensor):
            raise SoundError(
                f"samples must be a NumPy array or a torch tensor, got {type(self.samples)}"
            )
        object.__setattr__(self, "sample_rate", int(rate))  # NumPy's integers overflow
        self._check_type()
        self._check_array(self.array)

    def _check_type(self) -> None:
        kind = str(self.samples.dtype).removeprefix("torch.")
        if kind not in FULL_SCALE:
            raise SoundError(f"samples must be of {', '.join(FULL_SCALE)}; got {kind}")

    def _check_array(self, array: Shaped[np.ndarray, "channel time"]) -> None:
        if not 1 <= array.shape[0] <= MAX_CHANNELS:
            raise SoundError(
                f"samples must be (channel, time) with 1 to {MAX_CHANNELS} channels, got the "
                f"shape {tuple(self.samples.shape)}; transpose them if time comes first"
            )
        if array.shape[1] < 1:
            raise SoundError("samples must hold at least one sample a channel, got none")
        # NaN compares as false, so one pass finds it, infinities and absurd values alike.
        if not (abs(float(array.min())) <= MAX_PEAK and abs(float(array.max())) <= MAX_PEAK):
            raise SoundError("samples must be finite (full scale is 1), got NaN, inf or beyond")

    @property
    def array(self) -> Shaped[np.ndarray, "channel time"]:
        """The samples as ``(channel, time)``, without a copy."""
        samples = self.samples
        if isinstance(samples, torch.Tensor):
            if samples.layout != torch.strided or samples.is_meta:
                raise SoundError("samples must be a dense tensor that holds its values")
            samples = samples.detach().cpu().numpy()
        if samples.ndim not in (1, 2):
            raise SoundError(
                f"samples must be (time,) or (channel, time), got the shape {samples.shape}"
            )
        return samples.reshape(1, -1) if samples.ndim == 1 else samples

    @property
    def length(self) -> int:
        """Samples of a channel."""
        return int(self.samples.shape[-1])

    @property
    def n_channels(self) -> int:
        """Channels, 1 for ``(time,)``."""
        return 1 if self.samples.ndim == 1 else int(self.samples.shape[0])

    def read(self, first: int, last: int) -> Samples:
        """Return float32 samples, full scale ±1; silence surrounds the sound."""
        array = self.array
        start, stop = (min(max(edge, 0), self.length) for edge in (first, last))
        piece = np.zeros((self.n_channels, last - first), dtype=np.float32)
        if start < stop:
            inside = array[:, start:stop].astype(np.float32)
            piece[:, start - first : stop - first] = inside / FULL_SCALE[str(array.dtype)]
        return piece

    def like(self, array: Shaped[np.ndarray, "channel time"]) -> Any:
        """Return samples in the kind and shape that was handed over."""
        shaped = array.reshape(-1) if self.samples.ndim == 1 else array
        if isinstance(self.samples, torch.Tensor):
            return torch.from_numpy(shaped).to(self.samples.device)
        return shaped

    def add(
        self, base: Shaped[np.ndarray, "channel time"], change: Samples
    ) -> Shaped[np.ndarray, "channel time"]:
        """Add a change (full scale ±1) to samples of this sound's own type."""
        scale = FULL_SCALE[str(base.dtype)]
        if scale == 1:  # by adding no change, a negative zero would become a positive one
            return np.where(change == 0, base, base + change.astype(base.dtype))
        total = base.astype(np.float64) + np.round(change.astype(np.float64) * scale)
        return np.clip(total, -scale, scale - 1).astype(base.dtype)


def check_axes(samples: Any, n_channels: int | None) -> None:
    """Refuse an array of fewer samples than channels, unless its channels were told.

    Args:
        samples: What was handed over.
        n_channels: How many channels the caller says there are; None for nothing said.

    Raises:
        SoundError: If time may be the first axis, or there are other channels than said.
    """
    shape = tuple(getattr(samples, "shape", ()))
    if len(shape) != 2:
        return
    if n_channels is None and shape[0] > shape[1] > 0:
        raise SoundError(
            f"samples of shape {shape} would be {shape[1]} samples of {shape[0]} channels; "
            f"transpose them if time comes first, else pass n_channels={shape[0]}"
        )
    if n_channels is not None and n_channels != shape[0]:
        raise SoundError(
            f"samples must be (channel, time) with {n_channels} channels as told, got shape "
            f"{shape}; transpose them if time comes first"
        )
