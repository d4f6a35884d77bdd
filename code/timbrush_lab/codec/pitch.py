"""Track the pitch of a sound, and compare two pitches."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from timbrush.errors import ConfigError

Hertz = Float[np.ndarray, " frame"]
"""Pitch of each frame; NaN where the frame has none."""

GROSS_CENTS = 50.0
"""A frame further off than a quarter tone has the wrong pitch."""

LOWEST_HERTZ, HIGHEST_HERTZ = 27.5, 4200.0
"""A piano's range."""


@dataclass(frozen=True, kw_only=True)
class PitchError:
    """How far a pitch strays from the one it should have.

    Args:
        cents: Median distance over the frames that have a pitch in both; None without any.
        gross: Share of those frames that are more than a quarter tone off.
        lost: Share of the reference's frames with a pitch that have none any more.
        n_frames: Frames that have a pitch in both.
    """

    cents: float | None
    gross: float
    lost: float
    n_frames: int


def track_pitch(waveform: Float[np.ndarray, " time"], sample_rate: int) -> Hertz:
    """Return the pitch every 64 ms by probabilistic YIN, in steps of a fifth of a semitone.

    Raises:
        ConfigError: Unless librosa is installed.

    Source: Mauch and Dixon 2014 (pYIN), by librosa.
    """
    try:
        import librosa  # lazy: an extra, and it takes seconds to load
    except ImportError as error:
        raise ConfigError(
            "pitch errors need librosa; install it with: pip install 'timbrush[lab]'"
        ) from error
    hop_length = round(0.064 * sample_rate)
    pitch, _, _ = librosa.pyin(
        waveform,
        fmin=LOWEST_HERTZ,
        fmax=min(HIGHEST_HERTZ, 0.45 * sample_rate),
        sr=sample_rate,
        frame_length=2 * hop_length,
        hop_length=hop_length,
        resolution=0.2,
    )
    return np.asarray(pitch, dtype=np.float64)


def pitch_error(reference: Hertz, estimate: Hertz) -> PitchError:
    """Compare the pitch of two sounds frame by frame."""
    wanted, got = np.isfinite(reference), np.isfinite(estimate)
    both = wanted & got
    off = np.abs(1200 * np.log2(estimate[both] / reference[both]))
    return PitchError(
        cents=float(np.median(off)) if len(off) else None,
        gross=float(np.mean(off > GROSS_CENTS)) if len(off) else 0.0,
        lost=float(np.mean(~got[wanted])) if wanted.any() else 0.0,
        n_frames=int(both.sum()),
    )


def believed(reference: Hertz, midi: int) -> Hertz:
    """Return a label's pitch where the tracker agrees with it; NaN elsewhere.

    The tracker takes many a note for one an octave or a twelfth away, even in the original:
    a frame in which it does so says nothing about a restored sound.

    Args:
        reference: Tracked pitch of the original.
        midi: The note that it is labelled with.
    """
    label = 440 * 2 ** ((midi - 69) / 12)
    agrees = np.abs(1200 * np.log2(reference / label)) <= GROSS_CENTS
    return np.where(agrees, label, np.nan)
