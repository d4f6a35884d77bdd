import numpy as np
import pytest
import torch

from timbrush.effect.composite import loudness
from timbrush.effect.stroke import Stroke

HEADROOM = 10 ** (loudness.HEADROOM_DECIBELS / 10)


def painted(first, last, n_frames=40):
    weights = torch.zeros(1, 10, n_frames)
    weights[:, :, first:last] = 1.0
    return weights


def limited(original, weights, quiet=0.0, level=5.0):
    """Powers of loud new frames after the limit."""
    loud = torch.full(weights.shape, level)
    new = loudness.limit_level(loud, weights, original, quiet)
    return (new * weights).square().sum(1)[0]


def test_a_frame_is_no_louder_than_its_surroundings_justify():
    original = torch.full((1, 10, 40), 0.1)

    powers = limited(original, painted(5, 10))

    assert powers[5:10].numpy() == pytest.approx(0.1 * HEADROOM, rel=1e-4)
    soft = torch.full((1, 10, 40), 0.05)
    assert torch.equal(loudness.limit_level(soft, painted(5, 10), original, 0.0), soft)


def test_what_is_redrawn_late_in_a_decay_is_not_as_loud_as_its_beginning():
    original = 0.1 * 10 ** (-torch.arange(40.0) / 10).expand(1, 10, 40)  # 2 dB a frame

    powers = limited(original, painted(10, 30))

    reached = original.square().sum(1)[0] * 10 ** (0.2 * loudness.NEARBY_FRAMES) * HEADROOM
    assert (powers[10:30] <= reached[10:30] * 1.001).all()
    assert powers[29] < powers[10] / 50


def test_a_gap_between_loud_frames_may_be_filled():
    original = torch.full((1, 10, 40), 0.1)
    original[:, :, 12:28] = 0.0

    powers = limited(original, painted(11, 29))

    assert (powers[11:29] > 0.1).all()


def test_silence_may_become_quiet_sound():
    assert limited(torch.zeros(1, 10, 40), painted(11, 29), quiet=0.1)[20] == pytest.approx(
        0.01, rel=1e-4
    )


def test_nothing_painted_is_nothing_to_limit():
    loud = torch.full((1, 10, 40), 5.0)

    assert torch.equal(loudness.limit_level(loud, torch.zeros(1, 10, 40), loud / 9, 0.0), loud)


def test_a_change_that_stays_within_full_scale_is_left_alone():
    change, sound = np.full((2, 500), 0.4, np.float32), np.full((2, 500), -0.9, np.float32)

    assert loudness.limit_peaks(change, sound, ramp=128) is change


@pytest.mark.parametrize("ceiling", [1.0, 1.7])
def test_a_change_is_turned_down_smoothly_where_full_scale_would_be_left(ceiling):
    time = np.arange(8000) / 8000
    sound = ceiling * np.array([[0.6], [0.2]]) * np.sin(2 * np.pi * 300 * time)
    sound[1, 100] = ceiling
    change = ceiling * np.array([[0.6], [0.2]]) * np.sin(2 * np.pi * 1000 * time)
    change = change * np.hanning(8000)

    limited = loudness.limit_peaks(
        change.astype(np.float32), sound.astype(np.float32), ramp=128
    )

    assert abs(sound + change).max() > 1.1 * ceiling
    assert abs(sound + limited).max() <= ceiling * (1 + 1e-6)
    heard = abs(change[0]) > 0.05
    gains = limited[:, heard] / change[:, heard]
    assert 0.6 < gains.min() < 0.8
    assert np.allclose(gains[0], gains[1], atol=1e-4)  # channels keep their balance
    assert np.allclose(gains[:, [0, -1]], 1)
    assert abs(np.diff(gains[0])).max() < 0.02


@pytest.mark.parametrize("ramp", [40, 42, 44, 46])
def test_the_limit_holds_to_the_sample_for_any_ramp(ramp):
    sound = np.zeros((1, 1000), np.float32)
    change = np.full((1, 1000), 0.9, np.float32)
    change[0, 500] = 1.2

    limited = loudness.limit_peaks(change, sound, ramp=ramp)

    assert limited[0, 500] == pytest.approx(1, abs=1e-6)
    assert np.allclose(limited[0, 1:500], limited[0, -1:500:-1], atol=1e-6)


def test_half_of_a_change_stays_where_a_sound_has_no_room():
    sound = np.full((1, 1000), 0.999, np.float32)
    change = np.full((1, 1000), 0.2, np.float32)

    assert loudness.limit_peaks(change, sound, ramp=128)[0] == pytest.approx(0.1)


def test_a_stroke_that_would_leave_full_scale_stays_within_it(effect):
    time = np.arange(16_000) / 8000
    samples = (0.25 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    stroke = Stroke(seconds=(0.5, 1.5), inpainter="uniform")

    canvas = effect.open(samples, sample_rate=8000).paint(stroke)

    added = canvas.changes[0].added
    assert abs(added).max() > 0.5
    assert abs(canvas.samples).max() <= 1 + 1e-6
