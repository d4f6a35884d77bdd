import numpy as np
import pytest
import soxr

from timbrush.audio.resampling import Rates


def noise(length, n_channels=2):
    random = np.random.default_rng(0).standard_normal((n_channels, length))
    return (0.1 * random).astype(np.float32)


@pytest.mark.parametrize("rate", [8000, 11_025, 16_000, 44_100, 44_101, 96_000])
def test_a_piece_is_resampled_as_the_whole_is(rate):
    sound, rates = noise(3 * rate), Rates(outer=rate, inner=16_000)
    # With a second of silence before it: soxr treats a stream's first samples in its own way.
    silent = np.pad(sound, ((0, 0), (rate, 0)))
    whole = soxr.resample(silent.T, rate, 16_000).T[:, 16_000:]

    for first, last in ((0, 900), (17_001, 19_003), (30_000, 31_000)):
        start, stop = rates.outer_span(first, last)
        outer = silent[:, start + rate : stop + rate]
        piece = rates.to_inner(outer, first, last)

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
