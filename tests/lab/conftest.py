"""A tiny untrained effect, and notes to evaluate it on."""

import math

import pytest
import torch

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.quantizer import QuantizerConfig
from timbrush.codec.vqvae2 import VQVAE2, VQVAE2Config
from timbrush.datasets.examples import Example
from timbrush.effect.model import Effect
from timbrush.inpainting.registry import without_file

CONFIG = SpectrogramConfig(sample_rate=8000, n_fft=256, hop_length=64)


@pytest.fixture(scope="session")
def effect() -> Effect:
    torch.manual_seed(0)
    codec = VQVAE2(
        VQVAE2Config(
            row_heights=(4, 4, 8, 16, 32, 64),
            frames_per_column=4,
            n_bins=129,
            n_channels=8,
            n_encoder_blocks=1,
            n_coarse_blocks=1,
            n_decoder_blocks=1,
            quantizer=QuantizerConfig(codebook_size=16, n_features=4),
        )
    ).eval()
    return Effect(codec, without_file(codec.shape), CONFIG, "0123456789abcdef")


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    """Three notes of 0.5, 0.6 and 0.7 seconds; the last has no label."""
    found = []
    for index, (pitch, family) in enumerate(((57, 0), (69, 3), (-1, -1))):
        time = torch.arange(4000 + 800 * index) / CONFIG.sample_rate
        tone = torch.sin(2 * math.pi * 220 * (index + 1) * time) * torch.exp(-3 * time)
        found.append(Example(0.3 * tone, pitch, family, f"note-{index}"))
    return found
