"""Describe a loaded model to the page."""

import timbrush
from timbrush.effect.edit import FIRST_VERSION, VERSION
from timbrush.effect.model import Effect
from timbrush.effect.stroke import Stroke
from timbrush.families import FAMILIES
from timbrush.inpainting import registry
from timbrush.inpainting.registry import BY_NAME
from timbrush.seeds import MAX_SEED
from timbrush.web.limits import Limits
from timbrush.web.schemas import GridInfo, InpainterInfo, ModelInfo


def describe(effect: Effect, limits: Limits) -> ModelInfo:
    """Return the inpainters, the families, the grids and the defaults of an effect."""
    config, shape = effect.spectrogram, effect.codec.shape
    grids = [
        GridInfo(
            name=name,
            row_edges_hertz=[edge * config.bin_hertz for edge in grid.row_edges],
            column_seconds=grid.frames_per_column * config.frame_seconds,
            first_column_seconds=-0.5 * config.frame_seconds,
            codebook_size=level.codebook_size,
        )
        for name, level, grid in zip(shape.names, shape.levels, effect.codec.grids, strict=True)
    ]
    fingerprints = effect.fingerprints(effect.inpainters)
    inpainters = [
        InpainterInfo(
            name=name,
            words=BY_NAME[name].words if name in BY_NAME else "",
            purpose=BY_NAME[name].purpose if name in BY_NAME else registry.BEST,
            fingerprint=fingerprints.get(name),
            takes_radius=name not in BY_NAME or BY_NAME[name].takes_radius,
            takes_pitch=listens,
            takes_family=listens,
        )
        for name, listens in ((name, effect.listens(name)) for name in effect.inpainters)
    ]
    return ModelInfo(
        version=timbrush.__version__,
        fingerprint=effect.fingerprint,
        inpainters=inpainters,
        families=list(FAMILIES),
        grids=grids,
        defaults=Stroke(inpainter=registry.default(effect.inpainters)).to_dict(),
        first_version=FIRST_VERSION,
        edit_version=VERSION,
        largest_seed=MAX_SEED,
        sound_bytes=limits.sound_bytes,
        sound_seconds=limits.sound_seconds,
    )
