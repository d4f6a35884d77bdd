"""Zones are chosen by a seed alone, in places where something is heard."""

import numpy as np

from timbrush_lab.clips import Clip
from timbrush_lab.kept.trials import LOWEST_HERTZ, OCTAVES, SECONDS, Trial, draw_trials

RATE = 16_000
TOP = 7000.0


def clips() -> list[Clip]:
    random = np.random.default_rng(0)
    sounds = [0.1 * random.standard_normal((1, n * RATE)) for n in (1, 3)]
    sounds[1][:, : 2 * RATE] = 0  # something is heard in the last second only
    return [
        Clip(name=f"{i}", kind="drum", samples=s, sample_rate=RATE)
        for i, s in enumerate(sounds)
    ]


def draw(n_trials: int, seed: int = 0) -> list[Trial]:
    return list(draw_trials(clips(), n_trials, top_hertz=TOP, seed=seed))


def test_the_seed_alone_chooses() -> None:
    assert draw(12) == draw(12)
    assert draw(12)[:5] == draw(5)
    assert draw(12) != draw(12, seed=1)


def test_zones_lie_in_the_sound_and_in_the_band() -> None:
    for trial in draw(60):
        (first, last), (low, high) = trial.box.seconds, trial.box.hertz
        assert 0 <= first < last <= clips()[trial.clip].seconds
        assert SECONDS[0] - 1e-3 < last - first < SECONDS[1] + 1e-3
        assert 0 <= low < high <= TOP
        if trial.shape != "full":
            assert low >= LOWEST_HERTZ - 0.01
            assert OCTAVES[0] - 0.01 < np.log2(high / low) < OCTAVES[1] + 0.01
        if trial.shape != "inside":
            assert high == TOP


def test_each_shape_and_each_sound_gets_its_share() -> None:
    trials = draw(200)
    counts = {name: sum(t.shape == name for t in trials) for name in ("full", "top", "inside")}
    assert 25 <= counts["full"] <= 55 and 25 <= counts["top"] <= 55
    assert sum(trial.clip == 0 for trial in trials) == 100


def test_silence_is_not_painted() -> None:
    zones = [trial.box for trial in draw(60) if trial.clip == 1]
    assert all(zone.seconds[1] > 1.97 for zone in zones)
