import numpy as np
import pytest
import soxr
import torch

from timbrush.effect.original import Original, Rates


def noise(length, n_channels=2):
    random = np.random.default_rng(0).standard_normal((n_channels, length))
    return (0.1 * random).astype(np.float32)


@pytest.mark.parametrize("rate", [8000, 11_025, 16_000, 44_100, 44_101, 96_000])
def test_a_piece_is_resampled_as_the_whole_is(rate):
    sound, rates = noise(3 * rate), Rates(outer=rate, inner=16_000)
    original = Original(sound, rate)
    # With a second of silence before it: soxr treats a stream's first samples in its own way.
    silent = np.pad(sound, ((0, 0), (rate, 0)))
    whole = soxr.resample(silent.T, rate, 16_000).T[:, 16_000:]

    for first, last in ((0, 900), (17_001, 19_003), (30_000, 31_000)):
        piece = rates.to_inner(original.read(*rates.outer_span(first, last)), first, last)

        assert piece.shape == (2, last - first)
        np.testing.assert_allclose(piece, whole[:, first:last], atol=3e-5)


@pytest.mark.parametrize("rate", [8000, 16_000, 44_100, 44_101])
def test_a_piece_is_put_back_where_it_came_from(rate):
    rates = Rates(outer=rate, inner=16_000)
    time = np.arange(16_000) / 16_000
    tone = (0.3 * np.sin(2 * np.pi * 440 * time) * np.hanning(16_000)).astype(np.float32)[None]

    back = rates.to_outer(tone, 4_321, (0, 2 * rate))[0]

    late = np.arange(2 * rate) / rate - 4_321 / 16_000
    inside = (late > 0.01) & (late < 0.99)
    expected = 0.3 * np.sin(2 * np.pi * 440 * late) * (0.5 - 0.5 * np.cos(2 * np.pi * late))
    np.testing.assert_allclose(back[inside], expected[inside], atol=1e-3)
    np.testing.assert_allclose(back[(late < -0.05) | (late > 1.05)], 0, atol=1e-4)


def test_a_rate_of_a_small_type_does_not_overflow():
    original = Original(noise(100), 8000)
    object.__setattr__(original, "sample_rate", np.int16(8000))  # which types would refuse

    original.__post_init__()

    assert type(original.sample_rate) is int


def test_silence_surrounds_the_sound():
    original = Original(noise(100), 8000)

    piece = original.read(-10, 130)

    assert not piece[:, :10].any() and not piece[:, 110:].any()
    assert np.array_equal(piece[:, 10:110], original.samples)


@pytest.mark.parametrize("kind", ["int16", "int32"])
def test_integers_are_read_at_full_scale_and_never_wrap(kind):
    top = np.iinfo(kind).max
    original = Original(np.array([[0, top, -top]], dtype=kind), 8000)

    louder = original.add(original.array, np.full((1, 3), 0.5, dtype=np.float32))

    np.testing.assert_allclose(original.read(0, 3), [[0, 1, -1]], atol=1e-4)
    assert louder.dtype == kind
    assert louder[0, 1] == top
    assert louder[0, 0] == pytest.approx(top / 2, rel=1e-3)


def test_no_change_changes_no_bit():
    original = Original(np.array([[-0.0, 0.0, 0.25]], dtype=np.float32), 8000)

    after = original.add(original.array, np.zeros((1, 3), dtype=np.float32))

    assert after.dtype == np.float32
    assert after.tobytes() == original.array.tobytes()


@pytest.mark.parametrize("samples", [np.zeros(5), torch.zeros(5), torch.zeros(2, 5)])
def test_answers_have_the_kind_and_shape_of_what_came(samples):
    original = Original(samples, 8000)

    answer = original.like(original.array.copy())

    assert type(answer) is type(samples)
    assert answer.shape == samples.shape
