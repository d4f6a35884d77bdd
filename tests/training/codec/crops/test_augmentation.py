"""Training crops: a function of the seed, varied as asked."""

import math

import numpy as np
import pytest
import torch

from timbrush.datasets.examples import UNKNOWN, Example
from timbrush.errors import ConfigError
from timbrush.training.codec.crops.augmentation import AugmentationConfig, Crops, draw_crops
from timbrush.training.codec.crops.percussion import draw_pattern
from timbrush.training.codec.crops.tones import draw_tones

TONES = (440.0, 1200.0, 3000.0)
EDGES = (2000.0, 4000.0, math.inf)
PLAIN = {"bend_share": 0.0, "mix_share": 0.0, "percussion_share": 0.0, "early_seconds": 0.0}


class Tones:
    sample_rate = 16_000

    def __len__(self) -> int:
        return len(TONES)

    def __getitem__(self, index: int) -> Example:
        times = torch.arange(8000) / 16_000
        tone = 0.5 * torch.sin(2 * torch.pi * TONES[index] * times)
        return Example(tone, UNKNOWN, UNKNOWN, str(index), EDGES[index])


def drawn(n_crops: int = 40, seed: int = 1, **settings: float | tuple[float, float]) -> Crops:
    config = AugmentationConfig(**{**PLAIN, **settings})
    return draw_crops(Tones(), n_crops, 2048, config, (seed, 2, 3))


def crops(n_crops: int = 40, seed: int = 1, **settings: float) -> torch.Tensor:
    return drawn(n_crops, seed, **settings).waveforms


def peaks(waveforms: torch.Tensor) -> torch.Tensor:
    spectra = torch.fft.rfft(waveforms * torch.hann_window(2048)).abs()
    return spectra.argmax(dim=1) * 16_000 / 2048


def octaves_off(waveforms: torch.Tensor) -> torch.Tensor:
    """Return the distance of each crop's loudest partial to the nearest tone."""
    return (peaks(waveforms)[:, None] / torch.tensor(TONES)).log2().abs().amin(dim=1)


def test_the_same_seed_draws_the_same_crops() -> None:
    settings = {
        "bend_share": 0.5,
        "mix_share": 0.4,
        "percussion_share": 0.3,
        "early_seconds": 0.1,
    }
    one = crops(8, **settings)
    assert one.shape == (8, 2048)
    assert torch.equal(one, crops(8, **settings))
    assert not torch.equal(one, crops(8, seed=2, **settings))


def test_a_plain_crop_is_a_piece_of_a_sound() -> None:
    assert octaves_off(crops()).max() < 0.02


def test_a_bent_crop_is_shifted_within_the_range_asked_for() -> None:
    off = octaves_off(crops(bend_share=1.0, bend_semitones=2.0))
    assert 1 / 12 < off.max() < 2.2 / 12


def test_a_coloured_crop_keeps_its_tone_at_another_level() -> None:
    def single(**settings: float) -> torch.Tensor:
        return torch.cat([crops(1, seed=seed, **settings) for seed in range(40)])

    coloured, plain = single(colour_share=1.0), single()
    assert octaves_off(coloured).max() < 0.02
    gains = 20 * (coloured.abs().amax(dim=1) / plain.abs().amax(dim=1)).log10()
    assert 3 < gains.std() < 12
    flat = single(colour_share=1.0, colour_decibels=0.0)
    torch.testing.assert_close(flat, plain, atol=1e-5, rtol=0)


def test_a_distorted_crop_keeps_its_peak_and_gains_harmonics() -> None:
    distorted = drawn(drive_share=1.0)
    assert octaves_off(distorted.waveforms).max() < 0.02  # the fundamental stays the loudest
    loudest = distorted.waveforms.abs().amax(dim=1)
    torch.testing.assert_close(loudest, torch.full((40,), 0.5), rtol=0.02, atol=0)
    spectra = torch.fft.rfft(distorted.waveforms * torch.hann_window(2048)).abs()
    tones = torch.tensor(TONES)[
        (peaks(distorted.waveforms)[:, None] - torch.tensor(TONES)).abs().argmin(dim=1)
    ]
    third = (3 * tones / (16_000 / 2048)).round().long()
    low = tones < 2000  # the third harmonic of the highest lies above half the rate
    harmonics = spectra[low].gather(1, third[low, None])[:, 0] / spectra[low].amax(dim=1)
    assert harmonics.median() > 0.1
    assert (distorted.edges_hertz == 8000).all()


def test_made_up_tones_are_harmonic_up_to_the_top_and_not_above() -> None:
    generator = np.random.default_rng(3)
    for _ in range(10):
        tones = draw_tones(16_000, 16_000, generator)
        assert np.abs(tones).max() == pytest.approx(1, abs=1e-5)
        # Partials, not noise: a fifth of the bins would hold half the energy of noise.
        power = np.sort(np.abs(np.fft.rfft(tones[8000:] * np.hanning(8000))) ** 2)[::-1]
        assert power[:800].sum() > 0.75 * power.sum()


def test_tones_take_the_place_of_sounds_as_often_as_asked() -> None:
    assert octaves_off(crops(tones_share=0.0)).max() < 0.02
    made_up = octaves_off(crops(400, tones_share=0.5)) > 0.02
    assert 0.35 < made_up.float().mean() < 0.6


def test_a_mixed_crop_holds_more_than_one_tone() -> None:
    spectra = torch.fft.rfft(crops(mix_share=0.9) * torch.hann_window(2048)).abs()
    bins = [round(hertz * 2048 / 16_000) for hertz in TONES]
    loud = spectra[:, bins] > 0.05 * spectra.amax(dim=1, keepdim=True)
    assert (loud.sum(dim=1) > 1).float().mean() > 0.4


def test_a_crop_may_begin_before_the_sound() -> None:
    early = crops(early_seconds=0.1)
    assert (early[:, 0] == 0).float().mean() > 0.1


def test_drums_are_dense_in_neither_time_nor_frequency_alone() -> None:
    generator = np.random.default_rng(0)
    patterns = np.stack([draw_pattern(16_000, 16_000, generator) for _ in range(20)])
    assert np.abs(patterns).max(axis=1) == pytest.approx(np.ones(20), abs=1e-5)
    # A hit's energy lies in a small share of the time.
    energy = np.sort(patterns**2, axis=1)[:, ::-1].cumsum(axis=1)
    shares = (energy < 0.9 * energy[:, -1:]).mean(axis=1)
    assert np.median(shares) < 0.3


def test_a_crop_carries_the_edge_of_its_sound() -> None:
    found = drawn()
    tones = torch.tensor(TONES)
    which = (peaks(found.waveforms)[:, None] - tones).abs().argmin(dim=1)
    expected = torch.tensor([2000.0, 4000.0, 8000.0])[which]  # no edge: half the rate
    assert torch.equal(found.edges_hertz, expected)
    assert len(found.edges_hertz.unique()) == 3


def test_the_edge_of_a_bent_crop_is_bent_with_it() -> None:
    found = drawn(bend_share=1.0, bend_semitones=7.0)
    ratios = peaks(found.waveforms)[:, None] / torch.tensor(TONES)
    which = ratios.log2().abs().argmin(dim=1)
    bent = ratios.gather(1, which[:, None])[:, 0]
    unbent = torch.tensor([2000.0, 4000.0, 8000.0])[which]
    expected = (unbent * bent).clamp(max=8000.0)
    torch.testing.assert_close(found.edges_hertz, expected, rtol=0.02, atol=0)
    assert (found.edges_hertz[which == 2] < 7900).any()  # played slower, it ends lower


def test_a_mixed_crop_ends_where_the_first_of_its_sounds_does() -> None:
    found = drawn(mix_share=0.95)
    assert (found.edges_hertz == 2000).float().mean() > 0.9


def test_drums_over_a_sound_end_where_it_does_and_drums_alone_nowhere() -> None:
    over = drawn(percussion_share=1.0, percussion_alone_share=0.0).edges_hertz
    assert set(over.tolist()) == {2000.0, 4000.0, 8000.0}
    alone = drawn(percussion_share=1.0, percussion_alone_share=1.0).edges_hertz
    assert (alone == 8000).all()


def test_drums_lie_as_far_below_a_sound_as_asked() -> None:
    settings = {"percussion_share": 1.0, "percussion_alone_share": 0.0}
    soft = drawn(percussion_decibels=(60.0, 60.0), **settings).waveforms
    loud = drawn(percussion_decibels=(-20.0, -20.0), **settings).waveforms
    assert octaves_off(soft).max() < 0.02
    assert 4 < loud.abs().max() < 6  # ten times the tone


def test_softer_crops_have_their_peak_below_0_db() -> None:
    found = drawn(400, softer_share=0.3, softer_decibels=30.0)
    softer = found.softer_decibels[found.softer_decibels > 0]
    assert 0.2 < len(softer) / 400 < 0.4
    assert 12 < softer.mean() < 18
    assert softer.max() <= 30
    gain = found.gain(torch.full((400, 3, 2), 0.5))
    torch.testing.assert_close(20 * (gain / 0.5).log10(), found.softer_decibels)
    assert drawn(softer_share=0.0).softer_decibels.max() == 0


@pytest.mark.parametrize(
    "settings",
    [
        {"mix_share": 1.0},
        {"bend_share": 1.5},
        {"colour_share": -0.1},
        {"drive_share": 1.1},
        {"tones_share": -1.0},
        {"softer_share": 2.0},
    ],
)
def test_shares_out_of_range_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="lie in 0 to"):
        AugmentationConfig(**settings)
