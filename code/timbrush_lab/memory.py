"""Measure the memory that strokes on long sounds take, each in a process of its own."""

import resource
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile

from timbrush.effect.stroke import Stroke
from timbrush_lab.timing.benchmark import Track

SAMPLE_RATE = 48_000
BAR_SECONDS = 10
STATUS = Path("/proc/self/status")


@dataclass(frozen=True, kw_only=True)
class Peak:
    """What editing one file took.

    Args:
        gigabytes: The most memory that the process held at any time; 10⁹ bytes.
        samples_gigabytes: What the file's samples take as float32.
        seconds: Time to read, paint and write.
    """

    gigabytes: float
    samples_gigabytes: float
    seconds: float

    @property
    def beyond_samples(self) -> float:
        """Gigabytes beside the samples."""
        return self.gigabytes - self.samples_gigabytes


def strokes_of(seconds: float) -> Mapping[str, tuple[Stroke, ...]]:
    """Return what is painted on a sound of so many seconds, by name."""
    middle = seconds / 2
    return {
        "no stroke": (),
        "a stroke of 1 s": (Stroke(seconds=(middle, middle + 1)),),
        "a stroke of the whole": (Stroke(),),
    }


def measure_memory(
    seconds: float, *, model: Path | None = None, track: Track = iter
) -> dict[str, dict[str, float]]:
    """Return what editing a stereo file of 48 kHz takes, for each of ``strokes_of``.

    Args:
        seconds: Length of the file, in whole bars of ``BAR_SECONDS``.
        model: A folder of models or a model file; None for the default.
        track: Of the edits.
    """
    found, edits = {}, strokes_of(seconds)
    with TemporaryDirectory() as folder:
        source, target = (Path(folder) / name for name in ("in.wav", "out.wav"))
        write_bars(source, seconds)
        for name in track(edits):
            with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                peak = pool.submit(edit, source, target, edits[name], model).result()
            found[name] = asdict(peak) | {"beyond_samples_gigabytes": peak.beyond_samples}
            target.unlink()
    return found


def write_bars(path: Path, seconds: float) -> None:
    """Write a stereo file in which a chord, a bass and three hits come again and again."""
    bar = (np.round(0.5 * _bar() * 2**15)).astype(np.int16).T
    with soundfile.SoundFile(path, "w", SAMPLE_RATE, 2, "PCM_16", format="WAV") as file:
        for _ in range(max(round(seconds / BAR_SECONDS), 1)):
            file.write(bar)


def _bar() -> np.ndarray:
    time_ = np.arange(BAR_SECONDS * SAMPLE_RATE) / SAMPLE_RATE
    chord = sum(np.sin(2 * np.pi * hertz * time_) for hertz in (220.0, 277.0, 330.0))
    bass = np.sign(np.sin(2 * np.pi * 55 * time_)) * np.exp(-3 * (time_ % 1.0))
    noise = np.random.default_rng(0).uniform(-1, 1, (2, len(time_)))
    hits = noise * np.exp(-40 * (time_ % 0.5))
    left, right = 0.2 * chord + 0.3 * bass, 0.15 * chord + 0.3 * bass
    return np.stack([left, right]) + 0.4 * hits


def edit(source: Path, target: Path, strokes: tuple[Stroke, ...], model: Path | None) -> Peak:
    """Edit a file as the command line does, and return what that took."""
    from timbrush.cli.painting import Painting

    start = time.perf_counter()
    paint = Painting(
        strokes=strokes, model=model, device="cpu", force=False, is_one_of_many=False
    )
    paint(source, target)
    return Peak(
        gigabytes=peak_bytes() / 1e9,
        samples_gigabytes=soundfile.info(source).frames * 2 * 4 / 1e9,
        seconds=time.perf_counter() - start,
    )


def peak_bytes() -> int:
    """Return the most memory that this process held since it began."""
    # What getrusage tells of a fresh process may be its parent's.
    if STATUS.exists():
        lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
        return 1024 * int(lines["VmHWM"].split()[0])
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
