import numpy as np
import pytest
import scipy.signal

from timbrush.web.picture import Picture


def reader(samples: np.ndarray):
    return lambda first, last: samples[:, first:last]


def noise(seconds: float, sample_rate: int, n_channels: int = 1) -> np.ndarray:
    random = np.random.default_rng(0)
    shape = (n_channels, round(seconds * sample_rate))
    return (0.1 * random.standard_normal(shape)).astype(np.float32)


def row_of(picture: Picture, hertz: float) -> int:
    octaves = np.log2(hertz / picture.low_hertz)
    return int(octaves / np.log2(picture.high_hertz / picture.low_hertz) * picture.n_rows)


@pytest.mark.parametrize("hertz", [100.0, 440.0, 1000.0, 5000.0])
def test_a_sine_shows_its_level_at_its_frequency(hertz: float) -> None:
    picture = Picture(sample_rate=16_000, length=32_000)
    time = np.arange(32_000) / 16_000
    sine = (0.1 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)[None]
    column = picture.columns(reader(sine))[picture.n_columns // 2]
    assert abs(int(column.argmax()) - row_of(picture, hertz)) <= 3
    # A sine between two bins shows up to 1.4 dB less: the scalloping of the Hann window.
    assert (int(column.max()) - 255) / 2 == pytest.approx(-20, abs=1.5)


def test_wide_rows_hold_the_loudest_bin_of_scipys_transform() -> None:
    samples = noise(1.0, 16_000)
    picture = Picture(sample_rate=16_000, length=16_000)
    _, _, spectrum = scipy.signal.stft(
        samples[0], nperseg=2048, noverlap=2048 - picture.hop_length, boundary="zeros"
    )
    # SciPy scales a sine to half its amplitude; ours shows the amplitude.
    decibels = 20 * np.log10(2 * np.abs(spectrum) + 1e-12)
    column = picture.n_columns // 2
    edges = np.geomspace(picture.low_hertz, picture.high_hertz, picture.n_rows + 1)
    bins = np.rint(edges * 2048 / 16_000).astype(int)
    shown = (picture.columns(reader(samples))[column].astype(float) - 255) / 2
    for row in range(picture.n_rows - 40, picture.n_rows - 1):
        expected = decibels[bins[row] : bins[row + 1], column].max()
        assert shown[row] == pytest.approx(expected, abs=0.3)


@pytest.mark.parametrize("sample_rate", [8000, 16_000, 44_100, 96_000])
def test_columns_drawn_alone_are_those_of_the_whole(sample_rate: int) -> None:
    samples = noise(0.7, sample_rate, n_channels=2)
    picture = Picture(sample_rate=sample_rate, length=samples.shape[1])
    whole = picture.columns(reader(samples))
    assert whole.shape == (picture.n_columns, picture.n_rows)
    for first, last in [(0, 5), (7, 31), (picture.n_columns - 3, picture.n_columns), (4, 4)]:
        part = picture.columns(reader(samples), first, last)
        difference = np.abs(part.astype(int) - whole[first:last].astype(int))
        assert difference.size == 0 or difference.max() <= 1


def test_the_span_of_a_change_holds_every_column_that_changes() -> None:
    samples = noise(1.0, 16_000)
    picture = Picture(sample_rate=16_000, length=16_000)
    changed = samples.copy()
    changed[:, 5000:6000] += 0.2
    whole, other = picture.columns(reader(samples)), picture.columns(reader(changed))
    differing = np.flatnonzero((whole != other).any(axis=1))
    first, last = picture.span(5000, 6000)
    assert first <= differing[0] and differing[-1] < last
    assert last - first < len(differing) + 2 * 8  # and hardly more: the window ends in zeros


def test_a_long_sound_has_coarser_columns() -> None:
    song = Picture(sample_rate=44_100, length=44_100 * 180)
    note = Picture(sample_rate=44_100, length=44_100 * 4)
    assert note.hop_length < song.hop_length <= song.n_fft // 4
    assert song.n_columns < 16_384


@pytest.mark.parametrize("length", [1, 2, 63, 1000])
def test_the_shortest_sounds_have_a_picture(length: int) -> None:
    picture = Picture(sample_rate=16_000, length=length)
    assert picture.columns(reader(np.ones((1, length), np.float32))).max() > 0
