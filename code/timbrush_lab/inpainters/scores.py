"""Measure how well each inpainter redraws held-out sounds, beside methods without learning."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import torch
from scipy import ndimage

from timbrush import seeds
from timbrush.codec.contract import Codec
from timbrush.datasets.examples import Sounds
from timbrush.effect.model import Effect
from timbrush.inpainting.contract import Inpainter, Sampling
from timbrush.inpainting.measuring.likelihood import measure_likelihood
from timbrush.inpainting.measuring.painting import PAINTED_SHARE
from timbrush.inpainting.measuring.strength_curve import measure_strength
from timbrush.inpainting.networks.network import PatchInpainter
from timbrush.tensors import Codemaps, Spectrogram
from timbrush_lab.inpainters.condition_scores import (
    describe_judge,
    fit_judges,
    measure_condition,
)
from timbrush_lab.inpainters.decoding import compare_decoding
from timbrush_lab.inpainters.distances import (
    embed,
    frechet_distance,
    zone_level,
    zone_lsd,
)
from timbrush_lab.inpainters.held_out import HeldOut, first_of, hold_out, put_in_zones
from timbrush_lab.inpainters.naive_bayes_fit import compare_fits
from timbrush_lab.timing.benchmark import Track

N_DECODED = 18
"""Sounds that networks draw one code by one: a hundred times the work of in parallel."""


def evaluate_inpainters(
    effect: Effect,
    sounds: Sounds,
    chosen: list[int],
    *,
    labelled: Sounds | None = None,
    seed: int = 0,
    track: Track = iter,
) -> dict[str, Any]:
    """Judge every inpainter of a model, and two fillings that learned nothing.

    Args:
        effect: The model with its inpainters.
        sounds: Held-out sounds; those as long as the first of them are used.
        chosen: Which of them.
        labelled: Sounds of other instruments, from which judges learn the families; without
            them nobody measures whether conditions are followed.
        seed: Start of the masks' and the draws' randomness.
        track: Of the inpainters.

    Returns:
        ``n_sounds``, ``painted_share``; ``inpainters``, by name: ``bits_per_code``,
        ``accuracy``, ``level_bits``, ``strength_curve`` (share that differs when 0, 1/n, …, n/n
        of the painted cells are redrawn), ``zone_lsd`` (decibels, drawn codes decoded against
        the untouched sound), ``zone_level`` (see ``zone_level``) and ``frechet``; of networks
        also ``decoding`` (see ``compare_decoding``), and of all that take conditions
        ``condition``; ``judges`` of families, by zone; ``baselines``, by name, the distances;
        what the codec itself makes of untouched codes; and ``naive_bayes_fit``, its time
        beside scikit-learn's on the same codes.
    """
    held = hold_out(effect, sounds, chosen, seed)
    real = embed(held.spectrograms, held.pixels)
    decibels = -effect.spectrogram.floor_decibels

    def judge(filled: Spectrogram) -> dict[str, Any]:
        return {
            "zone_lsd": zone_lsd(held.spectrograms, filled, held.pixels) * decibels,
            "zone_level": zone_level(held.spectrograms, filled, held.pixels, decibels),
            "frechet": frechet_distance(real, embed(filled, held.pixels)),
        }

    judges = {} if labelled is None else fit_judges(effect, held, labelled)
    fillings: dict[str, Callable[[HeldOut], Spectrogram]] = {
        "gaussian blur": blurred,
        "linear interpolation": interpolated,
    }
    found = {}
    for name in track(effect.inpainters):
        inpainter = effect.inpainters[name]
        likelihood = measure_likelihood(inpainter, held.codemaps, held.masks)
        found[name] = {
            "bits_per_code": likelihood.bits_per_code,
            "accuracy": likelihood.accuracy,
            "level_bits": list(likelihood.level_bits),
            "strength_curve": list(
                measure_strength(inpainter, held.codemaps, held.masks, seed=seed)
            ),
            **judge(_redrawn(effect.codec, inpainter, held, seed)),
            **_of_networks(effect, inpainter, held, seed),
            **measure_condition(effect, inpainter, held, judges, seed),
        }
    return {
        "n_sounds": len(held.spectrograms),
        "painted_share": PAINTED_SHARE,
        "inpainters": found,
        "judges": {name: describe_judge(effect, judge, held) for name, judge in judges.items()},
        "baselines": {name: judge(fill(held)) for name, fill in fillings.items()},
        "untouched_codes": judge(put_in_zones(effect.codec, held.codemaps, held)),
        "naive_bayes_fit": _fit(effect, held),
    }


def _of_networks(
    effect: Effect, inpainter: Inpainter, held: HeldOut, seed: int
) -> dict[str, Any]:
    """Return what only networks are asked: how they are decoded."""
    if not isinstance(inpainter, PatchInpainter):
        return {}
    few = first_of(held, N_DECODED)
    real = embed(few.spectrograms, few.pixels)
    decibels = -effect.spectrogram.floor_decibels

    def judge(codemaps: Codemaps) -> dict[str, float]:
        filled = put_in_zones(effect.codec, codemaps, few)
        return {
            "zone_lsd": zone_lsd(few.spectrograms, filled, few.pixels) * decibels,
            "frechet": frechet_distance(real, embed(filled, few.pixels)),
        }

    return {
        "decoding": {"n_sounds": len(few.spectrograms)}
        | compare_decoding(inpainter, few.codemaps, few.masks, judge, seed=seed)
    }


def _fit(effect: Effect, held: HeldOut) -> dict[str, Any] | None:
    """Return how Naive Bayes is fitted beside scikit-learn's; None where that is not there."""
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


def _redrawn(codec: Codec, inpainter: Inpainter, held: HeldOut, seed: int) -> Spectrogram:
    codemaps = inpainter.redraw(
        held.codemaps,
        held.masks,
        radius=1.0,
        sampling=Sampling(),
        generator=seeds.torch_generator(seed),
    )
    return put_in_zones(codec, codemaps, held)
