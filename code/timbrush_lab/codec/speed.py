"""Measure how fast and how local the codec of a model is."""

from dataclasses import asdict
from typing import Any

import torch

from timbrush import seeds
from timbrush.audio.spectrogram import peak_spectrogram
from timbrush.checkpoints import count_parameters
from timbrush.datasets.examples import Sounds
from timbrush.effect.model import Effect
from timbrush.energy import repeat_until_stable
from timbrush.tensors import Spectrogram
from timbrush_lab.codec.locality import measure_locality
from timbrush_lab.codec.restoring import restore
from timbrush_lab.timing.benchmark import time_in_turns

SECONDS = 4
N_LOCAL = 8
"""Sounds whose cells are redrawn for the locality."""


def measure_codec(effect: Effect, sounds: Sounds) -> dict[str, Any]:
    """Time, meter and redraw: encode and decode of four seconds, warm, with phases."""
    rate = effect.spectrogram.sample_rate
    waveform = torch.nn.functional.pad(sounds[0].waveform, (0, SECONDS * rate))[
        : SECONDS * rate
    ]

    def round_trip() -> object:
        return restore(effect, waveform, rate)

    (timing,) = time_in_turns(round_trip)
    cost = repeat_until_stable(round_trip, most_seconds=5.0)
    generator = seeds.torch_generator(0)
    locality = measure_locality(effect.codec, _pictures(effect, sounds), generator=generator)
    return {
        "round_trip": asdict(timing)
        | {
            "seconds_of_sound": SECONDS,
            "in_matmuls": timing.in_matmuls,
            "joules": cost.joules,
            "estimated": cost.estimated,
        },
        "locality": asdict(locality),
        "parameters": count_parameters(effect.codec),
    }


def _pictures(effect: Effect, sounds: Sounds) -> Spectrogram:
    """Return spectrograms of some sounds, cut to four seconds' whole columns."""
    config, column = effect.spectrogram, effect.codec.grids[0].frames_per_column
    n_columns = -(-SECONDS * config.sample_rate // (config.hop_length * column))
    length = n_columns * column * config.hop_length
    chosen = {index * len(sounds) // N_LOCAL for index in range(N_LOCAL)}
    waveforms = [sounds[index].waveform[:length] for index in sorted(chosen)]
    padded = [torch.nn.functional.pad(w, (0, length - len(w))) for w in waveforms]
    return peak_spectrogram(torch.stack(padded), config)
