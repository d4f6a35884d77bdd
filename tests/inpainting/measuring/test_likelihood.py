"""Bits per code against inpainters whose probabilities are known."""

import math

import pytest
import torch

from timbrush.codemaps import CodeShape
from timbrush.inpainting.counting.floors import Histogram, Uniform
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.inpainting.measuring.likelihood import measure_likelihood

SHAPE = CodeShape.of(codebook_sizes=(4, 8), n_rows=(1, 2), columns=(1, 2))


def test_the_even_floor_costs_the_bits_of_the_codebook():
    codes = (torch.randint(4, (5, 1, 3)), torch.randint(8, (5, 2, 6)))
    masks = (torch.rand(5, 1, 3) < 0.7, torch.rand(5, 2, 6) < 0.7)
    found = measure_likelihood(Uniform(SHAPE), codes, masks, batch_size=2)
    assert found.level_bits == pytest.approx((2.0, 3.0))
    n_coarse, n_fine = int(masks[0].sum()), int(masks[1].sum())
    expected = (2 * n_coarse + 3 * n_fine) / (n_coarse + n_fine)
    assert found.bits_per_code == pytest.approx(expected)


def test_the_histogram_costs_its_cross_entropy():
    train = (torch.tensor([[[0, 0, 0, 1]]]), torch.zeros(1, 2, 8, dtype=torch.long))
    model = Histogram(NaiveBayes.fit([train], SHAPE, alpha=1e-9))
    codes = (torch.tensor([[[0, 1, 1, 0]]]), torch.zeros(1, 2, 8, dtype=torch.long))
    masks = (torch.tensor([[[True, True, False, False]]]), codes[1] > 0)
    found = measure_likelihood(model, codes, masks)
    assert found.level_bits[0] == pytest.approx(-(math.log2(0.75) + math.log2(0.25)) / 2)
    assert found.accuracy == 0.5
