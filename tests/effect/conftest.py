"""A tiny effect that needs no training: a codec of mean levels, and the evenly drawing rung."""

import itertools

import numpy as np
import pytest
import torch
from torch.nn import functional

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.contract import Grid, WithoutLevels
from timbrush.codemaps import CodeShape
from timbrush.effect.model import Effect
from timbrush.inpainting.registry import without_file

CONFIG = SpectrogramConfig(sample_rate=8000, n_fft=256, hop_length=64)
EDGES = (0, 4, 8, 16, 24, 40, 64, 96, 128)


class LevelCodec(WithoutLevels):
    """Codes are mean levels: a coarse cell's own, a fine cell's difference from it."""

    context_columns = 1
    encode_context_columns = 0

    def __init__(self):
        self.n_encoded = self.n_decoded = 0

    @property
    def shape(self):
        return CodeShape.of(codebook_sizes=(32, 32), n_rows=(4, 8), columns=(1, 2))

    @property
    def grids(self):
        return (
            Grid(row_edges=EDGES[::2], frames_per_column=8),
            Grid(row_edges=EDGES, frames_per_column=4),
        )

    def encode(self, spectrogram, levels=None):
        coarse, fine = (self._means(spectrogram, grid) for grid in self.grids)
        top = (coarse * 31).round().long()
        bottom = ((fine - self._spread(top / 31)) * 16 + 16).round().long().clamp(0, 31)
        self.n_encoded += top.shape[2]
        return top, bottom

    def decode(self, codemaps):
        top, bottom = codemaps
        self.n_decoded += top.shape[2]
        levels = (self._spread(top / 31) + (bottom - 16) / 16).clamp(0, 1)
        heights = torch.tensor(EDGES).diff()
        pixels = levels.repeat_interleave(heights, 1).repeat_interleave(4, 2)
        return functional.pad(pixels, (0, 0, 0, CONFIG.n_bins - EDGES[-1]))

    def _means(self, spectrogram, grid):
        edges, width = grid.row_edges, grid.frames_per_column
        rows = [spectrogram[:, a:b].mean(1) for a, b in itertools.pairwise(edges)]
        stacked = torch.stack(rows, 1)
        return stacked.unflatten(2, (-1, width)).mean(-1)

    def _spread(self, top):
        return top.repeat_interleave(2, 1).repeat_interleave(2, 2)


@pytest.fixture(scope="session")
def new_effect():
    """A function that answers a fresh effect; its codec counts columns."""
    return lambda: _effect(LevelCodec())


@pytest.fixture(scope="session")
def effect(new_effect):
    return new_effect()


@pytest.fixture(scope="session")
def a_sound():
    """A function that answers decaying partials over a little noise."""
    return _sound


def _effect(codec):
    return Effect(codec, without_file(codec.shape), CONFIG, "0123456789abcdef")


def _sound(seconds=2.0, sample_rate=8000, n_channels=None, dtype="float32", seed=0):
    """Decaying partials over a little noise, different in each channel."""
    random = np.random.default_rng(seed)
    time = np.arange(max(1, round(seconds * sample_rate))) / sample_rate
    channels = []
    for _ in range(n_channels or 1):
        pitch = random.uniform(150, 400)
        tone = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in range(1, 6))
        noise = random.standard_normal(len(time))
        channels.append(0.2 * tone * np.exp(-time) + 0.01 * noise)
    samples = np.stack(channels) if n_channels else channels[0]
    if dtype.startswith("int"):
        return (samples * np.iinfo(dtype).max).astype(dtype)
    return samples.astype(dtype)
