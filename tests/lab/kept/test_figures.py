"""Each figure of a stroke reacts to what it names, and to nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from timbrush_lab.kept.figures import Kept, compare
from timbrush_lab.kept.zone import Channels, ZoneBox

RATE = 44_100
TOP = 8000.0
WHOLE = ZoneBox(seconds=(0.5, 1.5), hertz=(0.0, TOP))
INSIDE = slice(RATE // 2, 3 * RATE // 2)


def noise(n_channels: int = 1, seconds: float = 2.0, seed: int = 0) -> Channels:
    random = np.random.default_rng(seed)
    return 0.1 * random.standard_normal((n_channels, round(seconds * RATE)))


def hits(shift_seconds: float = 0.0) -> Channels:
    """Bursts of noise that decay, four a second."""
    sound = np.zeros((1, 2 * RATE))
    for index in range(8):
        start = round((0.05 + index / 4 + shift_seconds) * RATE)
        length = round(0.1 * RATE)
        decay = np.exp(-np.arange(length) / (0.02 * RATE))
        sound[0, start : start + length] = noise(seed=index)[0, :length] * decay
    return sound


def painted(sound: Channels, gain: float) -> Channels:
    """Return the sound, its zone's span louder or softer over the whole band."""
    after = sound.copy()
    after[:, INSIDE] *= gain
    return after


def lowpass(sound: Channels) -> Channels:
    spectrum = np.fft.rfft(sound)
    spectrum[:, np.fft.rfftfreq(sound.shape[1], 1 / RATE) >= TOP] = 0
    return np.fft.irfft(spectrum, sound.shape[1])


def figures(before: Channels, after: Channels, box: ZoneBox = WHOLE) -> Kept:
    return compare(before, after, RATE, box, top_hertz=TOP, span=(INSIDE.start, INSIDE.stop))


def test_nothing_changes_in_a_sound_that_is_left_alone() -> None:
    kept = figures(noise(2), noise(2))
    assert kept.level_db == kept.spectrum_db == kept.width_db == kept.shelf_db == 0
    assert kept.holes_after == kept.holes_before < 0.01
    assert kept.change_db < -100
    assert kept.identical_outside
    assert figures(hits(), hits()).onset_correlation == pytest.approx(1)


def test_the_level_is_that_of_the_zone() -> None:
    assert figures(noise(), painted(noise(), 0.5)).level_db == pytest.approx(-6.02, abs=0.1)
    time = np.arange(2 * RATE) / RATE
    low, high = (np.sin(2 * np.pi * hertz * time)[None] for hertz in (440.0, 3000.0))
    softer = low + high / 4
    above, below = (replace(WHOLE, hertz=span) for span in ((2000.0, 4000.0), (200.0, 1000.0)))
    assert figures(low + high, softer, above).level_db == pytest.approx(-12.04, abs=0.05)
    assert figures(low + high, softer, below).level_db == pytest.approx(0, abs=0.01)


def test_the_change_is_the_differences_energy() -> None:
    assert figures(noise(), painted(noise(), 0.9)).change_db == pytest.approx(-20, abs=0.05)


def test_the_spectrum_tells_a_filter() -> None:
    before = noise()
    after = before + lowpass(before)  # +6 dB over the whole zone
    assert figures(before, after).spectrum_db == pytest.approx(6.02, abs=0.3)


def test_a_gap_is_a_hole_and_a_change_of_level_is_none() -> None:
    before, gap = noise(), noise()
    gap[:, RATE : RATE + round(0.1 * RATE)] = 0
    torn = figures(before, gap)
    assert torn.holes_after == pytest.approx(0.08, abs=0.03)
    assert torn.holes_after > torn.holes_before + 0.05
    assert figures(before, painted(before, 0.32)).holes_after < torn.holes_before + 0.02


def test_a_hole_that_was_there_is_counted_before_and_after() -> None:
    gap = noise()
    gap[:, RATE : RATE + round(0.1 * RATE)] = 0
    kept = figures(gap, gap)
    assert kept.holes_before == kept.holes_after > 0.05


def test_onsets_must_come_in_time_and_may_be_softer() -> None:
    assert figures(hits(), painted(hits(), 0.3)).onset_correlation == pytest.approx(1, abs=0.03)
    late = figures(hits(), hits(shift_seconds=0.03)).onset_correlation
    assert late is not None and late < 0.3


def test_only_onsets_in_the_zone_count() -> None:
    late = hits(shift_seconds=0.03)
    late[:, INSIDE] = hits()[:, INSIDE]
    correlation = figures(hits(), late).onset_correlation
    assert correlation is not None and correlation > 0.95
    assert figures(noise(), noise()).onset_correlation is None


def test_width_is_the_sides_energy_over_the_mids() -> None:
    one, other = noise(seed=1), noise(seed=2)
    narrow, wide = np.concatenate([one, one]), np.concatenate([one, other])
    kept = figures(narrow, wide)
    assert kept.width_db == pytest.approx(80, abs=0.5)  # no side is counted as -80 dB
    assert kept.correlation_before == pytest.approx(1)
    assert kept.correlation_after == pytest.approx(0, abs=0.05)
    opposed = figures(wide, np.concatenate([one, -one]))
    assert opposed.correlation_after == pytest.approx(-1)
    louder = figures(wide, painted(wide, 2.0))
    assert louder.width_db == pytest.approx(0, abs=0.05)


def test_a_mono_sound_has_no_width() -> None:
    kept = figures(noise(), noise())
    assert kept.width_db is kept.correlation_before is kept.correlation_after is None


def test_a_shelf_is_a_step_at_the_models_top() -> None:
    before = noise()
    below_only = before - lowpass(before) / 2
    kept = figures(before, below_only)
    assert kept.shelf_db == pytest.approx(-6.02, abs=0.1)
    assert figures(before, painted(before, 0.5)).shelf_db == pytest.approx(0, abs=0.05)
    short = replace(WHOLE, hertz=(100.0, 6000.0))
    assert figures(before, below_only, short).shelf_db is None


@pytest.mark.parametrize("place", [INSIDE.start - 1, INSIDE.stop])
def test_one_bit_outside_the_span_is_seen(place: int) -> None:
    after = noise()
    after[0, place] = np.nextafter(after[0, place], 1)
    assert not figures(noise(), after).identical_outside


def test_what_changes_inside_the_span_is_not_outside() -> None:
    after = noise()
    after[0, [INSIDE.start, INSIDE.stop - 1]] += 0.1
    assert figures(noise(), after).identical_outside
