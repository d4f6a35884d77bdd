"""The mixture of one's own sounds and the shipped statistics."""

import pytest
import torch

from timbrush.codemaps import CodeShape
from timbrush.errors import ConfigError
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.inpainting.counting.personal import Personal, learn

SHAPE = CodeShape.of(codebook_sizes=(5,), n_rows=(2,), columns=(1,))
CODES = torch.randint(5, (6, 2, 8), generator=torch.Generator().manual_seed(0))


def models():
    shipped = NaiveBayes.fit([(CODES[:5],)], SHAPE, alpha=0.5)
    return shipped, NaiveBayes.fit([(CODES[5:] // 2,)], SHAPE, alpha=0.5)


def probabilities(model):
    masks = (CODES == 1,)
    return model.log_probabilities((CODES,), masks, radius=1.0)[0].exp()


def test_probabilities_are_mixed_by_the_weight():
    shipped, own = models()
    expected = 0.3 * probabilities(own) + 0.7 * probabilities(shipped)
    torch.testing.assert_close(probabilities(Personal.mix(shipped, own, weight=0.3)), expected)


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_at_the_ends_one_model_speaks_alone(weight):
    shipped, own = models()
    alone = own if weight else shipped
    mixed = Personal.mix(shipped, own, weight=weight)
    torch.testing.assert_close(probabilities(mixed), probabilities(alone))


def test_learning_is_fitting_ones_own_sounds_with_the_shipped_smoothing_and_weights():
    weights = ((0.9, *(0.1 * n for n in range(12))),)
    shipped, own = (model.with_weights(weights) for model in models())
    learned = learn(iter([(CODES[5:] // 2,)]), shipped, weight=0.6)
    expected = Personal.mix(shipped, own, weight=0.6)
    torch.testing.assert_close(probabilities(learned), probabilities(expected))


def test_a_weight_out_of_range_is_refused():
    shipped, own = models()
    with pytest.raises(ConfigError, match=r"weight must lie in 0 to 1, got 1.5"):
        Personal.mix(shipped, own, weight=1.5)


def test_models_of_different_codecs_are_not_mixed():
    shipped, _ = models()
    other = CodeShape.of(codebook_sizes=(6,), n_rows=(2,), columns=(1,))
    with pytest.raises(ConfigError, match="same codec"):
        Personal.mix(shipped, NaiveBayes.fit([(CODES,)], other))
