"""Measure how many notes a second are read, encoded and counted, by one process and by two."""

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import soundfile

from timbrush_lab.memory import peak_bytes

NSYNTH_NOTES = 305_979
"""Notes of all of NSynth's splits."""
PROCESSES = (1, 2, 16, 256)
FORMATS = ("flac", "wav", "mp3")


def measure_scale(
    data: Path, *, model: Path | None, n_notes: int, epoch_notes_per_second: float
) -> dict[str, Any]:
    """Return the rates and, by them, the hours that all of NSynth takes.

    One and two processes are measured; for more, each is taken to have the rate of each of
    two, since extraction and learning exchange nothing until the end. An epoch is that of a
    recorded training; what the exchange of gradients costs among many is not in it.

    Args:
        data: A folder of sounds.
        model: A folder of models or a model file; None for the default.
        n_notes: Sounds that each process takes.
        epoch_notes_per_second: What one process learned from while a codec was trained.
    """
    reading = {suffix: reading_rate(data, suffix, n_notes) for suffix in FORMATS}
    measured = {n: in_processes(n, data, model, n_notes) for n in (1, 2)}
    epoch = {"epoch_notes_per_second": epoch_notes_per_second}
    hours = {
        str(n): {
            what: NSYNTH_NOTES
            / n
            / (measured[min(n, 2)] | epoch)[f"{what}_notes_per_second"]
            / 3600
            for what in ("extract", "learn", "epoch")
        }
        for n in PROCESSES
    }
    return {
        "notes_read_per_second": reading,
        "each_process_of": {str(n): rates for n, rates in measured.items()},
        **epoch,
        "nsynth_notes": NSYNTH_NOTES,
        "nsynth_hours": hours,
    }


def reading_rate(data: Path, suffix: str, n_notes: int) -> float:
    """Return how many sounds a second one process decodes from files of a kind."""
    from timbrush.datasets.folder import open_sounds

    sounds = open_sounds(data)
    with TemporaryDirectory() as folder:
        for index in range(min(n_notes, len(sounds))):
            path = Path(folder, f"{index:06d}.{suffix}")
            soundfile.write(path, sounds[index].waveform.numpy(), sounds.sample_rate)
        copies = open_sounds(Path(folder))
        start = time.perf_counter()
        for index in range(len(copies)):
            copies[index]
        return len(copies) / (time.perf_counter() - start)


def in_processes(
    n_processes: int, data: Path, model: Path | None, n_notes: int
) -> dict[str, float]:
    """Return the rates and the memory of the slowest of processes that work side by side."""
    with ProcessPoolExecutor(n_processes, get_context("spawn")) as pool:
        tasks = [pool.submit(rates, data, model, n_notes) for _ in range(n_processes)]
        found = [task.result() for task in tasks]
    slowest = {name: min(one[name] for one in found) for name in found[0]}
    return slowest | {"gigabytes": max(one["gigabytes"] for one in found)}


def rates(data: Path, model: Path | None, n_notes: int) -> dict[str, float]:
    """Return how fast this process extracts and learns, and its peak memory."""
    from timbrush.datasets.folder import open_sounds
    from timbrush.effect.model import load
    from timbrush.inpainting.counting.tables.neighbour_counts import count
    from timbrush.training.inpainters.extraction import encoded

    effect = load(model, device="cpu")
    sounds = open_sounds(data, sample_rate=effect.spectrogram.sample_rate)
    indexes = range(min(n_notes, len(sounds)))
    start = time.perf_counter()
    found = [one.codemaps for _, one in encoded(effect, sounds, indexes)]
    extracted = time.perf_counter()
    count(found, effect.codec.shape)
    learned = time.perf_counter()
    return {
        "extract_notes_per_second": len(indexes) / (extracted - start),
        "learn_notes_per_second": len(indexes) / (learned - start),
        "gigabytes": peak_bytes() / 1e9,
    }
