"""Restore every sound in every way, and sum up how far each way is from the original."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, median
from typing import Any

from timbrush_lab.clips import Clip
from timbrush_lab.comparing.restorers import Restored, Restorer
from timbrush_lab.hearing.figures import Figures, Original, mean


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """What became of one sound in one way.

    Args:
        clip: The sound.
        way: Name of the way.
        restored: What came back.
        figures: How far that is.
    """

    clip: Clip
    way: str
    restored: Restored
    figures: Figures

    @property
    def kilobits_per_second(self) -> float | None:
        """Bits of the codes a second of sound."""
        bits = self.restored.bits
        return None if bits is None else bits / 1000 / self.clip.seconds


def compare(
    clips: Iterable[Clip], restorers: Mapping[str, Restorer], *, with_visqol: bool = False
) -> Iterator[Comparison]:
    """Yield what becomes of each sound, mono, in each way."""
    for clip in clips:
        original = Original(clip.mono, clip.sample_rate)
        for way, restore in restorers.items():
            restored = restore(clip.mono, clip.sample_rate)
            figures = original.compare(restored.samples, with_visqol=with_visqol)
            yield Comparison(clip=clip, way=way, restored=restored, figures=figures)


def summarize(found: Sequence[Comparison]) -> dict[str, dict[str, Any]]:
    """Return the mean of each figure by the name of the way, with its bits and its time."""
    summary: dict[str, dict[str, Any]] = {}
    for way in dict.fromkeys(comparison.way for comparison in found):
        chosen = [comparison for comparison in found if comparison.way == way]
        rates = [rate for c in chosen if (rate := c.kilobits_per_second) is not None]
        summary[way] = {
            "n_sounds": len(chosen),
            "kilobits_per_second": fmean(rates) if rates else None,
            "milliseconds": median(c.restored.milliseconds for c in chosen),
            **mean([c.figures for c in chosen]),
        }
    return summary


def as_row(comparison: Comparison) -> dict[str, Any]:
    """Return what became of one sound as JSON values."""
    return {
        "sound": comparison.clip.name,
        "kind": comparison.clip.kind,
        "way": comparison.way,
        "kilobits_per_second": comparison.kilobits_per_second,
        **asdict(comparison.figures),
    }
