"""One list of promises asked of every codec."""

from collections.abc import Callable

import pytest
import torch

from timbrush.codec.contract import Codec, frames_per_patch
from timbrush.codec.quantizer import QuantizerConfig
from timbrush.codec.vqvae import VQVAE, VQVAEConfig
from timbrush.codec.vqvae2 import VQVAE2, VQVAE2Config
from timbrush.errors import ConfigError

QUANTIZER = QuantizerConfig(codebook_size=16, n_features=4)
ROWS = (2, 2, 3, 3)


def vqvae() -> VQVAE:
    config = VQVAEConfig(
        row_heights=ROWS, frames_per_column=2, n_bins=11, n_channels=8, quantizer=QUANTIZER
    )
    return VQVAE(config)


def vqvae2() -> VQVAE2:
    config = VQVAE2Config(
        row_heights=ROWS,
        frames_per_column=2,
        n_bins=11,
        n_channels=8,
        n_encoder_blocks=2,
        n_coarse_blocks=1,
        n_decoder_blocks=2,
        quantizer=QUANTIZER,
    )
    return VQVAE2(config)


@pytest.fixture(params=[vqvae, vqvae2])
def codec(request: pytest.FixtureRequest, spread: Callable[[torch.nn.Module], None]) -> Codec:
    torch.manual_seed(0)
    module = request.param().eval()
    spread(module)
    return module


def frames(codec: Codec, n_columns: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(2, 11, n_columns * codec.grids[0].frames_per_column, generator=generator)


def test_it_is_a_codec(codec: Codec) -> None:
    assert isinstance(codec, Codec)


@pytest.mark.parametrize("n_columns", [1, 2, 7])
def test_any_number_of_columns_keeps_its_shape(codec: Codec, n_columns: int) -> None:
    spectrogram = frames(codec, n_columns)
    codemaps = codec.encode(spectrogram)
    codec.shape.check(codemaps)
    assert codec.shape.n_columns(codemaps) == n_columns
    assert frames_per_patch(codec) * n_columns == spectrogram.shape[2]
    for codemap, grid in zip(codemaps, codec.grids, strict=True):
        assert codemap.dtype == torch.int64
        columns = spectrogram.shape[2] // grid.frames_per_column
        assert codemap.shape == (2, grid.n_rows, columns)
    restored = codec.decode(codemaps)
    assert restored.shape == spectrogram.shape
    assert 0 <= restored.min() and restored.max() <= 1


def test_it_takes_what_lies_on_another_device_and_answers_there(codec: Codec) -> None:
    spectrogram = frames(codec, 3)
    codemaps = codec.encode(spectrogram)
    assert isinstance(codec, torch.nn.Module)
    codec.to("meta")  # a device that every machine has: it takes tensors, and gives none back
    with pytest.raises(NotImplementedError, match="copy out of meta"):
        codec.encode(spectrogram)
    with pytest.raises(NotImplementedError, match="copy out of meta"):
        codec.decode(codemaps)


@pytest.mark.gpu
def test_a_graphics_card_answers_on_the_cpu_what_the_cpu_would(codec: Codec) -> None:
    codemaps = codec.encode(frames(codec, 3))
    expected = codec.decode(codemaps)
    assert isinstance(codec, torch.nn.Module)
    codec.to("cuda")
    torch.testing.assert_close(codec.decode(codemaps), expected, atol=1e-3, rtol=0)
    assert all(codes.is_cpu for codes in codec.encode(frames(codec, 3)))


def test_bins_above_the_last_row_are_silent_and_not_seen(codec: Codec) -> None:
    spectrogram = frames(codec, 3)
    louder = spectrogram.clone()
    louder[:, sum(ROWS) :] = 1.0
    for quiet, loud in zip(codec.encode(spectrogram), codec.encode(louder), strict=True):
        assert torch.equal(quiet, loud)
    assert codec.decode(codec.encode(spectrogram))[:, sum(ROWS) :].abs().max() == 0


def test_a_batch_is_coded_like_its_members(codec: Codec) -> None:
    spectrogram = frames(codec, 4)
    together = codec.encode(spectrogram)
    for index in range(2):
        alone = codec.encode(spectrogram[index : index + 1])
        for codemap, single in zip(together, alone, strict=True):
            assert torch.equal(codemap[index : index + 1], single)


def test_a_window_with_context_decodes_like_the_whole(codec: Codec) -> None:
    codemaps = codec.encode(frames(codec, 15))
    whole = codec.decode(codemaps)
    reach, first, last = codec.context_columns, 7, 9
    coarse = codec.grids[0].frames_per_column
    window = codec.decode(cut(codec, codemaps, first - reach, last + reach))
    inside = window[:, :, reach * coarse : (reach + last - first) * coarse]
    torch.testing.assert_close(inside, whole[:, :, first * coarse : last * coarse])


def test_a_window_with_less_context_does_not(codec: Codec) -> None:
    codemaps = codec.encode(frames(codec, 15))
    whole = codec.decode(codemaps)
    coarse = codec.grids[0].frames_per_column
    inside = codec.decode(cut(codec, codemaps, 7, 9))
    assert not torch.allclose(inside, whole[:, :, 7 * coarse : 9 * coarse], atol=1e-4)


def test_encode_reaches_no_further_than_it_says(codec: Codec) -> None:
    spectrogram = frames(codec, 17)
    changed = spectrogram.clone()
    coarse, reach = codec.grids[0].frames_per_column, codec.encode_context_columns
    changed[:, :, : (8 - reach) * coarse] = 0
    changed[:, :, (9 + reach) * coarse :] = 0
    pairs = zip(codec.encode(spectrogram), codec.encode(changed), codec.grids, strict=True)
    for one, other, grid in pairs:
        ratio = coarse // grid.frames_per_column
        assert torch.equal(one[:, :, 8 * ratio : 9 * ratio], other[:, :, 8 * ratio : 9 * ratio])


def test_training_answers_unclamped_values_and_reaches_every_weight() -> None:
    for module in (vqvae().train(), vqvae2().train()):
        restored = module(frames(module, 3))
        (restored.spectrogram.square().mean() + restored.loss).backward()
        without = [name for name, weight in module.named_parameters() if weight.grad is None]
        assert without == []


def test_a_coarse_row_is_two_fine_ones() -> None:
    coarse, fine = vqvae2().grids
    assert coarse.row_edges == (0, 4, 10)
    assert fine.row_edges == (0, 2, 4, 7, 10)
    assert coarse.frames_per_column == 2 * fine.frames_per_column


def test_the_default_spends_at_most_1500_bits_a_second() -> None:
    codec = VQVAE2(VQVAE2Config())
    frames_per_second = 16_000 / 512
    bits = sum(
        grid.n_rows * bits * frames_per_second / grid.frames_per_column
        for grid, bits in zip(codec.grids, codec.shape.bits_per_code, strict=True)
    )
    assert bits <= 1500


@pytest.mark.parametrize(
    "settings",
    [
        {"row_heights": (2, 2, 2)},
        {"row_heights": (6, 6)},
        {"decoder_kernel": (3, 4)},
        {"encoder_kernel": (-1, 3)},
        {"n_channels": 0},
    ],
)
def test_sizes_that_do_not_fit_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=r"must|more than"):
        VQVAE2Config(**{"n_bins": 11, "row_heights": ROWS, **settings})


def test_a_kernel_below_one_is_refused() -> None:
    with pytest.raises(ConfigError, match="kernel must be odd and at least 1"):
        VQVAEConfig(kernel=(3, -1))


def cut(codec: Codec, codemaps: tuple[torch.Tensor, ...], first: int, last: int) -> tuple:
    coarse = codec.grids[0].frames_per_column
    ratios = [coarse // grid.frames_per_column for grid in codec.grids]
    return tuple(
        codemap[:, :, first * ratio : last * ratio]
        for codemap, ratio in zip(codemaps, ratios, strict=True)
    )
