"""A loaded effect to what the page needs to know about it."""

import timbrush
from timbrush.effect.model import Effect
from timbrush.families import FAMILIES
from timbrush.web.limits import Limits
from timbrush.web.schemas import GridAnswer, InpainterAnswer, ModelAnswer

RADIUS_IGNORED = ("uniform", "histogram", "lstm", "transformer")
"""Rungs that a radius changes nothing for: they hear nothing around, or all that they see."""


def describe(effect: Effect, limits: Limits) -> ModelAnswer:
    """Return the rungs, the families and the grids of an effect."""
    config = effect.spectrogram
    grids = [
        GridAnswer(
            row_edges_hertz=[edge * config.bin_hertz for edge in grid.row_edges],
            column_seconds=grid.frames_per_column * config.frame_seconds,
            first_column_seconds=-0.5 * config.frame_seconds,
            codebook_size=grid.codebook_size,
        )
        for grid in effect.codec.grids
    ]
    fingerprints = effect.fingerprints(effect.inpainters)
    rungs = [
        InpainterAnswer(
            name=name,
            fingerprint=fingerprints.get(name),
            takes_radius=name not in RADIUS_IGNORED,
            takes_pitch=listens,
            takes_family=listens,
        )
        for name, listens in ((name, effect.listens(name)) for name in effect.inpainters)
    ]
    return ModelAnswer(
        version=timbrush.__version__,
        fingerprint=effect.fingerprint,
        inpainters=rungs,
        families=list(FAMILIES),
        grids=grids,
        sound_bytes=limits.sound_bytes,
        sound_seconds=limits.sound_seconds,
    )
