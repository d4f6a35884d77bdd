import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from timbrush.effect import painter, stored
from timbrush.effect.actions.actions import Gain
from timbrush.effect.stroke import Stroke
from timbrush.effect.zone import zone as zones
from timbrush.effect.zone.shapes import Rectangle, Threshold
from timbrush.errors import CancelledError, RegionError, SoundError, StrokeError
from timbrush.seeds import MAX_SEED

RATES = (1000, 8000, 11025, 44100, 96000)


def stroke(**options):
    return Stroke(**{"inpainter": "uniform", **options})


@pytest.fixture(scope="session")
def open_sound(effect):
    return lambda samples, rate=8000: effect.open(samples, sample_rate=rate)


@st.composite
def sounds(draw):
    rate = draw(st.sampled_from(RATES))
    kind = draw(st.sampled_from(("float32", "float64", "int16")))
    seconds = draw(st.floats(0.05, 0.8))
    return seconds, rate, draw(st.sampled_from((None, 1, 2, 3))), kind


@st.composite
def spans(draw, end, smallest):
    first = draw(st.floats(0, max(end - smallest, 0)))
    return first, draw(st.floats(min(first + smallest, end), end))


@settings(max_examples=15, deadline=None)
@given(data=st.data(), sound=sounds(), seed=st.integers(0, MAX_SEED))
def test_outside_the_span_every_bit_stays_and_replay_gives_the_same_bytes(
    data, sound, seed, open_sound, a_sound
):
    rate, samples = sound[1], a_sound(*sound)
    end = samples.shape[-1] / rate
    seconds = data.draw(spans(end, 2 / rate))
    hertz = data.draw(st.none() | spans(min(rate / 2, 4000), 50))
    canvas = open_sound(samples, rate)
    before = samples.copy()

    painted = canvas.paint(stroke(seconds=seconds, hertz=hertz, seed=seed))
    answer, report = painted.samples, painted.reports[-1]

    assert (answer.dtype, answer.shape) == (samples.dtype, samples.shape)
    assert np.isfinite(answer).all()
    first, last = math.floor(seconds[0] * rate), math.ceil(seconds[1] * rate)
    assert first <= report.first_sample <= report.last_sample <= last or not report.last_sample
    for span in (slice(0, report.first_sample), slice(report.last_sample, None)):
        assert answer[..., span].tobytes() == samples[..., span].tobytes()
    assert samples.tobytes() == before.tobytes() == canvas.samples.tobytes()
    assert canvas.replay(painted.strokes).samples.tobytes() == answer.tobytes()


@pytest.mark.parametrize("rate", (8000, 44_100))
def test_between_two_shapes_of_a_zone_every_bit_stays(rate, open_sound, a_sound):
    samples = a_sound(3.0, rate, 2, "float64")
    zone = (Rectangle(seconds=(0.2, 0.7)), Rectangle(seconds=(2.1, 2.5)))

    painted = open_sound(samples, rate).paint(stroke(zone=zone, hertz=(200, 3000))).samples

    changed = np.flatnonzero((painted != samples).any(axis=0)) / rate
    assert changed.min() < 0.4 and changed.max() > 2.3
    assert not ((changed > 0.9) & (changed < 1.9)).any()


@settings(max_examples=10, deadline=None)
@given(sound=sounds(), seed=st.integers(0, MAX_SEED))
def test_strength_0_changes_nothing(sound, seed, open_sound, a_sound):
    rate, samples = sound[1], a_sound(*sound)

    painted = open_sound(samples, rate).paint(stroke(strength=0.0, seed=seed))

    assert painted.samples.tobytes() == samples.tobytes()
    assert painted.reports[-1].share_changed == 0
    assert painted.reports[-1].first_sample == painted.reports[-1].last_sample


@settings(max_examples=10, deadline=None)
@given(
    low=st.floats(50, 3000),
    width=st.floats(150, 1000),
    first=st.floats(0, 1.4),
    rate=st.sampled_from((8000, 44100)),
    seed=st.integers(0, 1000),
)
@example(low=1235.0, width=812.0, first=1.0, rate=8000, seed=262)  # loud at the very edge
def test_outside_the_band_the_change_is_40_decibels_below_the_change_inside(
    low, width, first, rate, seed, open_sound, a_sound
):
    samples, high = a_sound(2.0, rate, 1, seed=seed), low + width

    painted = open_sound(samples, rate).paint(
        stroke(seconds=(first, first + 0.5), hertz=(low, high), seed=seed)
    )

    assert leakage(painted.samples - samples, rate, low, high) < 1e-4


@pytest.mark.parametrize("seed", range(4))
def test_near_full_scale_too(seed, open_sound):
    # Peaks that pulse are turned down again and again: what does so must not spread the change.
    random, time = np.random.default_rng(seed), np.arange(16_000) / 8000
    pulse = 0.55 + 0.45 * np.sin(2 * np.pi * random.uniform(3, 40) * time)
    samples = 0.97 * np.sin(2 * np.pi * random.uniform(60, 300) * time) * pulse
    samples, low = samples.astype(np.float32), random.uniform(50, 1500)

    painted = open_sound(samples, 8000).paint(
        stroke(seconds=(0.5, 1.0), hertz=(low, low + 200), seed=seed)
    )

    assert leakage((painted.samples - samples)[None], 8000, low, low + 200) < 1e-5


def leakage(change, rate, low, high):
    """Energy outside a band over the energy inside."""
    energy = np.abs(np.fft.rfft(change[0].astype(np.float64))) ** 2
    frequencies = np.fft.rfftfreq(change.shape[1], 1 / rate)
    inside = (frequencies >= low) & (frequencies <= high)
    assert energy[inside].sum() > 0
    return energy[~inside].sum() / energy[inside].sum()


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(open_sound, a_sound):
    canvas = open_sound(a_sound())

    same = [canvas.paint(stroke(seed=5)).samples.tobytes() for _ in range(2)]
    other = canvas.paint(stroke(seed=6)).samples.tobytes()

    assert same[0] == same[1] != other


def test_strokes_painted_one_by_one_are_strokes_replayed(open_sound, a_sound):
    edit = [stroke(seconds=(0.1 * i, 0.1 * i + 0.5), seed=i, strength=0.6) for i in range(6)]
    canvas = open_sound(a_sound(n_channels=2))
    painted = canvas
    for one in edit:
        painted = painted.paint(one)

    replayed = open_sound(a_sound(n_channels=2)).replay(edit)

    assert painted.samples.tobytes() == replayed.samples.tobytes()
    for one, other in zip(painted.codemaps, replayed.codemaps, strict=True):
        assert torch.equal(one, other)
    assert len(painted.strokes) == len(painted.reports) == 6
    assert canvas.strokes == ()


def test_a_stronger_stroke_redraws_the_cells_of_a_weaker_one_too(open_sound, a_sound):
    canvas = open_sound(a_sound())
    before = canvas.codemaps[1]

    changed = [
        canvas.paint(stroke(strength=s)).codemaps[1] != before for s in (0.25, 0.5, 0.75, 1.0)
    ]

    for weaker, stronger in pairwise(changed):
        # A redrawn code may fall on the old one by chance, so a few may come back.
        assert (weaker & ~stronger).float().mean() < 0.1
        assert weaker.sum() < stronger.sum()


def test_shares_are_those_of_the_cells_whose_code_is_another(open_sound, a_sound):
    canvas = open_sound(a_sound(2.048, n_channels=2))

    painted = canvas.paint(stroke(strength=0.5))

    both = zip(canvas.codemaps, painted.codemaps, strict=True)
    shares = [float((old != new).float().mean()) for old, new in both]
    assert painted.reports[-1].shares_changed == pytest.approx(shares, abs=1e-6)
    assert 0.3 < painted.reports[-1].share_changed < 0.6


def test_a_level_leaves_the_other_alone(open_sound, a_sound):
    canvas = open_sound(a_sound())

    coarse = canvas.paint(stroke(level="coarse"))
    fine = canvas.paint(stroke(level="fine"))

    assert torch.equal(coarse.codemaps[1], canvas.codemaps[1])
    assert torch.equal(fine.codemaps[0], canvas.codemaps[0])
    assert coarse.reports[0].shares_changed[0] > 0.5 < fine.reports[0].shares_changed[1]


def test_within_a_cell_only_the_zone_is_heard_to_change(open_sound, a_sound):
    # Both shapes touch one fine cell, 750 to 1250 Hz; between them 340 Hz of it are free.
    noise = np.random.default_rng(0).standard_normal(16_000) * 0.1
    shapes = tuple(Rectangle(hertz=band) for band in ((760, 830), (1170, 1240)))

    painted = open_sound(noise).paint(stroke(zone=shapes, seconds=(0.5, 1.5)))

    energy = np.abs(np.fft.rfft(painted.samples - noise)) ** 2
    between = slice(2 * 920, 2 * 1080)
    assert energy[between].sum() < 0.01 * energy.sum()


def test_channels_that_are_alike_stay_alike(open_sound, a_sound):
    mono = a_sound()

    painted = open_sound(np.stack([mono, mono])).paint(stroke(strength=0.7))

    assert np.array_equal(*painted.samples)
    assert not np.array_equal(painted.samples[0], mono)


def test_a_stroke_does_the_same_in_a_long_sound_and_looks_no_further(new_effect, a_sound):
    short = a_sound(4.0)
    long = np.concatenate([short, a_sound(60.0, seed=1) * 0.5])
    long[long.argmax()] = long.max()
    painted, decoded = [], []
    for samples in (short, long):
        effect = new_effect()
        codec = effect.codec
        canvas = effect.open(samples, sample_rate=8000)
        canvas.paint(stroke(seconds=(1.0, 1.5)))
        encoded = codec.n_encoded
        painted.append(canvas.paint(stroke(seconds=(1.0, 1.5))))
        decoded.append(codec.n_decoded)
        assert codec.n_encoded == encoded
    assert decoded[0] == decoded[1] < 40
    assert painted[0].reports[0].first_sample == painted[1].reports[0].first_sample


def test_a_long_stroke_is_put_in_piece_by_piece(new_effect, a_sound, monkeypatch):
    samples, effect = np.tile(a_sound(1.0, 8000), 8), new_effect()
    canvas = effect.open(samples, sample_rate=8000)
    whole = canvas.paint(stroke(seconds=(0.5, 7.5), seed=1))
    widths, decode = [], effect.codec.decode

    def watched(codemaps):
        widths.append(codemaps[0].shape[2])
        return decode(codemaps)

    monkeypatch.setattr(effect.codec, "decode", watched)
    monkeypatch.setattr(painter, "PIECE_COLUMNS", 16)
    pieced = canvas.paint(stroke(seconds=(0.5, 7.5), seed=1))

    assert len(widths) > 6
    assert max(widths) <= 16 + 1 + 2 * effect.codec.context_columns
    assert pieced.reports[-1].first_sample == whole.reports[-1].first_sample
    assert pieced.reports[-1].last_sample == whole.reports[-1].last_sample
    steps = [abs(np.diff(sound, 3)).max() for sound in (whole.samples, pieced.samples)]
    assert steps[1] < 1.2 * steps[0]  # no click where pieces meet
    redrawn = (pieced.samples - samples)[5000:59_000].reshape(-1, 1000)
    assert (abs(redrawn).max(1) > 0.05).all()  # and no gap


@pytest.mark.parametrize(
    "how",
    [
        {"strength": 1.0},
        {"zone": (Threshold(above_decibels=-30),), "softness": 0.3},
        {"action": Gain(decibels=-6)},
    ],
    ids=["redrawn", "soft", "turned down"],
)
def test_a_stroke_whose_parts_lie_on_the_disk_gives_the_same_bytes(
    new_effect, a_sound, monkeypatch, how
):
    canvas = new_effect().open(np.tile(a_sound(1.0, 8000), 8), sample_rate=8000)
    monkeypatch.setattr(painter, "PIECE_COLUMNS", 16)
    whole = canvas.paint(stroke(seconds=(0.5, 7.5), seed=1, **how))

    monkeypatch.setattr(stored, "MOST_VALUES", 1000)
    monkeypatch.setattr(zones, "TILE_COLUMNS", 16)
    parts = canvas.paint(stroke(seconds=(0.5, 7.5), seed=1, **how))

    assert parts.changes[0].nbytes < whole.changes[0].nbytes / 4
    assert parts.samples.tobytes() == whole.samples.tobytes() != canvas.samples.tobytes()


def test_the_pieces_of_a_long_stroke_are_no_louder_for_those_before(new_effect, monkeypatch):
    samples = 0.02 * np.random.default_rng(0).standard_normal(64_000).astype(np.float32)
    samples[:200] = 0.5 * np.sin(0.2 * np.arange(200))  # lets the codec answer loud noise
    canvas, levels = new_effect().open(samples, sample_rate=8000), []
    for columns in (64, 4):
        monkeypatch.setattr(painter, "PIECE_COLUMNS", columns)
        after = canvas.paint(stroke(seconds=(1.0, 7.0), seed=0)).samples[9000:55_000]
        levels.append(10 * np.log10(np.mean(after**2) / np.mean(samples[9000:55_000] ** 2)))

    assert levels[1] == pytest.approx(levels[0], abs=0.5)  # 2.8 if each took the last for it


def test_variations_are_strokes_with_other_seeds_and_encode_nothing(new_effect, a_sound):
    effect = new_effect()
    codec = effect.codec
    canvas = effect.open(a_sound(), sample_rate=8000)
    canvas.paint(stroke())
    encoded = codec.n_encoded

    tried = canvas.variations(stroke(seconds=(0.2, 1.0)), seeds=(3, 4, 5))

    assert codec.n_encoded == encoded
    assert len({canvas.samples.tobytes() for canvas in tried}) == 3
    for seed, canvas_ in zip((3, 4, 5), tried, strict=True):
        alone = canvas.paint(stroke(seconds=(0.2, 1.0), seed=seed))
        assert canvas_.samples.tobytes() == alone.samples.tobytes()


def test_reading_a_span_is_cutting_the_samples(open_sound, a_sound):
    painted = open_sound(a_sound(n_channels=2)).replay([stroke(seed=1), stroke(seed=2)])

    assert np.array_equal(painted.read(700, 9000), painted.samples[:, 700:9000])


def test_a_torch_tensor_comes_back_as_one(open_sound, a_sound):
    samples = torch.from_numpy(a_sound(n_channels=2))

    painted = open_sound(samples).paint(stroke())

    assert isinstance(painted.samples, torch.Tensor)
    assert (painted.samples.dtype, painted.samples.shape) == (samples.dtype, samples.shape)


def test_the_cells_of_a_stroke_are_those_that_it_can_change(open_sound, a_sound):
    canvas = open_sound(a_sound(2.0))
    for zone in (
        {"seconds": (0.7, 1.2), "hertz": (300, 900)},
        {"zone": (Threshold(above_decibels=-30),), "seconds": (0.5, 1.5)},
    ):
        painted = canvas.paint(stroke(**zone))
        levels = zip(
            canvas.codemaps, painted.codemaps, canvas.cells(stroke(**zone)), strict=True
        )
        for before, after, cells in levels:
            changed = (before != after)[0].numpy()
            assert cells.shape == changed.shape
            assert changed.any() and not changed[cells == 0].any()
            assert 0 < (cells > 0).mean() < 1


def test_surprise_is_the_logarithm_of_the_codebook_for_the_even_rung(open_sound, a_sound):
    bits = open_sound(a_sound()).surprise(inpainter="uniform")

    assert [level.shape for level in bits] == [(4, 32), (8, 64)]
    for level in bits:
        np.testing.assert_allclose(level, math.log2(32), rtol=1e-5)


@pytest.mark.parametrize("radius", [0.0, 1e-50, math.nan, math.inf])
def test_surprise_within_no_radius_is_one_plain_line(open_sound, a_sound, radius):
    with pytest.raises(StrokeError, match="radius must be a finite number above 0"):
        open_sound(a_sound()).surprise(inpainter="uniform", radius=radius)


def test_a_spectrogram_of_a_span_is_a_part_of_the_whole(open_sound, a_sound):
    canvas = open_sound(a_sound(n_channels=2)).paint(stroke())

    whole, part = canvas.spectrogram(), canvas.spectrogram((0.8, 1.0))

    assert whole.shape == (2, 129, 251)
    np.testing.assert_allclose(part, whole[:, :, 100:126], atol=1e-4)


@pytest.mark.parametrize("samples", [np.zeros(1), np.zeros((2, 8000)), np.ones((1, 1))])
def test_silence_and_single_samples_can_be_painted_on(samples, open_sound):
    painted = open_sound(samples).paint(stroke())

    assert np.isfinite(painted.samples).all()
    assert painted.samples.shape == samples.shape


def test_silence_stays_silent(open_sound):
    painted = open_sound(np.zeros(8000)).paint(stroke())

    assert painted.reports[-1].share_changed > 0.5
    assert not painted.samples.any()


def test_a_redrawn_zone_is_no_burst(open_sound, a_sound):
    samples = a_sound(2.0) * 0.02
    samples[:800] = a_sound(0.1) * 4  # something loud elsewhere sets the gain

    painted = open_sound(samples).paint(stroke(seconds=(1.0, 1.6), seed=1))

    quiet = np.sqrt(np.mean(samples[8000:12800] ** 2))
    after = np.sqrt(np.mean(painted.samples[8000:12800] ** 2))
    loud = np.sqrt(np.mean(samples[:800] ** 2))
    assert after < max(4 * quiet, loud)


@pytest.mark.parametrize(
    ("samples", "rate", "match"),
    [
        ([0.0, 0.1], 8000, "NumPy array or a torch tensor"),
        (np.zeros(0), 8000, "at least one sample"),
        (np.zeros((0, 5)), 8000, "1 to 256 channels"),
        (np.zeros((4000, 2)), 8000, "transpose"),
        (np.zeros((1, 1, 5)), 8000, r"\(time,\) or \(channel, time\)"),
        (np.zeros(5, dtype=np.complex64), 8000, "got complex64"),
        (torch.zeros(5, dtype=torch.bfloat16), 8000, "got bfloat16"),
        (torch.zeros(5, device="meta"), 8000, "dense tensor"),
        (torch.zeros(1, 5).to_sparse(), 8000, "dense tensor"),
        (np.array([0.0, np.nan]), 8000, "finite"),
        (np.array([0.0, -np.inf]), 8000, "finite"),
        (np.zeros(5), 0, "sample_rate must lie in"),
        (np.zeros(5), 10**9, "sample_rate must lie in"),
    ],
)
def test_what_is_no_sound_is_one_plain_line(samples, rate, match, effect):
    with pytest.raises(SoundError, match=match) as caught:
        effect.open(samples, sample_rate=rate)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"seconds": (2.0, 3.0)}, RegionError, "the sound lasts 2 s"),
        ({"hertz": (4000.0, 5000.0)}, RegionError, "the band ends at 4000 Hz"),
        ({"inpainter": "oracle"}, StrokeError, "must be one of uniform; got 'oracle'"),
        ({"family": "kazoo"}, StrokeError, "family must be one of"),
        ({"level": "rhythm"}, StrokeError, "both, coarse, fine with this model, got 'rhythm'"),
    ],
)
def test_a_stroke_that_cannot_be_applied_is_one_plain_line(
    options, error, match, open_sound, a_sound
):
    with pytest.raises(error, match=match):
        open_sound(a_sound()).paint(stroke(**options))


def test_a_zone_that_reaches_beyond_the_sound_is_cut_to_it(open_sound, a_sound):
    canvas = open_sound(a_sound())

    beyond = canvas.paint(stroke(seconds=(1.0, 99.0), hertz=(100.0, 20_000.0)))

    within = canvas.paint(stroke(seconds=(1.0, 2.0), hertz=(100.0, 4000.0)))
    assert beyond.samples.tobytes() == within.samples.tobytes()


@pytest.mark.parametrize("kind", ["float32", "int16"])
def test_amount_scales_what_a_stroke_adds_and_a_disabled_one_adds_nothing(
    open_sound, kind
) -> None:
    noise = 0.05 * np.random.default_rng(1).standard_normal(16_000)
    sound = noise.astype(np.float32) if kind == "float32" else (noise * 2**15).astype(np.int16)
    full = open_sound(sound).paint(stroke(seconds=(0.5, 1.0)))
    half = open_sound(sound).paint(stroke(seconds=(0.5, 1.0), amount=0.25))
    off = open_sound(sound).paint(stroke(seconds=(0.5, 1.0), enabled=False))
    added = full.samples.astype(float) - sound
    tolerance = 1e-6 if kind == "float32" else 1
    assert np.abs(half.samples - sound - 0.25 * added).max() <= tolerance < np.abs(added).max()
    np.testing.assert_array_equal(off.samples, sound)
    assert off.reports[0].share_changed == 0 and len(off.strokes) == 1
    after = stroke(seconds=(1.2, 1.5))
    alone = open_sound(sound).paint(after)
    np.testing.assert_array_equal(off.paint(after).samples, alone.samples)


@pytest.mark.parametrize("amount", [-0.1, 1.1, float("nan")])
def test_amounts_outside_0_to_1_are_refused(amount) -> None:
    with pytest.raises(StrokeError, match="amount"):
        stroke(amount=amount)


@pytest.mark.parametrize("n_asked", [1, 2, 5])
def test_a_stroke_stops_once_it_is_not_wanted(open_sound, a_sound, n_asked):
    canvas, asked = open_sound(a_sound()), []

    def wanted():
        asked.append(1)
        return len(asked) < n_asked

    with pytest.raises(CancelledError, match="cancelled"):
        canvas.paint(stroke(repeat=20), wanted)

    assert len(asked) == n_asked
    assert canvas.paint(stroke(), lambda: True).samples.tobytes() != canvas.samples.tobytes()
