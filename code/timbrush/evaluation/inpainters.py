"""Effect and held-out sounds to how well each rung of inpainters does, beside no learning."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import torch
from jaxtyping import Bool, Int
from scipy import ndimage
from torch import Tensor

from timbrush.audio.spectrogram import peak_spectrogram
from timbrush.codec.contract import Codec
from timbrush.datasets.examples import Sounds
from timbrush.effect.model import Effect
from timbrush.effect.region import cell_pixels
from timbrush.evaluation.inpainters_condition import measure_family, measure_pitch
from timbrush.evaluation.inpainters_decoding import compare_decoding
from timbrush.evaluation.inpainters_distances import (
    embed,
    frechet_distance,
    zone_level,
    zone_lsd,
)
from timbrush.evaluation.naive_bayes_fit import compare_fits
from timbrush.inpainting.contract import Inpainter, Sampling
from timbrush.inpainting.likelihood import measure_likelihood
from timbrush.inpainting.network import PatchInpainter
from timbrush.inpainting.painting import rectangles
from timbrush.inpainting.strength_curve import measure_strength
from timbrush.inpainting.transformer import Transformer
from timbrush.tensors import Codemaps, Masks, Spectrogram

PAINTED_SHARE = 0.25
BATCH = 16
N_DECODED = 18
"""Sounds that networks draw one code by one: a hundred times the work of in parallel."""


@dataclass(frozen=True, kw_only=True, eq=False)
class HeldOut:
    """Whole sounds, coded, each with one painted rectangle; the same for all rungs.

    Args:
        spectrograms: Of the sounds themselves.
        codemaps: Their codes.
        masks: True under the brush.
        pixels: The same on the spectrogram.
        pitches: MIDI note of each sound; -1 where unknown.
        families: Index into ``FAMILIES`` of each; -1 where unknown.
    """

    spectrograms: Spectrogram
    codemaps: Codemaps
    masks: Masks
    pixels: Bool[Tensor, "batch bin frame"]
    pitches: Int[Tensor, " batch"]
    families: Int[Tensor, " batch"]


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
        the untouched sound), ``zone_level`` (see ``zone_level``) and ``frechet``; of networks
        also ``decoding`` (see ``compare_decoding``), and of one that listens to wishes
        ``condition``; ``baselines``, by name, the distances; what the codec itself answers for
        untouched codes; and ``naive_bayes_fit``, its time beside scikit-learn's on the same
        codes.
    """
    held = _hold_out(effect, sounds, chosen, seed)
    real = embed(held.spectrograms, held.pixels)
    decibels = -effect.spectrogram.floor_decibels

    def judge(filled: Spectrogram) -> dict[str, Any]:
        return {
            "zone_lsd": zone_lsd(held.spectrograms, filled, held.pixels) * decibels,
            "zone_level": zone_level(held.spectrograms, filled, held.pixels, decibels),
            "frechet": frechet_distance(real, embed(filled, held.pixels)),
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
            **_of_networks(effect, rung, held, seed),
        }
    return {
        "n_sounds": len(held.spectrograms),
        "painted_share": PAINTED_SHARE,
        "inpainters": rungs,
        "baselines": {name: judge(fill(held)) for name, fill in fillings.items()},
        "untouched_codes": judge(_decode(effect.codec, held.codemaps, held)),
        "naive_bayes_fit": _fit(effect, held),
    }


def _of_networks(effect: Effect, rung: Inpainter, held: HeldOut, seed: int) -> dict[str, Any]:
    """Answer what only networks are asked: how they are decoded, and what they are told."""
    if not isinstance(rung, PatchInpainter):
        return {}
    few = _first(held, N_DECODED)
    real = embed(few.spectrograms, few.pixels)
    decibels = -effect.spectrogram.floor_decibels

    def judge(codemaps: Codemaps) -> dict[str, float]:
        filled = _decode(effect.codec, codemaps, few)
        return {
            "zone_lsd": zone_lsd(few.spectrograms, filled, few.pixels) * decibels,
            "frechet": frechet_distance(real, embed(filled, few.pixels)),
        }

    found: dict[str, Any] = {
        "decoding": {"n_sounds": len(few.spectrograms)}
        | compare_decoding(rung, few.codemaps, few.masks, judge, seed=seed)
    }
    if isinstance(rung, Transformer):
        found["condition"] = {
            "family": measure_family(rung, held.codemaps, held.masks, held.families),
            "pitch": measure_pitch(
                rung,
                few.codemaps,
                few.pitches,
                effect.codec.decode,
                effect.spectrogram.bin_hertz,
                seed=seed,
            ),
        }
    return found


def _first(held: HeldOut, n_sounds: int) -> HeldOut:
    return HeldOut(
        spectrograms=held.spectrograms[:n_sounds],
        codemaps=tuple(level[:n_sounds] for level in held.codemaps),
        masks=tuple(mask[:n_sounds] for mask in held.masks),
        pixels=held.pixels[:n_sounds],
        pitches=held.pitches[:n_sounds],
        families=held.families[:n_sounds],
    )


def _fit(effect: Effect, held: HeldOut) -> dict[str, Any] | None:
    """Answer how Naive Bayes is fitted beside scikit-learn's; None where that is not there."""
    if find_spec("sklearn") is None:
        return None
    return compare_fits(held.codemaps, next(iter(effect.inpainters.values())).shape)


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
    examples = [sounds[index] for index in chosen]
    length = len(examples[0].waveform)
    same = [example for example in examples if len(example.waveform) == length]
    n_frames = -(-length // (config.hop_length * width)) * width
    padded = torch.nn.functional.pad(
        torch.stack([example.waveform for example in same]),
        (0, n_frames * config.hop_length - length),
    )
    spectrograms = peak_spectrogram(padded, config)
    coded = [codec.encode(some) for some in spectrograms.split(BATCH)]
    codemaps = tuple(torch.cat(level) for level in zip(*coded, strict=True))
    generator = torch.Generator().manual_seed(seed)
    shape = next(iter(effect.inpainters.values())).shape
    masks = rectangles(shape, len(same), n_frames // width, PAINTED_SHARE, generator)
    pixels = torch.stack(
        [cell_pixels(mask, codec.grids[0], spectrograms.shape[1]) for mask in masks[0]]
    )
    return HeldOut(
        spectrograms=spectrograms,
        codemaps=codemaps,
        masks=masks,
        pixels=pixels,
        pitches=torch.tensor([example.pitch for example in same]),
        families=torch.tensor([example.family for example in same]),
    )


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
