"""A control's table grows where the control does more, and says so."""

from dataclasses import replace

import numpy as np
import pytest
from lab.hearing import sounds

from timbrush.effect.model import Effect
from timbrush_lab.clips import Clip
from timbrush_lab.kept.controls import Setting, cell_distance, monotony, sweep
from timbrush_lab.kept.trials import Trial
from timbrush_lab.kept.zone import ZoneBox

RATE = 11_025
UNIFORM = {"inpainter": "uniform"}


def clips() -> list[Clip]:
    samples = sounds.loop()[None, : 2 * RATE].astype(np.float32)
    return [Clip(name="a", kind="loop", samples=samples, sample_rate=RATE)]


def test_strength_goes_further_and_nothing_changes_without_it(effect: Effect) -> None:
    values = [0, 0.1, 1.0]
    found = sweep(effect, clips(), "strength", values, n_strokes=3, settings=UNIFORM)
    assert [setting.value for setting in found] == values
    assert found[0] == Setting(0, 0.0, 0.0, 0.0, 0.0)
    assert found[1].change_db < found[2].change_db
    assert found[2].seeds_db > 0
    assert monotony(found) == pytest.approx(1)


def test_what_does_nothing_is_not_monotone() -> None:
    still = [Setting(value, 3.0, 0.0, 0.0, 0.9) for value in (1, 2, 3)]
    assert monotony(still) == 0
    back = [replace(s, change_db=-float(s.value)) for s in still]
    assert monotony(back) == pytest.approx(-1)


def test_the_distance_of_cells_is_in_decibels_and_in_the_zone() -> None:
    before = sounds.hiss()[None]
    box = ZoneBox(seconds=(0.4, 1.2), hertz=(500.0, 8000.0))
    trial = Trial(clip=0, shape="inside", box=box, seed=0)
    assert cell_distance(before, before / 2, sounds.RATE, trial) == pytest.approx(
        6.02, abs=0.01
    )
    outside = before.copy()
    outside[:, round(1.3 * sounds.RATE) :] = 0
    assert cell_distance(before, outside, sounds.RATE, trial) == 0


def test_each_turn_goes_further_from_the_original(effect: Effect) -> None:
    found = sweep(effect, clips(), "repeat", [1, 4, 16], n_strokes=3, settings=UNIFORM)
    assert monotony(found) == pytest.approx(1)
    assert found[0].share_changed < 0.4 < 0.9 < found[2].share_changed
