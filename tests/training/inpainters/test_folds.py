"""Folds of instruments, and networks calibrated on sounds that they were not trained on."""

import torch

from timbrush.codemaps import CodeShape
from timbrush.datasets.codemaps import CodemapSet
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.inpainting.networks.lstm import LSTM, LSTMConfig, LSTMSizes
from timbrush.training.inpainters.batches import (
    batches,
    concatenate,
    held_out,
    part,
)
from timbrush.training.inpainters.calibration import calibrate
from timbrush.training.inpainters.folds import N_FOLDS, fit_in_folds, fold_numbers

NAMES = tuple(f"{name}-{pitch:03d}" for pitch in range(40, 46) for name in "abcdefg")


def codes(names=NAMES, seed=0) -> CodemapSet:
    """Each instrument has a code of its own, a step higher on the fine level; with noise."""
    generator = torch.Generator().manual_seed(seed)
    columns = torch.tensor([4 + index % 2 for index in range(len(names))])
    own = torch.tensor([ord(name[0]) % 7 for name in names])
    levels = []
    for rows, ratio, size in ((2, 1, 7), (4, 2, 8)):
        spread = own.repeat_interleave(columns * ratio) + ratio - 1
        noise = torch.randint(size, (rows, len(spread)), generator=generator)
        kept = torch.rand(noise.shape, generator=generator) < 0.7
        levels.append(torch.where(kept, spread, noise))
    return CodemapSet(
        levels=tuple(levels),
        columns=columns,
        pitch=torch.arange(len(names)),
        family=torch.arange(len(names)) % 3,
        names=tuple(names),
        shape=CodeShape.of(codebook_sizes=(7, 8), n_rows=(2, 4), columns=(1, 2)),
        fingerprint="0" * 16,
    )


def test_notes_of_one_instrument_share_their_fold():
    found = fold_numbers(codes(), N_FOLDS)
    by_name = {name[0]: fold for name, fold in zip(NAMES, found.tolist(), strict=True)}
    expected = [by_name[name[0]] for name in NAMES]
    assert found.tolist() == expected
    assert sorted(set(expected)) == list(range(N_FOLDS))


def test_a_part_holds_the_chosen_sounds_and_parts_make_the_whole():
    whole = codes()
    chosen = torch.arange(len(whole)) % 3 == 1
    some, rest = part(whole, chosen), part(whole, ~chosen)
    order = [*chosen.nonzero()[:, 0].tolist(), *(~chosen).nonzero()[:, 0].tolist()]
    together = concatenate([some, rest])
    for index, original in enumerate(order):
        assert together.names[index] == whole.names[original]
        for a, b in zip(together[index].codemaps, whole[original].codemaps, strict=True):
            assert torch.equal(a, b)
        assert together[index].pitch == whole[original].pitch


def test_a_fold_is_asked_by_a_model_that_counted_the_others_alone():
    whole, folds = fit_in_folds(codes(), alpha=0.2)
    everything = whole.counts.rows(1)
    assert int(everything.sum()) == codes().levels[1].numel()
    assert sum(len(fold.codes) for fold in folds) == len(NAMES)
    for fold in folds:
        own = NaiveBayes.fit(
            [fold.codes[i].codemaps for i in range(len(fold.codes))], whole.shape
        )
        assert torch.equal(fold.others.counts.rows(1), everything - own.counts.rows(1))
        assert fold.others.config.weights == whole.config.weights != ()


def test_one_instrument_alone_is_its_own_fold():
    whole, folds = fit_in_folds(codes(NAMES[::7]), alpha=0.2)
    assert len(folds) == 1
    assert torch.equal(whole.counts.rows(0), folds[0].others.counts.rows(0))


def network(naive_bayes: NaiveBayes, shape: CodeShape) -> LSTM:
    torch.manual_seed(0)
    sizes = LSTMSizes(n_features=8, n_code_features=4, n_hidden=6, dropout=0.0)
    config = LSTMConfig(shape=shape, sizes=sizes, naive_bayes=naive_bayes.config)
    made = LSTM(config).eval()
    made.naive_bayes = naive_bayes
    return made


def test_an_opinion_that_is_mere_noise_is_taken_back():
    naive_bayes = NaiveBayes.fit(batches(codes()), codes().shape)
    judged = held_out(codes(seed=1))
    noisy = network(naive_bayes, codes().shape)
    for layer in noisy.head.codes:
        torch.nn.init.normal_(layer.weight)

    calibrate(noisy, judged)

    own, others = noisy.trust.shares.unbind(dim=1)
    assert (own.abs() < 0.3).all()
    assert (others > 0.1).all()
