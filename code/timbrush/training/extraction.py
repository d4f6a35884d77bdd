"""A data set of sounds to the codemaps that inpainters are fitted on."""

from collections.abc import Callable

import torch

from timbrush.datasets.codemaps import CodemapSet, LabelledCodemaps, collect
from timbrush.datasets.examples import Example, Sounds
from timbrush.effect.model import Effect


def extract(
    effect: Effect,
    sounds: Sounds,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> CodemapSet:
    """Encode every sound as a stroke would find it.

    Args:
        effect: Its codec encodes.
        sounds: At the codec's sample rate.
        progress: Called with the sounds done and the sounds there are.

    Raises:
        SoundError: If a sound cannot be read.
    """
    assert sounds.sample_rate == effect.spectrogram.sample_rate, "open them at the model's rate"
    labelled, names = [], []
    for index in range(len(sounds)):
        example = sounds[index]
        labelled.append(_encode(effect, example))
        names.append(example.name)
        progress(index + 1, len(sounds))
    return collect(
        labelled,
        names,
        codebook_sizes=tuple(grid.codebook_size for grid in effect.codec.grids),
        fingerprint=effect.fingerprint,
    )


def _encode(effect: Effect, example: Example) -> LabelledCodemaps:
    rate = effect.spectrogram.sample_rate
    codes = effect.encode(example.waveform.numpy()[None], sample_rate=rate)
    return LabelledCodemaps(
        codes.codemaps, torch.tensor([example.pitch]), torch.tensor([example.family])
    )
