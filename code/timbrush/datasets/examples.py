"""What a data set of sounds answers: one waveform at a time, with what is known about it."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from timbrush.audio import files

UNKNOWN = -1
"""Stands for a pitch or a family that no label gives."""


class Example(NamedTuple):
    """One sound: mono, at the rate that its data set was opened with.

    Args:
        waveform: Samples; full scale is ±1.
        pitch: MIDI note number, or ``UNKNOWN``.
        family: Index into ``families.FAMILIES``, or ``UNKNOWN``.
        name: Its path in the data set, without the suffix.
        edge_hertz: Where its own band ends; infinite where nobody has measured it.
    """

    waveform: Float[Tensor, " time"]
    pitch: int
    family: int
    name: str
    edge_hertz: float = math.inf


@runtime_checkable
class Sounds(Protocol):
    """A data set of sounds, in an order that does not change."""

    @property
    def sample_rate(self) -> int:
        """Rate of every waveform."""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> Example: ...


class Joined:
    """Several data sets, one after the other.

    Args:
        parts: At least one; all at one rate.
    """

    def __init__(self, parts: Sequence[Sounds]) -> None:
        self._parts = parts
        self._ends = list(accumulate(len(part) for part in parts))

    @property
    def sample_rate(self) -> int:
        """Rate of every waveform."""
        return self._parts[0].sample_rate

    def __len__(self) -> int:
        return self._ends[-1]

    def __getitem__(self, index: int) -> Example:
        if not 0 <= index < len(self):
            raise IndexError(f"index {index} of {len(self)} sounds")
        part = bisect_right(self._ends, index)
        start = self._ends[part - 1] if part else 0
        return self._parts[part][index - start]


class Chosen:
    """Some sounds of a data set, each as often as its index is named.

    Args:
        sounds: What to read from.
        indices: Which ones, in this order.
    """

    def __init__(self, sounds: Sounds, indices: Sequence[int]) -> None:
        self._sounds = sounds
        self._indices = indices

    @property
    def sample_rate(self) -> int:
        """Rate of every waveform."""
        return self._sounds.sample_rate

    def __len__(self) -> int:
        return len(self._indices)

    def __getitem__(self, index: int) -> Example:
        return self._sounds[self._indices[index]]


class Remembered:
    """A data set that keeps the waveforms it has answered, up to a limit of memory.

    Args:
        sounds: What to read from.
        limit_bytes: Once so much is kept, further examples are read anew each time. A thousand
            notes of NSynth take 256 MB.
    """

    def __init__(self, sounds: Sounds, *, limit_bytes: int = 4 << 30) -> None:
        self._sounds = sounds
        self._free_bytes = limit_bytes
        self._kept: dict[int, Example] = {}

    @property
    def sample_rate(self) -> int:
        """Rate of every waveform."""
        return self._sounds.sample_rate

    def __len__(self) -> int:
        return len(self._sounds)

    def __getitem__(self, index: int) -> Example:
        if index in self._kept:
            return self._kept[index]
        example = self._sounds[index]
        n_bytes = example.waveform.numel() * example.waveform.element_size()
        if n_bytes <= self._free_bytes:
            self._free_bytes -= n_bytes
            self._kept[index] = example
        return example


def read_mono(path: str, sample_rate: int) -> Float[Tensor, " time"]:
    """Read a sound as the mean of its channels, at ``sample_rate``.

    Raises:
        SoundError: If the file cannot be read.
    """
    sound = files.read(path)
    mono = sound.samples.mean(axis=0, keepdims=True)
    return torch.from_numpy(files.resample(mono, sound.sample_rate, sample_rate)[0]).float()
