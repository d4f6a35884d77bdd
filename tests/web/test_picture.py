import numpy as np
import pytest
import scipy.signal

from timbrush.web.look import Look
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


SCALES = {
    "log": np.log2,
    "mel": lambda hertz: 2595 * np.log10(1 + np.asarray(hertz) / 700),
    "linear": lambda hertz: np.asarray(hertz, float),
}


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("hertz", [150.0, 1000.0, 6000.0])
def test_a_sine_lies_at_its_place_on_every_scale(scale: str, hertz: float) -> None:
    picture = Picture(sample_rate=16_000, length=32_000, look=Look(scale=scale))
    time = np.arange(32_000) / 16_000
    sine = (0.1 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)[None]
    column = picture.columns(reader(sine))[picture.n_columns // 2]
    up = SCALES[scale]
    low, high = up(picture.low_hertz), up(picture.high_hertz)
    bin_rows = (up(hertz + 8) - up(hertz)) / (high - low) * picture.n_rows  # 7.8 Hz a bin
    expected = (up(hertz) - low) / (high - low) * picture.n_rows
    assert abs(int(column.argmax()) + 0.5 - expected) <= bin_rows + 1


def test_a_thousand_hertz_are_a_thousand_mel_and_back() -> None:
    # The formula of HTK: 1000 Hz are 1000 mel by definition, here to within rounding.
    look = Look(scale="mel")
    assert look.up(np.array([1000.0])) == pytest.approx(1000, abs=0.05)
    places = np.linspace(20, 2000, 9)
    np.testing.assert_allclose(look.up(look.down(places)), places)


@pytest.mark.parametrize("window", [0.0125, 0.025, 0.2])
def test_columns_of_any_window_drawn_alone_are_those_of_the_whole(window: float) -> None:
    samples = noise(0.7, 16_000)
    picture = Picture(sample_rate=16_000, length=11_200, look=Look(window_seconds=window))
    whole = picture.columns(reader(samples))
    first, last = 9, 40
    part = picture.columns(reader(samples), first, min(last, picture.n_columns))
    assert np.abs(part.astype(int) - whole[first:last].astype(int)).max() <= 1


def test_no_click_is_lost_between_the_short_windows_of_a_long_sound() -> None:
    rate, length = 16_000, 16_000 * 400
    picture = Picture(sample_rate=rate, length=length, look=Look(window_seconds=0.0125))
    assert picture.frames_per_column > 1
    hop = picture.hop_length
    columns = 100 + np.arange(8)
    for shift in np.linspace(0, hop, 9).astype(int):
        place = int(104 * hop + shift)
        click = np.zeros((1, length), np.float32)
        click[0, place] = 1
        drawn = picture.columns(reader(click), 100, 108)
        loudest = drawn.max(axis=1)
        assert abs(columns[loudest.argmax()] * hop - place) <= hop
        # A click in the middle of a Hann window of n samples has the level 4 / n.
        assert (int(loudest.max()) - 255) / 2 > 20 * np.log10(4 / picture.n_fft) - 4
        first, last = picture.span(place, place + 1)
        touched = columns[drawn.any(axis=1)]
        assert first <= touched[0] and touched[-1] < last


@pytest.mark.parametrize(
    ("channels", "heard"),
    [("left", (1, 0)), ("right", (0, 1)), ("mid", (1, 1)), ("side", (1, -1))],
)
def test_channels_are_drawn_as_a_sound_of_that_channel(
    channels: str, heard: tuple[int, int]
) -> None:
    samples = noise(0.5, 16_000, n_channels=2)
    weights = np.array(heard, np.float32) / np.abs(heard).sum()
    alone = (weights[:, None] * samples).sum(axis=0, keepdims=True)
    length = samples.shape[1]
    seen = Picture(sample_rate=16_000, length=length, look=Look(channels=channels))
    mono = Picture(sample_rate=16_000, length=length)
    drawn, expected = seen.columns(reader(samples)), mono.columns(reader(alone))
    assert np.abs(drawn.astype(int) - expected.astype(int)).max() <= 1
