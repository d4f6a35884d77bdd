"""The codecs that a model file can hold, by name."""

from typing import Any

from torch import nn

from timbrush.codec.rhythm_timbre import RhythmTimbre, RhythmTimbreConfig
from timbrush.codec.vqvae import VQVAE, VQVAEConfig
from timbrush.codec.vqvae2 import VQVAE2, VQVAE2Config

CODECS: dict[str, tuple[type[Any], type[nn.Module]]] = {
    "vqvae": (VQVAEConfig, VQVAE),
    "vqvae2": (VQVAE2Config, VQVAE2),
    "rhythm_timbre": (RhythmTimbreConfig, RhythmTimbre),
}
"""Name to (config class, module class)."""
