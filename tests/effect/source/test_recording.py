import numpy as np
import pytest
import torch

from timbrush.effect.source.recording import Recording


def noise(length, n_channels=2):
    random = np.random.default_rng(0).standard_normal((n_channels, length))
    return (0.1 * random).astype(np.float32)


def test_a_rate_of_a_small_type_does_not_overflow():
    recording = Recording(noise(100), 8000)
    object.__setattr__(recording, "sample_rate", np.int16(8000))  # which types would refuse

    recording.__post_init__()

    assert type(recording.sample_rate) is int


def test_silence_surrounds_the_sound():
    recording = Recording(noise(100), 8000)

    piece = recording.read(-10, 130)

    assert not piece[:, :10].any() and not piece[:, 110:].any()
    assert np.array_equal(piece[:, 10:110], recording.samples)


@pytest.mark.parametrize("kind", ["int16", "int32"])
def test_integers_are_read_at_full_scale_and_never_wrap(kind):
    top = np.iinfo(kind).max
    recording = Recording(np.array([[0, top, -top]], dtype=kind), 8000)

    louder = recording.add(recording.array, np.full((1, 3), 0.5, dtype=np.float32))

    np.testing.assert_allclose(recording.read(0, 3), [[0, 1, -1]], atol=1e-4)
    assert louder.dtype == kind
    assert louder[0, 1] == top
    assert louder[0, 0] == pytest.approx(top / 2, rel=1e-3)


def test_no_change_changes_no_bit():
    recording = Recording(np.array([[-0.0, 0.0, 0.25]], dtype=np.float32), 8000)

    after = recording.add(recording.array, np.zeros((1, 3), dtype=np.float32))

    assert after.dtype == np.float32
    assert after.tobytes() == recording.array.tobytes()


@pytest.mark.parametrize("samples", [np.zeros(5), torch.zeros(5), torch.zeros(2, 5)])
def test_results_have_the_kind_and_shape_of_what_came(samples):
    recording = Recording(samples, 8000)

    answer = recording.like(recording.array.copy())

    assert type(answer) is type(samples)
    assert answer.shape == samples.shape
