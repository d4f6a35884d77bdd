import numpy as np
import pytest
import torch

from timbrush.audio.spectrogram import SpectrogramConfig, stft
from timbrush.effect.composite import keeping
from timbrush.effect.stroke import Stroke

CONFIG = SpectrogramConfig(sample_rate=8000, n_fft=256, hop_length=64)
LET_GO = {"keep_level": 0, "keep_rhythm": 0, "keep_width": 0, "keep_band": 0}


def noise(n_channels=1, length=8192, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return 0.1 * torch.randn(n_channels, length, generator=generator)


def hits(length=8192):
    time = torch.arange(length) % 800
    return noise(seed=1) * torch.exp(-time / 60)


def test_bands_share_each_bin_and_are_about_an_erb_wide():
    bands = keeping.erb_bands(CONFIG)

    torch.testing.assert_close(bands.sum(0), torch.ones(129))
    assert (bands >= 0).all() and (bands.sum(1) > 0).all()
    hertz = torch.arange(129) * 31.25
    middle = bands[:, 64].argmax()  # 2 kHz, where an ERB is 241 Hz
    inside = hertz[bands[middle] > 0]
    assert 241 < float(inside.max() - inside.min()) < 3 * 241


@pytest.mark.parametrize("decibels", [-20.0, 12.0])
def test_the_level_of_each_band_is_kept_up_and_down(decibels):
    old = stft(noise(), CONFIG).abs()
    new = stft(noise(seed=5), CONFIG).abs() * 10 ** (decibels / 20)
    new[:, :40] *= 0.2
    weights = torch.ones_like(old)

    kept = keeping.keep_level(new, old, weights, CONFIG, amount=1.0, floor=1e-6)

    for bins in (slice(2, 20), slice(60, 80), slice(100, 129)):
        gap = 10 * torch.log10(kept[:, bins].square().sum() / old[:, bins].square().sum())
        assert abs(float(gap)) < 0.7
    untouched = keeping.keep_level(new, old, weights, CONFIG, amount=0.0, floor=1e-6)
    assert torch.equal(untouched, new)


def envelope(waveform):
    return waveform.square().unflatten(-1, (-1, 64)).mean(-1).sqrt()[0]


def test_a_kept_rhythm_puts_every_hit_where_it_was():
    steady, old = noise(seed=7), hits()

    kept, free = (
        keeping.keep_envelopes(steady, old, 8000, level=1.0, rhythm=r, floor=1e-6)
        for r in (1.0, 0.0)
    )

    wanted = envelope(old)
    assert np.corrcoef(envelope(kept), wanted)[0, 1] > 0.93
    assert np.corrcoef(envelope(free), wanted)[0, 1] < 0.5
    assert abs(float(np.corrcoef(kept[0], old[0])[0, 1])) < 0.3  # yet it is another sound


def test_what_is_alike_already_is_left_alone():
    old = hits()

    kept = keeping.keep_envelopes(old, old, 8000, level=1.0, rhythm=1.0, floor=1e-6)

    torch.testing.assert_close(kept, old, atol=1e-5, rtol=0)


def test_channels_are_their_mix_at_their_own_levels_and_phases():
    mono = noise()
    spectra = stft(torch.cat((mono, -0.5 * mono)), CONFIG)

    mixed = keeping.mix(spectra)
    back = mixed * keeping.relations(spectra, mixed)

    torch.testing.assert_close(mixed.abs()[0], spectra.abs().square().mean(0).sqrt())
    torch.testing.assert_close(
        back[:, 2:-2, 2:-2], spectra[:, 2:-2, 2:-2], atol=1e-4, rtol=1e-2
    )


def stereo(effect, a_sound, side):
    mid = a_sound(2.0)
    other = side * np.random.default_rng(3).standard_normal(len(mid)).astype(np.float32)
    samples = np.stack([mid + other, mid - other])
    stroke = Stroke(seconds=(0.4, 1.6), inpainter="uniform", seed=2)
    return samples, effect.open(samples, sample_rate=8000), stroke


def side_over_mid(samples):
    inside = samples[:, 4000:12_000]
    side, mid = inside[0] - inside[1], inside[0] + inside[1]
    return 10 * np.log10(np.square(side).sum() / np.square(mid).sum())


def test_nearly_mono_stays_nearly_mono(effect, a_sound):
    samples, canvas, stroke = stereo(effect, a_sound, 0.002)

    kept = canvas.paint(stroke).samples
    free = canvas.paint(Stroke(**{**vars(stroke), **LET_GO})).samples

    assert abs(side_over_mid(kept) - side_over_mid(samples)) < 1.5
    assert abs(side_over_mid(free) - side_over_mid(samples)) > 3
    assert abs(kept - samples)[:, 4000:12_000].max() > 0.01


def test_a_stroke_keeps_the_loudness_that_was_there(effect, a_sound):
    samples, canvas, stroke = stereo(effect, a_sound, 0.05)

    painted = canvas.paint(stroke)

    inside = slice(4000, 12_000)
    level = np.square(painted.samples[:, inside]).sum() / np.square(samples[:, inside]).sum()
    assert abs(10 * np.log10(level)) < 1
    assert painted.reports[-1].level_decibels == pytest.approx(10 * np.log10(level), abs=1)


def test_keeping_half_lies_between(effect, a_sound):
    _, canvas, stroke = stereo(effect, a_sound, 0.2)
    levels = [
        np.square(
            canvas.paint(Stroke(**{**vars(stroke), **LET_GO, "keep_level": k})).samples
        ).sum()
        for k in (0.0, 0.5, 1.0)
    ]

    assert min(levels[0], levels[2]) < levels[1] < max(levels[0], levels[2])


@pytest.mark.parametrize("hertz", [None, (0.0, 1000.0)])
def test_redrawn_rumble_leaves_no_constant_offset(effect, a_sound, hertz):
    time = np.arange(16_000) / 8000
    samples = a_sound() + 0.4 * np.sin(2 * np.pi * 5 * time).astype(np.float32)
    canvas = effect.open(samples, sample_rate=8000)
    stroke = Stroke(seconds=(0.4, 1.6), hertz=hertz, inpainter="uniform", seed=3)

    change = (canvas.paint(stroke).samples - samples)[4000:12_000]

    assert abs(change.mean()) < 0.002
    assert abs(change).max() > 0.01
