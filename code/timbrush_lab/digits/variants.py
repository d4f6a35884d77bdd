"""Measure what each improvement of the quantizer brings, on handwritten digits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from timbrush.codec.contract import Codec
from timbrush.codec.quantizer import QuantizerConfig, perplexity

Images = Float[Tensor, "batch row column"]

_PLAIN = {"ema_decay": 0.0, "restart_below": 0.0, "kmeans_steps": 0}
_IMPROVED = {"ema_decay": 0.98, "restart_below": 0.2, "kmeans_steps": 10}

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "none": _PLAIN,
    "EMA codebook": _PLAIN | {"ema_decay": _IMPROVED["ema_decay"]},
    "restarts": _PLAIN | {"restart_below": _IMPROVED["restart_below"]},
    "k-means start": _PLAIN | {"kmeans_steps": _IMPROVED["kmeans_steps"]},
    "all three": _IMPROVED,
    "all three, unit length": _IMPROVED | {"unit_norm": True},
}
"""Settings of the quantizer by name; the first is van den Oord et al. 2017 as it is."""


@dataclass(frozen=True, kw_only=True)
class DigitsResult:
    """How well digits come back.

    Args:
        error: Mean squared error of a pixel; ink is 1.
        perplexity: Codewords that an even use would have.
        codes_used: Share of the codewords that are used at all.
        bits_per_image: Size of the codes.
    """

    error: float
    perplexity: float
    codes_used: float
    bits_per_image: int


def variant(config: QuantizerConfig, name: str) -> QuantizerConfig:
    """Return the quantizer's settings with the improvements that ``name`` has, only those."""
    return replace(config, **VARIANTS[name])


@torch.no_grad()
def evaluate_digits(codec: Codec, images: Images) -> DigitsResult:
    """Encode and decode images with a codec of one level."""
    (codemap,) = codec.encode(images)
    (level,) = codec.shape.levels
    restored = codec.decode((codemap,))
    return DigitsResult(
        error=float(functional.mse_loss(restored, images)),
        perplexity=perplexity(codemap, level.codebook_size),
        codes_used=len(codemap.unique()) / level.codebook_size,
        bits_per_image=codemap[0].numel() * level.bits_per_code,
    )
