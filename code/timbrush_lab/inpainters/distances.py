"""Compare redrawn zones with what was there before."""

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy import linalg
from torch import Tensor

from timbrush.tensors import Spectrogram

N_BANDS = 24


def zone_lsd(
    reference: Spectrogram, filled: Spectrogram, pixels: Bool[Tensor, "batch bin frame"]
) -> float:
    """Root mean square difference inside each zone, mean over sounds, in spectrogram units."""
    squares = ((filled - reference).square() * pixels).sum(dim=(1, 2))
    return float((squares / pixels.sum(dim=(1, 2)).clamp(min=1)).sqrt().mean())


def zone_level(
    reference: Spectrogram,
    filled: Spectrogram,
    pixels: Bool[Tensor, "batch bin frame"],
    decibels: float,
) -> dict[str, float]:
    """Return by how many decibels a zone's loudness strays: quantiles over sounds.

    Loudness is the energy in the zone, cut off 60 dB below the sound's strongest cell: what is
    fainter counts as silence. A ``tenth`` far below 0 means holes, a ``ninetieth`` far above
    it bursts.
    """
    levels = []
    for sounds in (filled, reference):
        energy = 10 ** ((sounds - 1) * decibels / 10) * pixels
        mean = energy.sum(dim=(1, 2)) / pixels.sum(dim=(1, 2)).clamp(min=1)
        levels.append(10 * mean.clamp(min=1e-6).log10())
    strays = levels[0] - levels[1]
    return {
        "tenth": float(strays.quantile(0.1)),
        "median": float(strays.median()),
        "ninetieth": float(strays.quantile(0.9)),
        "median_of_sizes": float(strays.abs().median()),
    }


def frechet_distance(
    one: Float[np.ndarray, "sound feature"], other: Float[np.ndarray, "_sounds feature"]
) -> float:
    """Fréchet distance of two sets of embeddings, taken as Gaussian.

    Source: Heusel et al. 2017, equation 6; Kilgour et al. 2019 for sound.
    """
    means = one.mean(axis=0) - other.mean(axis=0)
    # A little of the identity keeps the root real where sounds are fewer than features.
    ridge = 1e-6 * np.eye(one.shape[1])
    first, second = np.cov(one.T) + ridge, np.cov(other.T) + ridge
    root = linalg.sqrtm(first @ second).real
    return float(means @ means + np.trace(first + second - 2 * root))


def embed(
    spectrograms: Spectrogram, pixels: Bool[Tensor, "batch bin frame"]
) -> Float[np.ndarray, "sound feature"]:
    """Mean and spread in time of the level in bands of equal width in mel, inside the zone.

    Fixed, so that figures of different models compare; bands without a painted pixel are 0.
    """
    edges = 700 * (10 ** (np.linspace(0, np.log10(1 + 8000 / 700), N_BANDS + 1)) - 1)
    bins = np.searchsorted(np.linspace(0, 8000, spectrograms.shape[1]), edges)
    features = []
    for low, high in zip(bins, np.maximum(bins[1:], bins[:-1] + 1), strict=False):
        inside = pixels[:, low:high]
        count = inside.sum(dim=1).clamp(min=1)
        level = (spectrograms[:, low:high] * inside).sum(dim=1) / count  # batch frame
        frames = inside.any(dim=1)
        n_frames = frames.sum(dim=1).clamp(min=1)
        mean = (level * frames).sum(dim=1) / n_frames
        spread = (((level - mean[:, None]) ** 2 * frames).sum(dim=1) / n_frames).sqrt()
        features += [mean, spread]
    return torch.stack(features, dim=1).double().numpy()
