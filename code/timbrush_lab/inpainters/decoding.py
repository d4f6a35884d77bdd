"""Measure what a network gains when it draws many codes at once and not one by one."""

import math
import time
from collections.abc import Callable
from typing import Any

import torch

from timbrush import seeds
from timbrush.inpainting.contract import Sampling
from timbrush.inpainting.networks.network import PatchInpainter
from timbrush.tensors import Codemaps, Masks

Judge = Callable[[Codemaps], dict[str, float]]
"""Redrawn codes to the distances of what they sound like."""


def compare_decoding(
    network: PatchInpainter, codemaps: Codemaps, masks: Masks, judge: Judge, *, seed: int = 0
) -> dict[str, dict[str, Any]]:
    """Redraw the same zones in parallel and one code after another.

    Args:
        network: The inpainter.
        codemaps: Codes of some held-out sounds, coarse first.
        masks: Their zones.
        judge: Returns what redrawn codes are worth.
        seed: Start of the draws.

    Returns:
        ``parallel`` and ``one by one``: ``bits_per_code``, of the true codes all at once, or
        each given all before it; ``milliseconds`` a zone, and what ``judge`` returns.
    """
    bits = {"parallel": bits_at_once, "one by one": bits_one_by_one}
    found = {}
    for name, n_steps in (("parallel", network.sizes.n_steps), ("one by one", 0)):
        redrawn, milliseconds = _redraw(network.decoded_in(n_steps), codemaps, masks, seed)
        found[name] = {
            "n_steps": n_steps,
            "bits_per_code": bits[name](network, codemaps, masks),
            "milliseconds": milliseconds,
            **judge(redrawn),
        }
    return found


@torch.no_grad()
def bits_at_once(network: PatchInpainter, codemaps: Codemaps, masks: Masks) -> float:
    """Return the mean of -log2 p(masked code | what is not masked)."""
    logits = network.predict(codemaps, masks, masks)
    losses = [
        torch.nn.functional.cross_entropy(level, codes[mask], reduction="sum")
        for level, codes, mask in zip(logits, codemaps, masks, strict=True)
    ]
    return float(sum(losses)) / sum(int(mask.sum()) for mask in masks) / math.log(2)


@torch.no_grad()
def bits_one_by_one(network: PatchInpainter, codemaps: Codemaps, masks: Masks) -> float:
    """Return the mean of -log2 p(masked code | what is not masked, and all before it).

    By the chain rule, the likelihood of a zone as a whole; in the order in which codes are
    drawn one by one: coarse level first, column after column, each from the lowest row up.
    """
    unknown = tuple(mask.clone() for mask in masks)
    nats = 0.0
    for level, mask in enumerate(masks):
        for column, row in mask.any(dim=0).T.nonzero().tolist():
            asked = tuple(torch.zeros_like(other) for other in masks)
            asked[level][:, row, column] = mask[:, row, column]
            logits = network.predict(codemaps, unknown, asked)[level]
            codes = codemaps[level][asked[level]]
            nats += float(torch.nn.functional.cross_entropy(logits, codes, reduction="sum"))
            unknown[level][:, row, column] = False
    return nats / sum(int(mask.sum()) for mask in masks) / math.log(2)


def _redraw(
    network: PatchInpainter, codemaps: Codemaps, masks: Masks, seed: int
) -> tuple[Codemaps, float]:
    """Return the redrawn codes, sound by sound, and the least milliseconds of one."""
    redrawn, seconds = [], []
    for index in range(len(codemaps[0])):
        start = time.perf_counter()
        drawn = network.redraw(
            tuple(level[index : index + 1] for level in codemaps),
            tuple(mask[index : index + 1] for mask in masks),
            radius=1.0,
            sampling=Sampling(),
            generator=seeds.torch_generator(seed + index),
        )
        seconds.append(time.perf_counter() - start)
        redrawn.append(drawn)
    together = tuple(torch.cat(level) for level in zip(*redrawn, strict=True))
    return together, 1e3 * min(seconds)
