import pytest
import torch

from timbrush.audio.levels import Levels
from timbrush.codec.contract import Grid, WithoutLevels
from timbrush.codec.quantizer import QuantizerConfig
from timbrush.codemaps import CodeShape
from timbrush.tensors import Codemaps, Spectrogram
from timbrush_lab.digits.variants import VARIANTS, evaluate_digits, variant


class FourGreys(WithoutLevels):
    """A cell of 4 x 4 pixels becomes its mean, rounded to one of four greys."""

    grids = (Grid(row_edges=(0, 4, 8), frames_per_column=4),)
    shape = CodeShape.of(codebook_sizes=(5,), n_rows=(2,), columns=(1,))
    context_columns = encode_context_columns = 0

    def encode(self, spectrogram: Spectrogram, levels: Levels | None = None) -> Codemaps:
        return ((torch.nn.functional.avg_pool2d(spectrogram, 4) * 3).round().long(),)

    def decode(self, codemaps: Codemaps) -> Spectrogram:
        (codemap,) = codemaps
        return (codemap / 3).repeat_interleave(4, 1).repeat_interleave(4, 2)


def test_digits_are_judged_by_error_perplexity_use_and_bits() -> None:
    images = torch.zeros(1, 8, 8)
    images[0, :4, :4] = 1.0
    images[0, :4, 4:] = 0.4  # comes back as 1/3
    result = evaluate_digits(FourGreys(), images)
    assert result.error == pytest.approx((0.4 - 1 / 3) ** 2 / 4)
    assert result.codes_used == pytest.approx(3 / 5)
    assert result.bits_per_image == 4 * 3
    # Codes 3, 1, 0, 0: entropy = 0.25 ln 4 + 0.25 ln 4 + 0.5 ln 2.
    assert result.perplexity == pytest.approx(4**0.5 * 2**0.5)


def test_each_improvement_is_turned_on_alone() -> None:
    base = QuantizerConfig(codebook_size=32, unit_norm=False)
    for name, field in {
        "EMA codebook": "ema_decay",
        "restarts": "restart_below",
        "k-means start": "kmeans_steps",
    }.items():
        config = variant(base, name)
        on = {f for f in ("ema_decay", "restart_below", "kmeans_steps") if getattr(config, f)}
        assert on == {field}
        assert config.codebook_size == 32


def test_the_first_variant_has_none_and_the_last_has_all() -> None:
    base = QuantizerConfig(unit_norm=False)
    names = list(VARIANTS)
    first, last = variant(base, names[0]), variant(base, names[-1])
    assert not (first.ema_decay or first.restart_below or first.kmeans_steps)
    assert last.ema_decay and last.restart_below and last.kmeans_steps and last.unit_norm
