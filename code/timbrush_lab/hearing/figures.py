"""All figures that say how far a restored sound is, to the ear, from its original."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from timbrush_lab.hearing import visqol
from timbrush_lab.hearing.attacks import compare_attacks
from timbrush_lab.hearing.envelopes import Envelopes, envelopes
from timbrush_lab.hearing.levels import high_change, level_change
from timbrush_lab.hearing.mel import mel_distance
from timbrush_lab.hearing.signal import Samples, Signal, fit
from timbrush_lab.hearing.texture import compare_texture
from timbrush_lab.hearing.thirds import holes_against, is_audible, third_octaves
from timbrush_lab.hearing.tones import chroma_distance, tonal_convergence

LEAD_SECONDS = 0.1
"""Silence before a sound, so that its first sample may be an onset."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How far a restored sound is from its original; None where a sound cannot have a figure.

    Args:
        mel_db: Mean difference of mel bands over windows of 32 to 2048 samples.
        low_mel_db: The same over bands below 7.5 kHz.
        onset_correlation: Correlation of the bands' rising envelopes around the onsets; 1 is
            perfect.
        onset_level_db: Level of the 20 ms after an onset; negative is dulled.
        pre_echo_db: Level of the 36 ms before an onset; positive is smeared.
        modulation_db: Fluctuation of noise in bands; negative is smoothed.
        grain_db: Fluctuation of noise in single bins; negative is smoothed.
        tonal_convergence: Spectral convergence at a window of 93 ms; 0 is perfect.
        chroma: 1 minus the cosine of the pitch classes; 0 is perfect.
        level_db: Energy.
        holes: Share of the audible cells of 20 ms × third octave that lost more than 20 dB.
        high_db: Energy above 8 kHz.
        visqol: ViSQOL's opinion, up to about 4.7; None unless it was asked.
    """

    mel_db: float
    low_mel_db: float
    onset_correlation: float | None
    onset_level_db: float | None
    pre_echo_db: float | None
    modulation_db: float | None
    grain_db: float | None
    tonal_convergence: float
    chroma: float
    level_db: float
    holes: float
    high_db: float | None
    visqol: float | None


class Original:
    """A sound to which others are compared; what is known of it is computed once.

    Args:
        samples: The sound.
        sample_rate: Its rate in hertz.
    """

    def __init__(self, samples: Samples, sample_rate: int) -> None:
        self.signal = Signal(samples, sample_rate)
        self._envelopes = _envelopes(self.signal)

    def compare(self, samples: Samples, *, with_visqol: bool = False) -> Figures:
        """Return how far a restored sound is.

        Args:
            samples: The restored sound, aligned; cut or filled with silence to the length.
            with_visqol: Ask ViSQOL too, which takes most of the time.
        """
        original = self.signal
        restored = Signal(fit(samples, len(original.samples)), original.sample_rate)
        mel, low_mel = mel_distance(original, restored)
        attacks = compare_attacks(self._envelopes, _envelopes(restored))
        texture = compare_texture(original, restored)
        cells = third_octaves(original)
        holes = holes_against(cells, third_octaves(restored))
        return Figures(
            mel_db=mel,
            low_mel_db=low_mel,
            onset_correlation=attacks.onset_correlation,
            onset_level_db=attacks.onset_level_db,
            pre_echo_db=attacks.pre_echo_db,
            modulation_db=texture.modulation_db,
            grain_db=texture.grain_db,
            tonal_convergence=tonal_convergence(original, restored),
            chroma=chroma_distance(original, restored),
            level_db=level_change(original, restored),
            holes=float(holes.sum() / max(is_audible(cells).sum(), 1)),
            high_db=high_change(original, restored),
            visqol=visqol.opinion(original, restored) if with_visqol else None,
        )


def mean(found: Sequence[Figures]) -> dict[str, float | None]:
    """Return the mean of each figure over the sounds that have it."""
    means: dict[str, float | None] = {}
    for field in fields(Figures):
        values = [
            value for value in (getattr(f, field.name) for f in found) if value is not None
        ]
        means[field.name] = float(np.mean(values)) if values else None
    levels = [abs(figures.level_db) for figures in found]
    return {**means, "absolute_level_db": float(np.mean(levels)) if levels else None}


def _envelopes(sound: Signal) -> Envelopes:
    lead = np.zeros(round(LEAD_SECONDS * sound.sample_rate), dtype=np.float32)
    return envelopes(np.concatenate([lead, sound.samples]), sound.sample_rate)
