"""Begin a run from a trained codec, and publish what a run has trained."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.checkpoints import load_codec, save_codec
from timbrush.codec.layers import GATES
from timbrush.codec.rhythm_timbre import RhythmTimbre
from timbrush.codec.vqvae2 import VQVAE2
from timbrush.config import to_dict
from timbrush.effect import bundled
from timbrush.effect.bundled import CODEC_FILE
from timbrush.effect.model import read_spectrogram
from timbrush.errors import ConfigError
from timbrush.training.loop import processes
from timbrush.training.loop.publication import CHART, RECORD, brief, write_beside

FILES = (CODEC_FILE, RECORD, CHART)
"""Names of all that ``publish`` writes."""

DEPTHS = (
    "n_encoder_blocks",
    "n_decoder_blocks",
    "n_rhythm_encoder_blocks",
    "n_rhythm_decoder_blocks",
)
"""Settings of a codec that may be raised when a run goes on from another."""

CodecModule = VQVAE2 | RhythmTimbre


def start_from(start: str, module: CodecModule, spectrogram: SpectrogramConfig) -> CodecModule:
    """Return the codec that a run begins with: ``module``, or a trained one of its sizes.

    Args:
        start: A file, or the name of a model that comes with timbrush; empty for ``module``.
        module: A fresh codec of the run file's sizes; its ``config`` holds them. It may have
            more blocks than the trained one: those then begin as if they were not there.
        spectrogram: What the run learns from.

    Raises:
        CheckpointError: If it cannot be read.
        ConfigError: If it has other sizes or learned from other spectrograms.
    """
    if not start:
        return module
    found = bundled.find(start)
    path = found / CODEC_FILE if found.is_dir() else found
    codec, checkpoint = load_codec(path)
    if not isinstance(codec, type(module)) or not _may_become(codec, module):
        raise ConfigError(
            f"{start} has other sizes than the run file's codec; copy its settings "
            "(timbrush info shows them) or leave start out"
        )
    learned = read_spectrogram(path, codec, checkpoint)
    if learned != spectrogram:
        raise ConfigError(
            f"{start} learned from other spectrograms than the run file's: {learned}; "
            "copy these settings or leave start out"
        )
    if codec.config != module.config:
        _take_over(codec, module)
        return module
    return codec.requires_grad_(True)


def _may_become(codec: CodecModule, module: CodecModule) -> bool:
    """Return whether a codec has the sizes of another, or fewer blocks and else its sizes."""
    found, wanted = to_dict(codec.config), to_dict(module.config)
    return found.keys() == wanted.keys() and all(
        found[name] == wanted[name] or (name in DEPTHS and found[name] < wanted[name])
        for name in found
    )


@torch.no_grad()
def _take_over(codec: CodecModule, module: CodecModule) -> None:
    """Give a deeper codec the weights of another; its further blocks change nothing yet.

    Source: Chen et al. 2016 (Net2Net), section 2.3.
    """
    known = codec.state_dict()
    for name, value in module.state_dict().items():
        if name in known:
            value.copy_(known[name])
        elif name.endswith(GATES):
            value.zero_()


def publish(
    folder: Path,
    module: nn.Module,
    record: Mapping[str, Any],
    *,
    spectrogram: SpectrogramConfig,
    batch_size: int,
) -> None:
    """Write the codec, the record of its run and the chart into a folder."""
    path = folder / CODEC_FILE
    counted = {**record, "sounds_seen": processes.sounds_seen(record["steps"], batch_size)}
    extra = {"spectrogram": to_dict(spectrogram), "training": brief(counted)}
    fingerprint = save_codec(path, module, extra=extra)
    write_beside(path, {**counted, "fingerprint": fingerprint})
