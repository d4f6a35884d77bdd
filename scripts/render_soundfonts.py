r"""Render the presets of SoundFonts to training sounds: notes with labels, and short music.

Needs FluidSynth's library and ``pip install pyfluidsynth``. ``notes/`` comes in NSynth's
layout, beside ``music/``; the same arguments write the same sounds. What the shipped codec
learned from is in Debian's ``fluid-soundfont-gm``, ``musescore-general-soundfont``,
``opl3-soundfont`` and ``csound-soundfont``:

    python scripts/render_soundfonts.py data/soundfonts \
        /usr/share/sounds/sf2/FluidR3_GM.sf2 /usr/share/sounds/sf3/MuseScore_General.sf3
    python scripts/render_soundfonts.py data/soundfonts-more \
        /usr/share/sounds/sf2/OPL-3_FM_128M.sf2 /usr/share/sounds/sf2/sf_GMbank.sf2

The music in ``results/codec-music.json`` is that of Debian's ``timgm6mb-soundfont``:

    python scripts/render_soundfonts.py data/soundfonts-valid \
        /usr/share/sounds/sf2/TimGM6mb.sf2 --n-notes 0 --n-music 24 --seed 1

At a higher rate than 16 kHz, notes of samples that were recorded at a low rate are left out.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import fluidsynth
import numpy as np
import soundfile
import soxr
import typer
from rich.progress import track

from timbrush.audio.band_edge import band_edge
from timbrush.families import FAMILIES

RENDER_RATE = 48_000
LEAST_EDGE_SHARE = 0.65
"""A note whose band ends below this share of half the rate comes from a sample of low rate."""
HELD_SECONDS, NOTE_SECONDS, MUSIC_SECONDS = 3.0, 4.0, 8.0
VELOCITIES = (25, 50, 75, 100, 127)
SILENT = 1e-3
DRUMS = 9
"""MIDI's channel of percussion, counted from 0."""

PROGRAMS = {
    "keyboard": range(0, 8),
    "mallet": range(8, 16),
    "organ": range(16, 24),
    "guitar": range(24, 32),
    "bass": range(32, 40),
    "string": range(40, 52),
    "vocal": range(52, 55),
    "brass": range(56, 64),
    "reed": range(64, 72),
    "flute": range(72, 80),
    "synth_lead": range(80, 104),
}
"""General MIDI's melodic programs by NSynth's families; effects are left out."""

CHORDS = ((0, 4, 7), (0, 3, 7), (0, 4, 7, 11), (0, 3, 7, 10), (0, 5, 7), (0, 7, 12))
GROOVE = (36, 38, 42, 46, 49, 45, 50, 39, 51, 54)
"""General MIDI's kick, snare, hats, crash, toms, clap, ride and tambourine."""

Event = tuple[float, Callable[[], object]]


class Player:
    """A synthesizer with one SoundFont, which plays timed events to a mono waveform."""

    def __init__(self, path: Path, rate: int) -> None:
        self.rate = rate
        self.synth = fluidsynth.Synth(gain=0.4, samplerate=float(RENDER_RATE))
        self.font = self.synth.sfload(str(path))
        if self.font < 0:
            raise SystemExit(f"{path} is no SoundFont that FluidSynth reads")

    def play(self, events: list[Event], seconds: float) -> np.ndarray:
        """Play events for ``seconds``; return them with peak 0.5, nothing if silent."""
        pieces, at = [], 0
        for when, event in sorted(events, key=lambda pair: pair[0]):
            if when >= seconds:
                break
            pieces.append(self._samples(round(when * RENDER_RATE) - at))
            at = round(when * RENDER_RATE)
            event()
        pieces.append(self._samples(round(seconds * RENDER_RATE) - at))
        self.synth.system_reset()
        mono = np.concatenate(pieces)
        sound = soxr.resample(mono, RENDER_RATE, self.rate).astype(np.float32)
        peak = float(np.abs(sound).max())
        return sound * (0.5 / peak) if peak > SILENT else sound[:0]

    def room(self, generator: np.random.Generator) -> None:
        """Draw an echo, or none."""
        wet = generator.random() < 0.4
        self.synth.set_reverb(
            generator.uniform(0.2, 0.9), 0.3, 0.6, generator.uniform(0.1, 0.6) * wet
        )
        for channel in range(16):
            self.synth.cc(channel, 91, 100 if wet else 0)
            self.synth.cc(channel, 93, 0)

    def _samples(self, n: int) -> np.ndarray:
        stereo = self.synth.get_samples(n).reshape(-1, 2) if n else np.zeros((0, 2))
        return stereo.mean(axis=1) / 32768


def note(player: Player, program: int, pitch: int, velocity: int) -> np.ndarray:
    """Play one note as NSynth's were: held three seconds of four."""
    synth = player.synth
    synth.program_select(0, player.font, 0, program)
    return player.play(
        [
            (0.0, lambda: synth.noteon(0, pitch, velocity)),
            (HELD_SECONDS, lambda: synth.noteoff(0, pitch)),
        ],
        NOTE_SECONDS,
    )


def ends_low(waveform: np.ndarray, rate: int) -> bool:
    """Return whether a note comes from a sample of low rate; at 16 kHz none does."""
    if rate <= 16_000:
        return False
    return band_edge(waveform, rate) < LEAST_EDGE_SHARE * rate / 2


def music(player: Player, generator: np.random.Generator) -> np.ndarray:
    """Play chords, a bass line, a melody and drums, each there or not, all of them drawn."""
    synth, beat = player.synth, 60 / generator.uniform(70, 170)
    parts = generator.random(4) < (0.6, 0.6, 0.6, 0.65)
    if not parts.any():
        parts[3] = True
    programs = [int(generator.choice(list(PROGRAMS[name]))) for name in _ensemble(generator)]
    events: list[Event] = []

    def play(channel: int, pitch: int, start: float, length: float) -> None:
        velocity = int(generator.integers(50, 127))
        events.append((start, lambda: synth.noteon(channel, pitch, velocity)))
        events.append((start + length, lambda: synth.noteoff(channel, pitch)))

    for channel, program in enumerate(programs):
        synth.program_select(channel, player.font, 0, program)
    synth.program_select(DRUMS, player.font, 128, int(generator.choice((0, 8, 16, 25, 32, 40))))
    end = MUSIC_SECONDS - 0.3
    for bar_start in np.arange(0, end, 4 * beat):
        root = int(generator.integers(36, 48))
        chord = [root + step for step in CHORDS[generator.integers(len(CHORDS))]]
        if parts[0]:
            for pitch in chord:
                play(0, pitch + 12, bar_start, 3.8 * beat)
        for step in range(8):
            start = bar_start + step * beat / 2
            if start >= end:
                break
            if parts[1] and generator.random() < 0.5:
                play(1, int(generator.choice(chord)) - 12, start, beat / 2)
            if parts[2] and generator.random() < 0.6:
                play(
                    2,
                    int(generator.choice(chord)) + 24,
                    start,
                    beat * generator.uniform(0.4, 2),
                )
    if parts[3]:
        n_drums = int(generator.integers(2, 6))
        for drum in generator.choice(GROOVE, size=n_drums, replace=False):
            stride = beat * float(generator.choice((0.5, 1, 2)))
            for start in np.arange(beat * float(generator.choice((0, 0.5, 1))), end, stride):
                if generator.random() < 0.85:
                    play(DRUMS, int(drum), float(start), beat / 4)
    return player.play(events, MUSIC_SECONDS)


def _ensemble(generator: np.random.Generator) -> tuple[str, str, str]:
    harmony, lead = generator.choice([name for name in PROGRAMS if name != "bass"], size=2)
    return str(harmony), "bass", str(lead)


def main(
    output: Path,
    soundfonts: list[Path],
    n_notes: Annotated[int, typer.Option(help="Notes, over all programs and pitches.")] = 2400,
    n_music: Annotated[int, typer.Option(help="Pieces of eight seconds.")] = 600,
    rate: Annotated[int, typer.Option(help="Rate of what is written, in hertz.")] = 16_000,
    seed: int = 0,
) -> None:
    """Render notes and music of SOUNDFONTS below OUTPUT."""
    generator = np.random.default_rng(seed)
    players = [Player(path, rate) for path in soundfonts]
    audio, pieces = output / "notes" / "audio", output / "music"
    audio.mkdir(parents=True)
    pieces.mkdir()
    labels = {}
    for _ in track(range(n_notes), "notes"):
        player = players[generator.integers(len(players))]
        family = str(generator.choice(FAMILIES))
        program = int(generator.choice(list(PROGRAMS[family])))
        pitch, velocity = int(generator.integers(24, 103)), int(generator.choice(VELOCITIES))
        player.room(generator)
        waveform = note(player, program, pitch, velocity)
        name = f"{family}_soundfont_{program:03d}-{pitch:03d}-{velocity:03d}"
        if len(waveform) and name not in labels and not ends_low(waveform, rate):
            soundfile.write(audio / f"{name}.flac", waveform, rate)
            labels[name] = {
                "pitch": pitch,
                "velocity": velocity,
                "instrument_family": FAMILIES.index(family),
                "instrument_family_str": family,
                "instrument_str": f"{family}_soundfont_{program:03d}",
            }
    (output / "notes" / "examples.json").write_text(json.dumps(labels, indent=1))
    for index in track(range(n_music), "music"):
        player = players[generator.integers(len(players))]
        player.room(generator)
        waveform = music(player, generator)
        if len(waveform):
            soundfile.write(pieces / f"{index:04d}.flac", waveform, rate)


if __name__ == "__main__":
    typer.run(main)
