"""Distances of redrawn zones, and the scores of a model that learned nothing."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.quantizer import QuantizerConfig
from timbrush.codec.vqvae2 import VQVAE2, VQVAE2Config
from timbrush.datasets.examples import UNKNOWN, Example
from timbrush.effect.inpainters import Inpainters
from timbrush.effect.model import Effect
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.inpainting.counting.tables.labels import count_labels
from timbrush_lab.inpainters.distances import frechet_distance, zone_level, zone_lsd
from timbrush_lab.inpainters.held_out import HeldOut
from timbrush_lab.inpainters.scores import evaluate_inpainters, interpolated


class Noise:
    sample_rate = 16_000

    def __len__(self) -> int:
        return 6

    def __getitem__(self, index: int) -> Example:
        generator = torch.Generator().manual_seed(index)
        return Example(0.1 * torch.randn(16_000, generator=generator), UNKNOWN, UNKNOWN, "n")


def effect() -> Effect:
    torch.manual_seed(0)
    config = VQVAE2Config(
        n_channels=8,
        n_encoder_blocks=1,
        quantizer=QuantizerConfig(codebook_size=16, n_features=4),
    )
    codec = VQVAE2(config).eval()
    inpainters = Inpainters(codec.shape, {}, codec="0" * 16)
    return Effect(codec, inpainters, SpectrogramConfig(), "0" * 16)


def test_uniform_codes_cost_the_logarithm_of_the_codebook() -> None:
    values = evaluate_inpainters(effect(), Noise(), list(range(6)))
    uniform = values["inpainters"]["uniform"]
    assert values["n_sounds"] == 6
    assert uniform["bits_per_code"] == pytest.approx(4.0)
    curve = uniform["strength_curve"]
    assert curve[0] == 0 and curve == sorted(curve)
    assert curve[-1] == pytest.approx(15 / 16, abs=0.05)
    assert set(values["baselines"]) == {"gaussian blur", "linear interpolation"}


class Notes(Noise):
    """Noise of two families at two pitches."""

    def __len__(self) -> int:
        return 12

    def __getitem__(self, index: int) -> Example:
        return super().__getitem__(index)._replace(pitch=60 + index % 2, family=index % 2)


def listening() -> Effect:
    model = effect()
    shape = model.inpainters["uniform"].shape
    codes = tuple(
        torch.randint(size, (2, rows, 4 * ratio))
        for size, rows, ratio in zip(
            shape.codebook_sizes, shape.n_rows, shape.columns_per_patch, strict=True
        )
    )
    labels = count_labels([(codes, torch.tensor([60, 61]), torch.tensor([0, 1]))], shape)
    inpainters = Inpainters(shape, {}, codec="0" * 16)
    inpainters.add("naive-bayes", NaiveBayes.fit([codes], shape).with_labels(labels))
    return replace(model, inpainters=inpainters)


def test_whoever_listens_is_judged_by_who_learned_elsewhere() -> None:
    values = evaluate_inpainters(listening(), Notes(), list(range(6)), labelled=Notes())
    assert set(values["judges"]) == {"middle half", "whole"}
    assert values["judges"]["whole"]["families"] == ["bass", "brass"]
    assert values["judges"]["whole"]["chance"] == 0.5
    condition = values["inpainters"]["naive-bayes"]["condition"]
    assert 0 <= condition["family"]["whole"]["taken"] <= 1
    assert condition["pitch"]["n_sounds"] == 6
    assert "condition" not in values["inpainters"]["uniform"]


def test_the_frechet_distance_of_gaussians_is_the_textbook_s() -> None:
    generator = np.random.default_rng(0)
    one = generator.standard_normal((200_000, 2)) * [1.0, 2.0]
    other = generator.standard_normal((200_000, 2)) * [3.0, 2.0] + [1.0, 0.0]
    # |mean difference|^2 + sum of (s1 - s2)^2 for commuting covariances
    assert frechet_distance(one, other) == pytest.approx(1 + 4, rel=0.03)
    assert frechet_distance(one, one) == pytest.approx(0, abs=1e-4)


def held(spectrogram: torch.Tensor, pixels: torch.Tensor) -> HeldOut:
    unknown = torch.full((len(spectrogram),), UNKNOWN)
    return HeldOut(
        spectrograms=spectrogram,
        codemaps=(),
        masks=(),
        pixels=pixels,
        pitches=unknown,
        families=unknown,
    )


def test_interpolation_restores_a_straight_line() -> None:
    line = torch.linspace(0, 0.9, 10).expand(1, 4, 10).clone()
    pixels = torch.zeros(1, 4, 10, dtype=torch.bool)
    pixels[0, 1:3, 3:7] = True
    damaged = torch.where(pixels, torch.rand(1, 4, 10), line)
    torch.testing.assert_close(interpolated(held(damaged, pixels)), line)


def test_zone_lsd_sees_the_zone_only() -> None:
    reference = torch.zeros(2, 3, 3)
    pixels = torch.zeros(2, 3, 3, dtype=torch.bool)
    pixels[:, 1, 1] = True
    filled = torch.full((2, 3, 3), 9.0)
    filled[0, 1, 1], filled[1, 1, 1] = 0.3, -0.1
    assert zone_lsd(reference, filled, pixels) == pytest.approx(0.2)


def test_a_zone_that_falls_silent_strays_by_its_level() -> None:
    reference = torch.full((3, 4, 4), 0.75)  # 20 dB below the peak
    pixels = torch.zeros(3, 4, 4, dtype=torch.bool)
    pixels[:, 1:3, 1:3] = True
    filled = reference.clone()
    filled[0][pixels[0]] = 0.0  # below the cut: silence
    filled[1][pixels[1]] = 0.875
    strays = zone_level(reference, filled, pixels, 80.0)
    assert strays["median"] == pytest.approx(0, abs=1e-3)
    assert strays["tenth"] == pytest.approx(-0.8 * 40, abs=0.01)
    assert strays["ninetieth"] == pytest.approx(0.8 * 10, abs=0.01)
    assert strays["median_of_sizes"] == pytest.approx(10, abs=0.01)
