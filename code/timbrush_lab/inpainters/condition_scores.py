"""Ask every inpainter of a model that takes conditions whether it follows them."""

from functools import partial
from importlib.util import find_spec
from typing import Any

from timbrush.datasets.examples import Sounds
from timbrush.effect.model import Effect
from timbrush.families import FAMILIES
from timbrush.inpainting.contract import Inpainter
from timbrush_lab.codec.summary import spread
from timbrush_lab.inpainters.condition import (
    ZONES,
    measure_family,
    measure_pitch,
    zone_masks,
)
from timbrush_lab.inpainters.family_judge import FamilyJudge, fit_judge
from timbrush_lab.inpainters.held_out import HeldOut, decode_whole, first_of, hold_out

N_LABELLED = 800
"""Sounds from which judges learn the families."""
N_PITCHED = 18
"""Sounds that are redrawn at another pitch."""


def measure_condition(
    effect: Effect,
    inpainter: Inpainter,
    held: HeldOut,
    judges: dict[str, FamilyJudge],
    seed: int,
) -> dict[str, Any]:
    """Return whether an inpainter does as it is told, where it listens and there are judges."""
    if not judges or not inpainter.listens:
        return {}
    few = first_of(held, N_PITCHED)
    return {
        "condition": {
            "family": measure_family(
                inpainter,
                held.codemaps,
                held.families,
                partial(decode_whole, effect.codec),
                judges,
                seed=seed,
            ),
            "pitch": measure_pitch(
                inpainter,
                few.codemaps,
                few.pitches,
                partial(decode_whole, effect.codec),
                effect.spectrogram.bin_hertz,
                seed=seed,
            ),
        }
    }


def fit_judges(effect: Effect, held: HeldOut, labelled: Sounds) -> dict[str, FamilyJudge]:
    """Let a judge for each zone hear labelled sounds through the codec."""
    if find_spec("sklearn") is None:
        return {}
    few = spread(len(labelled), N_LABELLED)
    learned = hold_out(effect, labelled, few, seed=0)
    heard = decode_whole(effect.codec, learned.codemaps)
    judges = {}
    for name, span in ZONES.items():
        mask = zone_masks(learned.codemaps, span)[0][:1]
        zone = effect.codec.grids[0].zone(mask, heard.shape[1])[0]
        judges[name] = fit_judge(heard, zone, learned.families)
    return judges


def describe_judge(effect: Effect, judge: FamilyJudge, held: HeldOut) -> dict[str, Any]:
    """Return how good a judge is: on its own instruments, and on the strange ones."""
    named = judge.name(decode_whole(effect.codec, held.codemaps))
    known = held.families >= 0
    return {
        "families": [FAMILIES[index] for index in judge.families],
        "chance": 1 / len(judge.families),
        "of_notes": judge.of_notes,
        "of_strangers": float((named == held.families)[known].double().mean()),
    }
