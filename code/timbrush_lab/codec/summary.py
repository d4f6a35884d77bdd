"""Sum up the figures of single sounds."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from statistics import fmean, median
from typing import Any

import torch

from timbrush.codec.contract import Codec
from timbrush.codec.quantizer import perplexity
from timbrush_lab.codec.pitch import PitchError
from timbrush_lab.codec.restoring import Distances, SoundResult


def summarize(results: Sequence[SoundResult], codec: Codec) -> dict[str, Any]:
    """Return the figures of all sounds together, as results/codec.json keeps them."""
    seconds = sum(result.seconds for result in results)
    families = defaultdict(list)
    for result in results:
        families[result.family].append(result.distances)
    return {
        "n_sounds": len(results),
        "seconds_of_sound": seconds,
        **mean_distances([result.distances for result in results]),
        "bits_per_second": sum(result.bits for result in results) / seconds,
        "bits_per_second_with_headers": sum(result.file_bits for result in results) / seconds,
        "families": {
            name: {"n_sounds": len(group)} | mean_distances(group)
            for name, group in sorted(families.items())
        },
        "pitch": summarize_pitch(results),
        "codebooks": summarize_codebooks(results, codec),
        "ceilings": _summarize_ceilings(results, seconds),
        "sounds": [
            {"name": result.name, "family": result.family} | asdict(result.distances)
            for result in worst_first(results)
        ],
    }


def spread(n_items: int, limit: int) -> list[int]:
    """Return ``limit`` indexes evenly spread over so many items; all for 0 or too many.

    Example:
        >>> spread(10, 3)
        [0, 3, 6]
    """
    count = min(limit, n_items) if limit > 0 else n_items
    return [index * n_items // count for index in range(count)]


def worst_first(results: Sequence[SoundResult]) -> list[SoundResult]:
    """Return the results by active LSD, the largest first."""
    return sorted(results, key=lambda result: -result.distances.active_lsd)


def mean_distances(group: Sequence[Distances]) -> dict[str, float]:
    """Return the mean of each distance, by name."""
    names = asdict(group[0])
    return {name: fmean(getattr(distances, name) for distances in group) for name in names}


def summarize_pitch(results: Sequence[SoundResult]) -> dict[str, Any] | None:
    """Return the pitch errors of all sounds; None if no pitch was tracked.

    Against the originals, and under ``by_label`` against the labels, in the frames in which
    the tracker agrees with the label of the original.
    """
    errors = [result.pitch for result in results if result.pitch is not None]
    if not errors:
        return None
    labels = [result.label_pitch for result in results if result.label_pitch is not None]
    return {**_mean_error(errors), "by_label": _mean_error(labels) if labels else None}


def _mean_error(errors: Sequence[PitchError]) -> dict[str, Any]:
    """``cents`` is a median, ``lost`` a mean over sounds, ``gross`` a share of all frames."""
    n_frames = sum(error.n_frames for error in errors)
    cents = [error.cents for error in errors if error.cents is not None]
    return {
        "cents": median(cents) if cents else None,
        "gross": sum(error.gross * error.n_frames for error in errors) / max(1, n_frames),
        "lost": fmean(error.lost for error in errors),
        "n_frames": n_frames,
    }


def summarize_codebooks(results: Sequence[SoundResult], codec: Codec) -> list[dict[str, Any]]:
    """Return perplexity and share of codes used, over all sounds, one entry a level."""
    levels = []
    for level, size in enumerate(codec.shape.codebook_sizes):
        codes = torch.cat([result.codes.codemaps[level].flatten() for result in results])
        levels.append(
            {
                "codebook_size": size,
                "perplexity": perplexity(codes, size),
                "codes_used": len(codes.unique()) / size,
            }
        )
    return levels


def _summarize_ceilings(results: Sequence[SoundResult], seconds: float) -> dict[str, Any]:
    summary: dict[str, Any] = {}
    for name in results[0].ceilings:
        summary[name] = mean_distances([result.ceilings[name] for result in results])
        if name in results[0].opus_bits:
            bits = sum(result.opus_bits[name] for result in results)
            summary[name]["bits_per_second_with_headers"] = bits / seconds
    return summary
