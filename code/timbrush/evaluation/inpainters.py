"""Effect and held-out sounds to how well each rung of inpainters does, beside no learning."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy import linalg, ndimage
from torch import Tensor

from timbrush.audio.spectrogram import stft, to_spectrogram
from timbrush.codec.contract import Codec
from timbrush.datasets.examples import Sounds
from timbrush.effect.model import Effect
from timbrush.effect.region import cell_pixels
from timbrush.evaluation.naive_bayes_fit import compare_fits
from timbrush.inpainting.contract import Inpainter, Sampling
from timbrush.inpainting.likelihood import measure_likelihood
from timbrush.inpainting.painting import rectangles
from timbrush.inpainting.strength_curve import measure_strength
from timbrush.tensors import Codemaps, Masks, Spectrogram

PAINTED_SHARE = 0.25
N_BANDS = 24
BATCH = 16


@dataclass(frozen=True, kw_only=True, eq=False)
class HeldOut:
    """Whole sounds, coded, each with one painted rectangle; the same for all rungs.

    Args:
        spectrograms: Of the sounds themselves.
        codemaps: Their codes.
        masks: True under the brush.
        pixels: The same on the spectrogram.
    """

    spectrograms: Spectrogram
    codemaps: Codemaps
    masks: Masks
    pixels: Bool[Tensor, "batch bin frame"]


def evaluate_inpainters(
    effect: Effect, sounds: Sounds, chosen: list[int], *, seed: int = 0
) -> dict[str, Any]:
    """Judge every rung of a model, and two fillings that learned nothing.

    Args:
        effect: The model with its rungs.
        sounds: Held-out sounds; those as long as the first of them are used.
        chosen: Which of them.
        seed: Start of the masks' and the draws' randomness.

    Returns:
        ``n_sounds``, ``painted_share``; ``inpainters``, by name: ``bits_per_code``,
        ``accuracy``, ``level_bits``, ``strength_curve`` (share that differs when 0, 1/n, …, n/n
        of the painted cells are redrawn), ``zone_lsd`` (decibels, drawn codes decoded against
        the untouched sound) and ``frechet``; ``baselines``, by name, the last two; what the
        codec itself answers for untouched codes; and ``naive_bayes_fit``, its time beside
        scikit-learn's on the same codes.
    """
    held = _hold_out(effect, sounds, chosen, seed)
    real = _embed(held.spectrograms, held.pixels)
    decibels = -effect.spectrogram.floor_decibels

    def judge(filled: Spectrogram) -> dict[str, float]:
        return {
            "zone_lsd": zone_lsd(held.spectrograms, filled, held.pixels) * decibels,
            "frechet": frechet_distance(real, _embed(filled, held.pixels)),
        }

    fillings: dict[str, Callable[[HeldOut], Spectrogram]] = {
        "gaussian blur": blurred,
        "linear interpolation": interpolated,
    }
    rungs = {}
    for name in effect.inpainters:
        rung = effect.inpainters[name]
        likelihood = measure_likelihood(rung, held.codemaps, held.masks)
        rungs[name] = {
            "bits_per_code": likelihood.bits_per_code,
            "accuracy": likelihood.accuracy,
            "level_bits": list(likelihood.level_bits),
            "strength_curve": list(
                measure_strength(rung, held.codemaps, held.masks, seed=seed)
            ),
            **judge(_redrawn(effect.codec, rung, held, seed)),
        }
    return {
        "n_sounds": len(held.spectrograms),
        "painted_share": PAINTED_SHARE,
        "inpainters": rungs,
        "baselines": {name: judge(fill(held)) for name, fill in fillings.items()},
        "untouched_codes": judge(_decode(effect.codec, held.codemaps, held)),
        "naive_bayes_fit": _fit(effect, held),
    }


def _fit(effect: Effect, held: HeldOut) -> dict[str, Any] | None:
    """Answer how Naive Bayes is fitted beside scikit-learn's; None where that is not there."""
    if find_spec("sklearn") is None:
        return None
    return compare_fits(held.codemaps, next(iter(effect.inpainters.values())).shape)


def zone_lsd(
    reference: Spectrogram, filled: Spectrogram, pixels: Bool[Tensor, "batch bin frame"]
) -> float:
    """Root mean square difference inside each zone, mean over sounds, in spectrogram units."""
    squares = ((filled - reference).square() * pixels).sum(dim=(1, 2))
    return float((squares / pixels.sum(dim=(1, 2)).clamp(min=1)).sqrt().mean())


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


def blurred(held: HeldOut) -> Spectrogram:
    """A Gaussian blur of the log-magnitudes inside the zone: what an image editor does."""
    smooth = ndimage.gaussian_filter(held.spectrograms.numpy(), sigma=(0, 4, 4))
    return torch.where(held.pixels, torch.from_numpy(smooth), held.spectrograms)


def interpolated(held: HeldOut) -> Spectrogram:
    """A straight line in time from the last frame before the zone to the first after it."""
    filled = held.spectrograms.clone()
    for sound, zone in zip(filled, held.pixels, strict=True):
        rows, frames = zone.any(dim=1), zone.any(dim=0).nonzero()[:, 0]
        first, last = int(frames[0]), int(frames[-1]) + 1
        before = sound[rows, max(first - 1, 0) if first else min(last, sound.shape[1] - 1)]
        after = sound[rows, last] if last < sound.shape[1] else before
        share = torch.linspace(0, 1, last - first + 2)[1:-1]
        sound[rows, first:last] = torch.lerp(before[:, None], after[:, None], share)
    return filled


@torch.no_grad()
def _hold_out(effect: Effect, sounds: Sounds, chosen: list[int], seed: int) -> HeldOut:
    codec, config = effect.codec, effect.spectrogram
    width = codec.grids[0].frames_per_column
    waveforms = [sounds[index].waveform for index in chosen]
    same = [wave for wave in waveforms if len(wave) == len(waveforms[0])]
    n_frames = -(-len(same[0]) // (config.hop_length * width)) * width
    padded = torch.nn.functional.pad(
        torch.stack(same), (0, n_frames * config.hop_length - len(same[0]))
    )
    magnitudes = stft(padded, config)[:, :, :n_frames].abs()
    spectrograms = to_spectrogram(magnitudes, magnitudes.amax(dim=(1, 2)), config)
    coded = [codec.encode(some) for some in spectrograms.split(BATCH)]
    codemaps = tuple(torch.cat(level) for level in zip(*coded, strict=True))
    generator = torch.Generator().manual_seed(seed)
    shape = next(iter(effect.inpainters.values())).shape
    masks = rectangles(shape, len(same), n_frames // width, PAINTED_SHARE, generator)
    pixels = torch.stack(
        [cell_pixels(mask, codec.grids[0], spectrograms.shape[1]) for mask in masks[0]]
    )
    return HeldOut(spectrograms=spectrograms, codemaps=codemaps, masks=masks, pixels=pixels)


def _redrawn(codec: Codec, rung: Inpainter, held: HeldOut, seed: int) -> Spectrogram:
    codemaps = rung.redraw(
        held.codemaps,
        held.masks,
        radius=1.0,
        sampling=Sampling(),
        generator=torch.Generator().manual_seed(seed),
    )
    return _decode(codec, codemaps, held)


def _decode(codec: Codec, codemaps: Codemaps, held: HeldOut) -> Spectrogram:
    parts = zip(*(codemap.split(BATCH) for codemap in codemaps), strict=True)
    decoded = torch.cat([codec.decode(part) for part in parts])
    return torch.where(held.pixels, decoded, held.spectrograms)


def _embed(
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
