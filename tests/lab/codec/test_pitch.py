import numpy as np
import pytest

from timbrush_lab.codec.pitch import believed, pitch_error, track_pitch

NONE = np.nan


def test_the_same_pitch_has_no_error() -> None:
    pitch = np.array([220.0, NONE, 440.0])
    error = pitch_error(pitch, pitch)
    assert (error.cents, error.gross, error.lost, error.n_frames) == (0.0, 0.0, 0.0, 2)


def test_cents_are_the_median_and_gross_the_share_beyond_a_quarter_tone() -> None:
    reference = np.full(5, 100.0)
    cents = np.array([10.0, -30.0, 40.0, 60.0, -1200.0])
    error = pitch_error(reference, reference * 2 ** (cents / 1200))
    assert error.cents == pytest.approx(40.0)
    assert error.gross == pytest.approx(0.4)


def test_frames_without_a_pitch_are_lost_and_not_wrong() -> None:
    reference = np.array([100.0, 100.0, 100.0, NONE])
    error = pitch_error(reference, np.array([100.0, NONE, NONE, 100.0]))
    assert error.lost == pytest.approx(2 / 3)
    assert error.gross == 0.0
    assert error.n_frames == 1


def test_a_sound_without_any_pitch_has_no_cents() -> None:
    assert pitch_error(np.array([100.0]), np.array([NONE])).cents is None


def test_a_label_counts_where_the_tracker_agrees_with_it() -> None:
    tracked = np.array([440.0, 445.0, 220.0, 1320.0, NONE])
    np.testing.assert_array_equal(believed(tracked, 69), [440.0, 440.0, NONE, NONE, NONE])
    assert np.isnan(believed(tracked, 60)).all()


@pytest.mark.slow
def test_the_pitch_of_a_note_is_found() -> None:
    pytest.importorskip("librosa")
    time = np.arange(32000) / 16000
    note = sum(np.sin(2 * np.pi * 196 * k * time) / k for k in range(1, 6))
    assert np.nanmedian(track_pitch(0.2 * note, 16000)) == pytest.approx(196, rel=0.01)
