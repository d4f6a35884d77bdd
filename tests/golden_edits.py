"""Three saved edits and what they must give; write them anew where bytes are meant to change.

PYTHONPATH=tests python -m golden_edits
"""

from pathlib import Path

import numpy as np
import soundfile

import timbrush
from timbrush.effect.edit import Edit

FOLDER = Path(__file__).parent / "golden"
NAMES = ("note", "loop", "shapes")
RATE = 44_100


def loop(seconds: float = 1.5) -> np.ndarray:
    """Return a stereo loop, the same on every machine: a bass, a chord and three hits."""
    time = np.arange(round(seconds * RATE)) / RATE
    chord = sum(np.sin(2 * np.pi * hertz * time) for hertz in (220.0, 277.2, 329.6))
    bass = np.sign(np.sin(2 * np.pi * 55 * time)) * np.exp(-3 * (time % 0.75))
    noise = ((np.arange(len(time)) * 1103515245 + 12345) % 65536) / 32768 - 1
    hits = noise * np.exp(-40 * (time % 0.5))
    left, right = 0.1 * chord + 0.2 * bass + 0.2 * hits, 0.1 * chord + 0.2 * bass - 0.1 * hits
    return np.round(np.stack([left, right]) * 2**15).astype(np.int16)


def sound(name: str) -> tuple[np.ndarray, int]:
    """Return the sound that a golden edit is made on, and its rate."""
    if name != "note":
        return loop(), RATE
    notes = Path(timbrush.__file__).parent / "notes"
    samples, rate = soundfile.read(notes / "brass.flac", dtype="int16")
    return samples, rate


def replay(name: str) -> np.ndarray:
    """Return what a golden edit gives now."""
    edit = Edit.load(FOLDER / f"{name}.json")
    effect = timbrush.load(made_by=edit.model)
    effect.check(edit)
    samples, rate = sound(name)
    edited: np.ndarray = effect.open(samples, sample_rate=rate).replay(edit.strokes).samples
    return edited


if __name__ == "__main__":
    for each in NAMES:
        soundfile.write(FOLDER / f"{each}.flac", replay(each).T, sound(each)[1], "PCM_16")
