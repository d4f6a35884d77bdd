"""Encode a data set of sounds, to fit inpainters on its codes."""

from collections.abc import Callable

import torch

from timbrush.datasets.codemaps import CodemapSet, LabelledCodemaps, collect
from timbrush.datasets.examples import Example, Sounds
from timbrush.effect.model import Effect
from timbrush.errors import SoundError


def extract(
    effect: Effect,
    sounds: Sounds,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    leave_out: Callable[[SoundError], None] | None = None,
) -> CodemapSet:
    """Encode every sound as a stroke would find it.

    Args:
        effect: Its codec encodes.
        sounds: At the codec's sample rate.
        progress: Called with the sounds done and the sounds there are.
        leave_out: Called with the reason when a sound cannot be read, which then is left out;
            None raises it.

    Raises:
        SoundError: If a sound cannot be read.
        DatasetError: If none can.
    """
    assert sounds.sample_rate == effect.spectrogram.sample_rate, "open them at the model's rate"
    labelled, names = [], []
    for index in range(len(sounds)):
        try:
            example = sounds[index]
            labelled.append(_encode(effect, example))
            names.append(example.name)
        except SoundError as error:
            if leave_out is None:
                raise
            leave_out(error)
        progress(index + 1, len(sounds))
    return collect(
        labelled,
        names,
        shape=effect.codec.shape,
        fingerprint=effect.fingerprint,
    )


def _encode(effect: Effect, example: Example) -> LabelledCodemaps:
    rate = effect.spectrogram.sample_rate
    codes = effect.encode(example.waveform.numpy()[None], sample_rate=rate)
    return LabelledCodemaps(
        codes.codemaps, torch.tensor([example.pitch]), torch.tensor([example.family])
    )
