"""Make up steady notes of synthesizers, since recordings hold few of them."""

import numpy as np
from jaxtyping import Float

Samples = Float[np.ndarray, " time"]
Cycle = Float[np.ndarray, " cycle"]

TABLE_LENGTH = 16_384
"""Samples of one cycle; so many that reading between them adds nothing that is heard."""


def draw_tones(length: int, sample_rate: int, generator: np.random.Generator) -> Samples:
    """Draw one to three notes, each of one cycle that repeats; the peak is 1."""
    tones = np.zeros(length)
    for _ in range(generator.integers(1, 4)):
        start = int(generator.integers(0, max(1, length // 2)))
        note = _draw_note(length - start, sample_rate, generator)
        tones[start:] += 10 ** (-generator.uniform(0, 15) / 20) * note
    return (tones / max(float(np.abs(tones).max()), 1e-4)).astype(np.float32)


def _draw_note(length: int, sample_rate: int, generator: np.random.Generator) -> Samples:
    hertz = 40 * 2 ** generator.uniform(0, 5)  # 40 to 1280 Hz
    times = np.arange(length) / sample_rate
    depth, rate = generator.choice((0.0, 0.01)) * generator.random(), generator.uniform(3, 7)
    cycles = hertz * (times + depth * np.sin(2 * np.pi * rate * times) / (2 * np.pi * rate))
    table = _draw_cycle(int(0.47 * sample_rate / (1.02 * hertz)), generator)
    note = _read(table, cycles)
    if generator.random() < 0.3:  # a second voice beats against the first
        note = note + _read(table, cycles * (1 + 0.006 * generator.random()))
    return note * _draw_envelope(times, generator)


def _draw_cycle(n_harmonics: int, generator: np.random.Generator) -> Cycle:
    """One cycle whose harmonics fall by up to 12 dB an octave, some louder, some softer."""
    orders = np.arange(1, n_harmonics + 1)
    decibels = -20 * generator.uniform(0, 2) * np.log10(orders)
    decibels += generator.uniform(0, 9) * generator.standard_normal(n_harmonics)
    if generator.random() < 0.25:
        decibels[1::2] -= 40  # a square or a clarinet has odd harmonics only
    amplitudes = 10 ** (decibels / 20) * np.exp(2j * np.pi * generator.random(n_harmonics))
    spectrum = np.zeros(TABLE_LENGTH // 2 + 1, np.complex128)
    spectrum[1 : n_harmonics + 1] = amplitudes
    cycle = np.fft.irfft(spectrum, TABLE_LENGTH)
    return cycle / max(float(np.abs(cycle).max()), 1e-12)


def _read(table: Cycle, cycles: Samples) -> Samples:
    places = (cycles % 1) * len(table)
    return np.interp(places, np.arange(len(table) + 1), np.append(table, table[0]))


def _draw_envelope(times: Samples, generator: np.random.Generator) -> Samples:
    attack = 0.002 * 100 ** generator.random()  # 2 to 200 ms
    fall = generator.choice((0.0, 1.0)) * generator.uniform(0.5, 8)
    return (times / attack).clip(max=1) * np.exp(-fall * times)
