"""Sounds that are the same everywhere, and ways to spoil them, each in one respect."""

import numpy as np
from scipy import signal

RATE = 44_100
SECONDS = 1.6
STARTS = (0.0, 0.35, 0.7, 1.05, 1.3)
"""Seconds at which the loop's hits start."""

Sound = np.ndarray


def noise(seed: int, length: int) -> Sound:
    """RandomState's numbers are promised never to change."""
    return np.random.RandomState(seed).standard_normal(length)


def loop() -> Sound:
    """Hits over a soft chord and softer noise: something for every figure."""
    time = np.arange(round(SECONDS * RATE)) / RATE
    chord = sum(np.sin(2 * np.pi * hertz * time) for hertz in (220.0, 277.18, 1318.5))
    sound = 0.02 * chord + 0.003 * noise(0, len(time))
    for index, start in enumerate(STARTS):
        first = round(start * RATE)
        tail = time[: len(time) - first]
        sound[first:] += 0.3 * noise(index + 1, len(tail)) * np.exp(-tail / 0.03)
    return sound


def hiss() -> Sound:
    """Noise and nothing else."""
    return 0.1 * noise(9, round(SECONDS * RATE))


def smeared(sound: Sound, seconds: float) -> Sound:
    """Keep the magnitudes of windows of this length, and draw their phases."""
    size = round(seconds * RATE / 4) * 4
    _, _, spectrum = signal.stft(sound, RATE, nperseg=size, noverlap=3 * size // 4)
    phases = np.exp(2j * np.pi * np.random.RandomState(7).uniform(size=spectrum.shape))
    random = np.abs(spectrum) * phases
    found = signal.istft(random, RATE, nperseg=size, noverlap=3 * size // 4)[1][: len(sound)]
    return found * np.sqrt((sound**2).sum() / (found**2).sum())


def with_dull_attacks(sound: Sound) -> Sound:
    """Fade each hit in over 20 ms."""
    gain = np.ones(len(sound))
    length = round(0.02 * RATE)
    for start in STARTS:
        first = round(start * RATE)
        gain[first : first + length] = np.linspace(0.05, 1, length)
    return sound * gain


def with_echoes_before(sound: Sound) -> Sound:
    """Noise in the 30 ms before each hit but the first."""
    spoilt = sound.copy()
    for start in STARTS[1:]:
        first, length = round((start - 0.03) * RATE), round(0.028 * RATE)
        spoilt[first : first + length] += 0.05 * noise(3, length)
    return spoilt


def with_a_gap(sound: Sound) -> Sound:
    """100 ms of silence."""
    spoilt = sound.copy()
    spoilt[round(0.5 * RATE) : round(0.6 * RATE)] = 0
    return spoilt


def without_highs(sound: Sound) -> Sound:
    """Nothing above 8 kHz."""
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(len(sound), 1 / RATE) > 8000] = 0
    return np.fft.irfft(spectrum, len(sound))


def smoothed(sound: Sound) -> Sound:
    """Noise whose windows of 23 ms all have nearly the same magnitudes."""
    found = sound
    for _ in range(8):
        _, _, spectrum = signal.stft(found, RATE, nperseg=1024, noverlap=768)
        mean = np.sqrt((np.abs(spectrum) ** 2).mean())
        even = mean * spectrum / np.maximum(np.abs(spectrum), 1e-12)
        _, found = signal.istft(even, RATE, nperseg=1024, noverlap=768)
        found = found[: len(sound)]
    return found


def transposed(sound: Sound) -> Sound:
    """Played a semitone higher."""
    places = np.arange(len(sound)) * 2 ** (1 / 12)
    return np.interp(places, np.arange(len(sound)), sound, right=0)


def pairs() -> dict[str, tuple[Sound, Sound]]:
    """Return originals with what became of them, by name."""
    sound = loop()
    return {
        "softer": (sound, sound / 2),
        "smear of 23 ms": (sound, smeared(sound, 0.023)),
        "smear of 46 ms": (sound, smeared(sound, 0.046)),
        "smear of 128 ms": (sound, smeared(sound, 0.128)),
        "dull attacks": (sound, with_dull_attacks(sound)),
        "echoes before": (sound, with_echoes_before(sound)),
        "gap": (sound, with_a_gap(sound)),
        "no highs": (sound, without_highs(sound)),
        "transposed": (sound, transposed(sound)),
        "smoothed hiss": (hiss(), smoothed(hiss())),
    }
