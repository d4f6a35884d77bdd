"""Redrawing timbre leaves the rhythm, and redrawing rhythm the long-term spectrum."""

import numpy as np
import pytest
from lab.hearing import sounds

import timbrush
from timbrush_lab.clips import Clip
from timbrush_lab.kept.one_level import DECODED, WAYS, Means, redraw_one_level


@pytest.fixture(scope="module")
def found() -> dict[str, Means]:
    samples = sounds.loop()[None].astype(np.float32)
    clip = Clip(name="a", kind="loop", samples=samples, sample_rate=sounds.RATE)
    return redraw_one_level(timbrush.load(), [clip], n_strokes=2, settings={})


def test_every_way_is_judged_beside_what_is_decoded(found: dict[str, Means]) -> None:
    assert set(found) == {DECODED, *WAYS}


def test_timbre_alone_keeps_the_hits_and_rhythm_alone_does_not(found: dict[str, Means]) -> None:
    timbre = found["timbre alone, nothing kept"].onset_correlation
    assert timbre > 0.8 * found[DECODED].onset_correlation
    kept, redrawn = (found[f"{name} alone"].onset_correlation for name in ("timbre", "rhythm"))
    assert kept > 0.7 > redrawn


def test_rhythm_alone_keeps_the_spectrum(found: dict[str, Means]) -> None:
    assert found["rhythm alone"].spectrum_db < found["timbre alone, nothing kept"].spectrum_db
