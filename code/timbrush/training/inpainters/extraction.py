"""Encode a data set of sounds, to fit inpainters on its codes."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch

from timbrush.datasets import codemaps
from timbrush.datasets.codemaps import CodemapSet, LabelledCodemaps, collect, join
from timbrush.datasets.examples import Example, Sounds
from timbrush.effect.model import Effect
from timbrush.errors import SoundError
from timbrush.training.loop import processes
from timbrush.whole import make_folder

SHARD_SOUNDS = 64
"""Sounds of one shard: what a process holds, and what is encoded again if it is killed."""

Progress = Callable[[int, int], None]
LeaveOut = Callable[[SoundError], None]


def extract(
    effect: Effect,
    sounds: Sounds,
    folder: Path,
    *,
    progress: Progress = lambda done, total: None,
    leave_out: LeaveOut | None = None,
) -> CodemapSet | None:
    """Encode every sound as a stroke would find it, the work shared by torchrun's processes.

    Shards are written whole. Those that lie in the folder already are not made again, so that
    any number of processes goes on where others were killed.

    Args:
        effect: Its codec encodes.
        sounds: At the codec's sample rate.
        folder: Where the shards lie until all are joined; of these sounds and this codec alone.
        progress: Called with the sounds done and the sounds there are for this process.
        leave_out: Called with the reason when a sound cannot be read, which then is left out;
            None raises it.

    Returns:
        The codemaps in the order of the sounds; None in all processes but the first.

    Raises:
        SoundError: If a sound cannot be read.
        DatasetError: If none can, or a shard is damaged.
    """
    make_folder(folder)
    paths = {
        first: folder / f"{first:09d}.safetensors"
        for first in range(0, len(sounds), SHARD_SOUNDS)
    }
    shards = [
        range(first, min(first + SHARD_SOUNDS, len(sounds)))
        for first in processes.share(list(paths))
        if not paths[first].exists()
    ]
    total, done = sum(map(len, shards)), 0

    def tell(_done: int, _total: int) -> None:
        nonlocal done
        done += 1
        progress(done, total)

    for shard in shards:
        found = list(encoded(effect, sounds, shard, progress=tell, leave_out=leave_out))
        if found:
            names, labelled = zip(*found, strict=True)
            part = collect(
                labelled, names, shape=effect.codec.shape, fingerprint=effect.fingerprint
            )
            codemaps.write(paths[shard.start], part)
    processes.wait_for_all()
    if processes.rank() > 0:
        return None
    joined = join([codemaps.read(path) for path in paths.values() if path.exists()])
    shutil.rmtree(folder)
    return joined


def encoded(
    effect: Effect,
    sounds: Sounds,
    indexes: Sequence[int],
    *,
    progress: Progress = lambda done, total: None,
    leave_out: LeaveOut | None = None,
) -> Iterator[tuple[str, LabelledCodemaps]]:
    """Yield the name and the codemaps of one sound after another; see ``extract``.

    Raises:
        SoundError: If a sound cannot be read and ``leave_out`` is None.
    """
    assert sounds.sample_rate == effect.spectrogram.sample_rate, "open them at the model's rate"
    for done, index in enumerate(indexes, start=1):
        try:
            example = sounds[index]
            yield example.name, _encode(effect, example)
        except SoundError as error:
            if leave_out is None:
                raise
            leave_out(error)
        progress(done, len(indexes))


def _encode(effect: Effect, example: Example) -> LabelledCodemaps:
    rate = effect.spectrogram.sample_rate
    codes = effect.encode(example.waveform.numpy()[None], sample_rate=rate)
    return LabelledCodemaps(
        codes.codemaps, torch.tensor([example.pitch]), torch.tensor([example.family])
    )
