"""The weights of Naive Bayes against SciPy's optimizer, and what they are good for."""

import numpy as np
import torch
from scipy import optimize, special

from timbrush.codemaps import CodeShape
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.inpainting.measuring.evidence import Asked, fit_weights, newton
from timbrush.inpainting.measuring.likelihood import measure_likelihood

SHAPE = CodeShape.of(codebook_sizes=(4, 6), n_rows=(3, 6), columns=(1, 2))


def some_evidence(n_cells=200):
    generator = torch.Generator().manual_seed(0)
    evidence = torch.randn(n_cells, 3, 5, generator=generator)
    logits = torch.einsum("nfk,f->nk", evidence, torch.tensor([1.5, 0.2, 0.7]))
    return evidence, torch.multinomial(logits.softmax(dim=1), 1, generator=generator)[:, 0]


def test_the_weights_are_those_that_scipy_finds():
    evidence, codes = some_evidence()
    parts = evidence.double().numpy()

    def cost(weights):
        scores = np.einsum("nfk,f->nk", parts, weights)
        right = special.log_softmax(scores, axis=1)[np.arange(len(codes)), codes.numpy()]
        return -right.mean() + 0.5e-3 * ((weights - 1) ** 2).sum()

    expected = optimize.minimize(cost, np.ones(3), tol=1e-10).x
    np.testing.assert_allclose(newton(evidence, codes).numpy(), expected, atol=1e-3)


def test_evidence_that_comes_twice_counts_half():
    evidence, codes = some_evidence()
    once = newton(evidence, codes)
    twice = newton(evidence[:, [0, 0, 1, 2]], codes)
    torch.testing.assert_close(twice[0], twice[1])
    torch.testing.assert_close(twice[0] + twice[1], once[0], atol=1e-2, rtol=0)


def test_nothing_to_tell_leaves_every_weight_at_one():
    evidence, codes = some_evidence(0)
    assert torch.equal(newton(evidence, codes), torch.ones(3))


def sounds(n_sounds, seed):
    """One code a sound, with noise: all neighbours say the same, again and again."""
    generator = torch.Generator().manual_seed(seed)
    code = torch.randint(4, (n_sounds, 1, 1), generator=generator)
    maps = []
    for size, rows, columns in ((4, 3, 5), (6, 6, 10)):
        noise = torch.randint(size, (n_sounds, rows, columns), generator=generator)
        kept = torch.rand(n_sounds, rows, columns, generator=generator) < 0.6
        maps.append(torch.where(kept, code, noise))
    return tuple(maps)


def test_weighed_neighbours_tell_codes_of_other_sounds_better():
    model = NaiveBayes.fit([sounds(60, seed=0)], SHAPE)
    generator = torch.Generator().manual_seed(1)
    fitting, judging = sounds(40, seed=1), sounds(40, seed=2)
    masks = tuple(torch.rand(c.shape, generator=generator) < 0.3 for c in fitting)

    weights = fit_weights([Asked(naive_bayes=model, codemaps=fitting, masks=masks)])
    plain = measure_likelihood(model, judging, masks)
    weighed = measure_likelihood(model.with_weights(weights), judging, masks)

    assert [len(level) for level in weights] == [1 + 12 + 4, 1 + 12 + 1]
    for better, worse in zip(weighed.level_bits, plain.level_bits, strict=True):
        assert better < worse - 0.1
