"""Make up drum hits from random numbers, since NSynth has no drums and music has."""

import numpy as np
from jaxtyping import Float

Samples = Float[np.ndarray, " time"]


def draw_pattern(length: int, sample_rate: int, generator: np.random.Generator) -> Samples:
    """Draw hits of one to three drums, each on a grid of its own; the peak is 1."""
    pattern = np.zeros(length, np.float32)
    for _ in range(generator.integers(1, 4)):
        hit = _draw_hit(sample_rate, generator)
        level = 10 ** (-generator.uniform(0, 15) / 20)
        step = int(sample_rate * generator.uniform(0.12, 0.6))
        for start in range(int(generator.integers(0, step)), length, step):
            if generator.random() < 0.8:
                end = min(length, start + len(hit))
                pattern[start:end] += level * hit[: end - start]
    return pattern / max(float(np.abs(pattern).max()), 1e-4)


def _draw_hit(sample_rate: int, generator: np.random.Generator) -> Samples:
    """A falling tone, a burst of coloured noise, or both, dying away."""
    length = int(0.5 * sample_rate)
    times = np.arange(length) / sample_rate
    tone, noise = _tone(times, generator), _noise(length, sample_rate, generator)
    share = generator.choice((0.0, 1.0, generator.random()))
    hit = share * tone * np.exp(-times * generator.uniform(6, 40))
    hit = hit + (1 - share) * noise * np.exp(-times * generator.uniform(8, 120))
    return (hit / max(float(np.abs(hit).max()), 1e-4)).astype(np.float32)


def _tone(times: Samples, generator: np.random.Generator) -> Samples:
    end = 40 * 2 ** generator.uniform(0, 4.5)  # 40 to 900 Hz
    fall, speed = generator.uniform(0, 3), generator.uniform(10, 60)
    cycles = end * (times + fall * (1 - np.exp(-speed * times)) / speed)
    return np.sin(2 * np.pi * cycles)


def _noise(length: int, sample_rate: int, generator: np.random.Generator) -> Samples:
    spectrum = np.fft.rfft(generator.standard_normal(length))
    hertz = np.fft.rfftfreq(length, 1 / sample_rate)
    centre = 200 * 2 ** generator.uniform(0, 5)  # 200 to 6400 Hz
    octaves = np.log2(np.maximum(hertz, 1.0) / centre)
    noise = np.fft.irfft(
        spectrum * np.exp(-0.5 * (octaves / generator.uniform(0.4, 2)) ** 2), length
    )
    return noise / max(float(np.abs(noise).max()), 1e-4)
