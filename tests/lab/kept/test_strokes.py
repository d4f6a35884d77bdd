"""Strokes are made over all sounds with the settings asked for, and summed up."""

from dataclasses import replace

import numpy as np
import pytest
from lab.hearing import sounds

from timbrush.effect.model import Effect
from timbrush.errors import StrokeError
from timbrush_lab.clips import Clip
from timbrush_lab.kept.figures import Kept
from timbrush_lab.kept.strokes import Result, as_row, make_strokes, summarize
from timbrush_lab.kept.trials import Trial
from timbrush_lab.kept.zone import ZoneBox

RATE = 11_025
"""Above the model's, so that there is a band above its top."""


@pytest.fixture(scope="module")
def clips() -> list[Clip]:
    samples = sounds.loop()[None, : 2 * RATE].astype(np.float32)
    mono = Clip(name="mono.wav", kind="drum", samples=samples, sample_rate=RATE)
    return [mono, replace(mono, name="two.wav", samples=np.repeat(samples, 2, axis=0))]


def make(effect: Effect, clips: list[Clip], **settings: object) -> list[Result]:
    return list(
        make_strokes(effect, clips, n_strokes=6, settings={"inpainter": "uniform", **settings})
    )


def test_strokes_are_made_on_every_sound(effect: Effect, clips: list[Clip]) -> None:
    results = make(effect, clips)
    assert [result.name for result in results] == ["mono.wav"] * 3 + ["two.wav"] * 3
    assert all(result.kept.identical_outside for result in results)
    assert {result.kept.width_db is None for result in results[:3]} == {True}
    # Channels that are alike stay alike.
    assert [r.kept.width_db for r in results[3:]] == pytest.approx([0.0] * 3, abs=1e-9)
    assert any(result.kept.change_db > -20 for result in results)


def test_settings_reach_the_strokes(effect: Effect, clips: list[Clip]) -> None:
    nothing = make(effect, clips, strength=0)
    assert all(result.kept.change_db < -100 for result in nothing)
    assert all(result.kept.level_db == 0 for result in nothing)
    with pytest.raises(StrokeError, match="no_such_field"):
        make(effect, clips, no_such_field=1)


def result(level_db: float, kind: str, correlation: float | None) -> Result:
    kept = Kept(
        level_db=level_db,
        change_db=0.0,
        spectrum_db=0.0,
        holes_before=0.03,
        holes_after=0.08,
        onset_correlation=correlation,
        width_db=None,
        correlation_before=None,
        correlation_after=None,
        shelf_db=None,
        identical_outside=level_db > -30,
    )
    box = ZoneBox(seconds=(0.0, 1.0), hertz=(100.0, 200.0))
    trial = Trial(clip=0, shape="inside", box=box, seed=1)
    return Result(
        trial=trial, name="a", kind=kind, kept=kept, share_changed=1.0, milliseconds=2.0
    )


def test_the_summary_has_quantiles_and_shares() -> None:
    levels = [-40.0, -20.0, -5.0, 0.0, 5.0]
    kinds = ["drum", "loop", "voice", "voice", "music"]
    correlations = [0.2, 0.4, 1.0, None, None]
    rows = zip(levels, kinds, correlations, strict=True)
    found = [result(*row) for row in rows]
    summary = summarize(found)
    assert summary["level_db"]["median"] == -5
    assert summary["level_db"]["p10"] == pytest.approx(np.quantile(levels, 0.1))
    assert summary["level_db"]["p90"] == pytest.approx(np.quantile(levels, 0.9))
    assert summary["share_that_lost_10_db"] == 0.4
    assert summary["share_identical_outside"] == 0.8
    assert summary["onset_correlation"]["n"] == 3
    assert summary["onset_correlation_of_drums_and_loops"]["mean"] == pytest.approx(0.3)
    assert summary["shelf_db"] is None
    assert as_row(found[0])["level_db"] == -40
