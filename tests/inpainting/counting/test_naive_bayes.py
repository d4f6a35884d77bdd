"""Naive Bayes and the product of pairwise conditionals against scikit-learn and loops."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from sklearn.naive_bayes import CategoricalNB

from timbrush.codemaps import CodeShape
from timbrush.errors import CheckpointError, ConfigError, DatasetError
from timbrush.inpainting.contract import Sampling
from timbrush.inpainting.counting.floors import Histogram
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.inpainting.counting.neighbourhood import OFFSETS, distances
from timbrush.inpainting.counting.pairwise import PairwiseProduct
from timbrush.inpainting.counting.tables.counts import PackedCounts, TableConfig
from timbrush.inpainting.counting.tables.neighbour_counts import count

SHAPE = CodeShape.of(codebook_sizes=(4, 5), n_rows=(3, 6), columns=(1, 2))
CROSSED = CodeShape.of(codebook_sizes=(4, 5), n_rows=(2, 12), columns=(4, 1))
MIXED = CodeShape.of(codebook_sizes=(4, 5, 3), n_rows=(2, 4, 8), columns=(4, 2, 1))


def even(shape):
    """Return the weights that give back what the fall-off at radius 1 takes."""
    return tuple(
        (1.0, *(math.exp(distance**2 / 2) for distance in distances(shape, level)))
        for level in range(shape.n_levels)
    )


def crossed_codemaps(shape, n_sounds, n_columns, seed):
    """Return codes of every level that mostly follow one random number of each patch."""
    generator = torch.Generator().manual_seed(seed)
    patches = torch.randint(5, (n_sounds, shape.n_patch_rows, n_columns), generator=generator)
    return tuple(
        (cells + torch.randint(2, cells.shape, generator=generator)) % size
        for cells, size in zip(shape.from_patches(patches), shape.codebook_sizes, strict=True)
    )


def random_codemaps(n_sounds, n_columns, seed):
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.randint(4, (n_sounds, 3, n_columns), generator=generator)
    noise = torch.randint(2, (n_sounds, 6, 2 * n_columns), generator=generator)
    fine = coarse.repeat_interleave(2, 1).repeat_interleave(2, 2) + noise
    return coarse, fine


def features(codemaps, level, shape=SHAPE):
    """Row and neighbours of every cell, found cell by cell; beyond the edge a last category."""
    own, size, mine = codemaps[level], shape.codebook_sizes[level], shape.levels[level]
    found = []
    for sound in range(own.shape[0]):
        for row in range(own.shape[1]):
            for column in range(own.shape[2]):
                cell = [row]
                for down, right in OFFSETS:
                    for sign in (1, -1):
                        r, c = row + sign * down, column + sign * right
                        inside = 0 <= r < own.shape[1] and 0 <= c < own.shape[2]
                        cell.append(int(own[sound, r, c]) if inside else size)
                for theirs, codes in zip(shape.levels, codemaps, strict=True):
                    if theirs != mine:
                        cell += [
                            int(codes[sound, r, c])
                            for r in overlapped(row, mine.rows, theirs.rows)
                            for c in overlapped(column, mine.columns, theirs.columns)
                        ]
                found.append(cell)
    return np.array(found)


def overlapped(place, mine, theirs):
    """Return the cells, ``theirs`` to a patch, that a cell overlaps, ``mine`` to a patch."""
    first, last = Fraction(place, mine), Fraction(place + 1, mine)
    return range(math.floor(first * theirs), math.ceil(last * theirs))


def n_categories(level, shape=SHAPE):
    size, mine = shape.codebook_sizes[level], shape.levels[level]
    across = [
        theirs.codebook_size
        for theirs in shape.levels
        if theirs != mine
        for _ in overlapped(0, mine.rows, theirs.rows)
        for _ in overlapped(0, mine.columns, theirs.columns)
    ]
    return [shape.n_rows[level], *[size + 1] * 12, *across]


@pytest.mark.parametrize("alpha", [0.3, 2.0])
@pytest.mark.parametrize("level", [0, 1])
def test_it_equals_scikit_learn_where_all_weights_are_one(level, alpha):
    train, valid = random_codemaps(30, 5, seed=0), random_codemaps(4, 5, seed=1)
    oracle = CategoricalNB(alpha=alpha, min_categories=n_categories(level))
    oracle.fit(features(train, level), train[level].flatten().numpy())

    model = NaiveBayes.fit([train], SHAPE, alpha=alpha).with_weights(even(SHAPE))
    unmasked = tuple(codemap < 0 for codemap in valid)
    found = model.log_probabilities(valid, unmasked, radius=1.0)[level]

    expected = oracle.predict_log_proba(features(valid, level))
    np.testing.assert_allclose(found.flatten(0, 2).numpy(), expected, atol=1e-5)


@pytest.mark.parametrize("shape", [CROSSED, MIXED], ids=["crossed", "mixed"])
def test_it_equals_scikit_learn_where_levels_do_not_nest(shape):
    train, valid = (crossed_codemaps(shape, n, 4, seed=n) for n in (30, 3))
    model = NaiveBayes.fit([train], shape, alpha=0.4).with_weights(even(shape))
    unmasked = tuple(codemap < 0 for codemap in valid)
    found = model.log_probabilities(valid, unmasked, radius=1.0)
    for level in range(shape.n_levels):
        oracle = CategoricalNB(alpha=0.4, min_categories=n_categories(level, shape))
        oracle.fit(features(train, level, shape), train[level].flatten().numpy())
        expected = oracle.predict_log_proba(features(valid, level, shape))
        np.testing.assert_allclose(found[level].flatten(0, 2).numpy(), expected, atol=1e-5)


def test_batches_of_different_lengths_count_like_one_by_one():
    long, short = random_codemaps(3, 6, seed=2), random_codemaps(2, 1, seed=3)
    together = count([long, short], SHAPE)
    sounds = [tuple(c[i : i + 1] for c in part) for part in (long, short) for i in (1, 0)]
    apart = count([*sounds, tuple(c[2:] for c in long)], SHAPE)
    for level in range(2):
        assert torch.equal(together.rows(level), apart.rows(level))
        for a, b in zip(together.features(level), apart.features(level), strict=True):
            assert torch.equal(a, b)


@pytest.mark.parametrize("radius", [0.5, 1.0, 3.0])
def test_a_neighbour_weighs_as_a_gaussian_of_its_distance(radius):
    train, valid = random_codemaps(20, 4, seed=4), random_codemaps(1, 4, seed=5)
    model = NaiveBayes.fit([train], SHAPE, alpha=0.5)
    counts = [table.numpy() for table in model.counts.features(1)]
    rows = model.counts.rows(1).numpy()
    cell = features(valid, 1)[9]

    far = np.array(distances(SHAPE, 1))
    weights, at_one = (np.exp(-(far**2) / (2 * width**2)) for width in (radius, 1.0))
    weights *= min(1.0, at_one.sum() / weights.sum())
    score = np.log(rows.sum(0) / rows.sum())
    score += np.log((rows[cell[0]] + 0.5) / (rows.sum(0) + 0.5 * len(rows)))
    for table, code, weight in zip(counts, cell[1:], weights, strict=True):
        score += weight * np.log((table[code] + 0.5) / (table.sum(0) + 0.5 * len(table)))
    expected = score - np.log(np.exp(score).sum())

    unmasked = tuple(codemap < 0 for codemap in valid)
    found = model.log_probabilities(valid, unmasked, radius=radius)[1].flatten(0, 2)[9]
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-5)


def test_with_everything_masked_only_the_row_and_the_edge_speak():
    train = random_codemaps(20, 6, seed=6)
    model = NaiveBayes.fit([train], SHAPE, alpha=0.5)
    masked = tuple(torch.ones_like(codemap, dtype=torch.bool) for codemap in train)
    found = model.log_probabilities(train, masked, radius=0.05)[
        0
    ]  # the edge is too far to hear
    rows = model.counts.rows(0).double()
    score = (rows.sum(0) / rows.sum()).log() + ((rows + 0.5) / (rows.sum(0) + 1.5)).log()
    expected = score.log_softmax(dim=1).float()[None, :, None].expand_as(found)
    torch.testing.assert_close(found, expected)


def test_the_pairwise_product_multiplies_votes():
    train, valid = random_codemaps(20, 4, seed=7), random_codemaps(1, 4, seed=8)
    model = PairwiseProduct(NaiveBayes.fit([train], SHAPE, alpha=0.5))
    cell = features(valid, 0)[5]
    rows = model.counts.rows(0).numpy()

    score = np.log((rows[cell[0]] + 0.5) / (rows[cell[0]] + 0.5).sum())
    for table, code, distance in zip(
        model.counts.features(0), cell[1:], distances(SHAPE, 0), strict=True
    ):
        votes = table[code].numpy() + 0.5
        score += math.exp(-(distance**2) / 2) * np.log(votes / votes.sum())
    expected = score - np.log(np.exp(score).sum())

    unmasked = tuple(codemap < 0 for codemap in valid)
    found = model.log_probabilities(valid, unmasked, radius=1.0)[0].flatten(0, 2)[5]
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-5)


def test_the_histogram_answers_shares_of_the_row():
    train = random_codemaps(9, 4, seed=9)
    naive_bayes = NaiveBayes.fit([train], SHAPE, alpha=0.25)
    unmasked = tuple(codemap < 0 for codemap in train)
    found = Histogram(naive_bayes).log_probabilities(train, unmasked, radius=1.0)[1]
    for row in range(6):
        seen = np.bincount(train[1][:, row].flatten().numpy(), minlength=5) + 0.25
        np.testing.assert_allclose(found[3, row, 2].exp().numpy(), seen / seen.sum(), rtol=1e-5)


def test_a_larger_radius_smooths_more():
    """Stripes of one code a sound: who listens farther agrees more with what is around."""
    generator = torch.Generator().manual_seed(10)

    def stripes(n_sounds):
        base = torch.randint(4, (n_sounds, 1, 1), generator=generator)
        flip = torch.rand(n_sounds, 3, 8, generator=generator) < 0.4
        other = torch.randint(4, (n_sounds, 3, 8), generator=generator)
        coarse = torch.where(flip, other, base.expand(-1, 3, 8))
        fine = torch.randint(5, (n_sounds, 6, 16), generator=generator)
        return base, (coarse, fine)

    model = NaiveBayes.fit([stripes(300)[1]], SHAPE, alpha=0.1)
    base, codes = stripes(200)
    masks = (torch.zeros_like(codes[0], dtype=torch.bool), codes[1] < 0)
    masks[0][:, 1, 2:6] = True
    agreement = []
    for radius in (0.4, 0.8, 3.0):
        redrawn = model.redraw(
            codes,
            masks,
            radius=radius,
            sampling=Sampling(),
            generator=torch.Generator().manual_seed(0),
        )
        agreement.append(float((redrawn[0] == base)[masks[0]].float().mean()))
    assert agreement[0] + 0.05 < agreement[1] < agreement[2] - 0.05


def test_a_radius_beyond_the_sound_is_no_surer_than_one_of_a_cell():
    """Where neighbours repeat each other, to hear more of them must not count them twice."""
    base = torch.randint(4, (300, 1, 1), generator=torch.Generator().manual_seed(11))
    noise = torch.rand(300, 3, 8, generator=torch.Generator().manual_seed(12)) < 0.3
    coarse = torch.where(noise, (base + 1) % 4, base.expand(-1, 3, 8))
    codes = coarse, coarse.repeat_interleave(2, 1).repeat_interleave(2, 2)
    model = NaiveBayes.fit([tuple(level[:200] for level in codes)], SHAPE, alpha=0.1)
    held = tuple(level[200:] for level in codes)
    masks = (torch.rand(held[0].shape) < 0.3, torch.ones_like(held[1], dtype=torch.bool))

    def nats(radius):
        logs = model.log_probabilities(held, masks, radius=radius)[0]
        return -float(logs.gather(-1, held[0][..., None])[..., 0][masks[0]].mean())

    assert nats(1e9) < 1.1 * nats(1.0)


def test_gibbs_sampling_draws_from_the_chains_own_distribution():
    """Two masked neighbours, all else known: sweeps reach the joint that is fixed."""
    shape = CodeShape.of(codebook_sizes=(2,), n_rows=(1,), columns=(1,))
    generator = torch.Generator().manual_seed(11)
    walk = (torch.rand(400, 1, 6, generator=generator) < 0.25).cumsum(dim=2) % 2
    model = NaiveBayes.fit([(walk,)], shape, alpha=0.5)
    model.n_sweeps = 12
    codes = torch.tensor([0, 0, 0, 0, 1, 1]).expand(6000, 1, 6).clone()
    mask = torch.zeros_like(codes, dtype=torch.bool)
    mask[:, :, 2:4] = True

    drawn = model.redraw(
        (codes,), (mask,), radius=2.0, sampling=Sampling(), generator=generator
    )[0]

    def conditional(cell, other):
        both = codes[:1].clone()
        both[0, 0, 5 - cell] = other
        alone = torch.zeros_like(both, dtype=torch.bool)
        alone[0, 0, cell] = True
        found = model.log_probabilities((both,), (alone,), radius=2.0)[0]
        return found[0, 0, cell].exp().double()

    first = torch.stack([conditional(2, other) for other in (0, 1)])  # [other, code]
    second = torch.stack([conditional(3, other) for other in (0, 1)])
    joint = torch.full((2, 2), 0.25, dtype=torch.float64)  # [cell 2, cell 3]
    for _ in range(200):
        joint = first.T * joint.sum(0)[None]
        joint = second * joint.sum(1)[:, None]
    seen = torch.bincount((2 * drawn[:, 0, 2] + drawn[:, 0, 3]), minlength=4).view(2, 2) / 6000
    torch.testing.assert_close(seen.double(), joint, atol=0.03, rtol=0)


def test_counts_survive_packing_however_large():
    counts = torch.tensor([[0, 255, 256], [70_000, 3, 2**31 - 1]])
    assert torch.equal(PackedCounts.pack(counts).unpack(), counts)
    assert PackedCounts.pack(counts).config.n_large == 3


def test_pairs_that_never_met_take_next_to_nothing():
    counts = torch.zeros(256, 256, dtype=torch.long)
    counts[3, :8] = 7
    packed = PackedCounts.pack(counts)
    assert sum(buffer.nbytes for buffer in packed.buffers()) < 256 * 256 / 100
    assert torch.equal(packed.unpack(), counts)


def test_damaged_counts_are_refused():
    packed = PackedCounts.pack(torch.tensor([[1, 300]]))
    packed.large_index[0] = 9
    with pytest.raises(CheckpointError, match="points outside itself"):
        packed.unpack()
    broken = PackedCounts.pack(torch.arange(100))
    broken.small[5] ^= 255
    with pytest.raises(CheckpointError, match="table of counts"):
        broken.unpack()
    for size in (99, 101):
        other = PackedCounts.pack(torch.arange(100))
        other.size = (size,)
        with pytest.raises(CheckpointError, match=f"of {size} counts"):
            other.unpack()


@pytest.mark.parametrize("sizes", [{"n_bytes": -1}, {"n_large": -1}])
def test_a_table_of_less_than_nothing_is_refused(sizes):
    with pytest.raises(ConfigError, match="must not be negative"):
        TableConfig(**sizes)


def test_nothing_to_count_is_refused():
    with pytest.raises(DatasetError, match="no codemaps to count"):
        NaiveBayes.fit([], SHAPE)


def test_smoothing_of_nothing_is_refused():
    with pytest.raises(ConfigError, match="alpha must be positive"):
        NaiveBayes.fit([random_codemaps(1, 2, seed=0)], SHAPE, alpha=0.0)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (((1.0,), (1.0,)), r"come in tuples of \[17, 14\]"),
        (((math.nan,) * 17, (1.0,) * 14), "finite numbers"),
    ],
)
def test_weights_that_do_not_fit_are_refused(weights, message):
    model = NaiveBayes.fit([random_codemaps(2, 3, seed=0)], SHAPE)
    with pytest.raises(ConfigError, match=message):
        model.with_weights(weights)


def test_a_weight_is_the_exponent_of_its_neighbour():
    train, valid = random_codemaps(20, 4, seed=4), random_codemaps(2, 4, seed=5)
    generator = torch.Generator().manual_seed(0)
    weights = tuple(tuple(torch.randn(n, generator=generator).abs().tolist()) for n in (17, 14))
    model = NaiveBayes.fit([train], SHAPE, alpha=0.5)
    counts = [table.numpy() for table in model.counts.features(0)]
    rows = model.counts.rows(0).numpy()
    cell = features(valid, 0)[4]

    given = (rows[cell[0]] + 0.5) / (rows.sum(0) + 0.5 * len(rows))
    score = weights[0][0] * np.log(rows.sum(0) / rows.sum() * given)
    for table, code, weight in zip(counts, cell[1:], weights[0][1:], strict=True):
        score += weight * np.log((table[code] + 0.5) / (table.sum(0) + 0.5 * len(table)))

    unmasked = tuple(codemap < 0 for codemap in valid)
    evened = tuple(
        tuple(a * b for a, b in zip(*level, strict=True))
        for level in zip(weights, even(SHAPE), strict=True)
    )
    weighed = model.with_weights(evened)
    found = weighed.log_probabilities(valid, unmasked, radius=1.0)[0].flatten(0, 2)[4]
    np.testing.assert_allclose(found.numpy(), score - np.log(np.exp(score).sum()), atol=1e-4)
