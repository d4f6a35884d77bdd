import numpy as np
import soundfile

from timbrush.effect.stroke import Stroke
from timbrush_lab import memory
from timbrush_lab.memory import measure_memory, peak_bytes, write_bars


def test_the_peak_holds_what_was_held_for_a_moment():
    before = peak_bytes()
    held = np.ones(60_000_000, np.float64)
    del held

    assert peak_bytes() >= before
    assert peak_bytes() > 480_000_000


def test_bars_follow_each_other_in_stereo(tmp_path):
    write_bars(tmp_path / "bars.wav", 20.0)

    samples, rate = soundfile.read(tmp_path / "bars.wav")
    assert (rate, samples.shape) == (48_000, (960_000, 2))
    assert np.array_equal(samples[:480_000], samples[480_000:])
    assert 0.3 < np.abs(samples).max() < 1
    assert not np.array_equal(samples[:, 0], samples[:, 1])


def test_each_edit_is_measured_beside_its_samples(monkeypatch):
    monkeypatch.setattr(
        memory, "strokes_of", lambda seconds: {"one": (Stroke(seconds=(4.0, 4.2)),)}
    )

    found = measure_memory(10.0)

    assert list(found) == ["one"]
    assert found["one"]["samples_gigabytes"] == 480_000 * 8 / 1e9
    assert 0.1 < found["one"]["beyond_samples_gigabytes"] < 3
    assert found["one"]["seconds"] > 0
