"""What a codec could know of a sound at the best: true magnitudes, by window and by cell."""

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.rhythm_timbre import RhythmTimbreConfig
from timbrush_lab.comparing.restorers import Restorer, by_magnitudes

FLOOR_DECIBELS = -100.0
WINDOWS = {44_100: (4096, 2048, 1024, 512), 16_000: (2048, 1024, 512)}
"""Samples of the windows, by the sample rate; they overlap by three quarters."""


def representations() -> dict[str, Restorer]:
    """Return ways to restore a sound from what a representation holds of it, by name.

    Cells are those of the window that ``wide`` has: each holds a mean in decibels.
    """
    windows = {
        f"{rate / 1000:g} kHz, window {n_fft}": by_magnitudes(_window(rate, n_fft))
        for rate, lengths in WINDOWS.items()
        for n_fft in lengths
    }
    wide = RhythmTimbreConfig()
    picture, column = wide.spectrogram, wide.frames_per_column
    milliseconds = 1000 * wide.step_length / picture.sample_rate
    return windows | {
        "cells of 8 frames": by_magnitudes(picture, n_frames=8),
        f"cells of {column} frames": by_magnitudes(picture, n_frames=column),
        "cells of 8 bins": by_magnitudes(picture, n_bins=8),
        f"{column} frames, {wide.n_bands} levels every {milliseconds:.1f} ms": by_magnitudes(
            picture, n_frames=column, levels=wide.levels
        ),
    }


def _window(sample_rate: int, n_fft: int) -> SpectrogramConfig:
    return SpectrogramConfig(
        sample_rate=sample_rate,
        n_fft=n_fft,
        hop_length=n_fft // 4,
        floor_decibels=FLOOR_DECIBELS,
    )
