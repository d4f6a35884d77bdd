from itertools import chain

import torch

from timbrush.codec.layers import RowMixer
from timbrush.codec.quantizer import QuantizerConfig
from timbrush.codec.vqvae2 import VQVAE2, VQVAE2Config
from timbrush.training.rows import with_rows

ROWS = (2, 2, 4, 4, 8, 8)


def a_codec(rows: tuple[int, ...] = ROWS, seed: int = 0) -> VQVAE2:
    torch.manual_seed(seed)
    config = VQVAE2Config(
        row_heights=rows,
        frames_per_column=2,
        n_bins=33,
        n_channels=8,
        n_encoder_blocks=1,
        n_decoder_blocks=2,
        quantizer=QuantizerConfig(codebook_size=16, n_features=4),
    )
    codec = VQVAE2(config).eval()
    with torch.no_grad():
        for weight in codec.parameters():
            weight.add_(0.1 * torch.randn_like(weight))
    return codec


def test_the_same_rows_keep_every_weight() -> None:
    codec = a_codec()
    other = with_rows(codec, ROWS).state_dict()
    for name, weight in codec.state_dict().items():
        torch.testing.assert_close(other[name], weight)


def test_a_row_cut_in_two_is_written_as_before_where_both_halves_hold_what_it_held() -> None:
    codec = a_codec()
    halves = with_rows(codec, tuple(h // 2 for h in ROWS for _ in "ab"))
    cells = torch.randn(1, 6, 3, 8)

    whole, cut = codec.join(cells), halves.join(cells.repeat_interleave(2, dim=1))

    torch.testing.assert_close(cut, whole)


def test_a_row_cut_in_two_reads_as_the_mean_of_its_halves() -> None:
    codec = a_codec()
    halves = with_rows(codec, tuple(h // 2 for h in ROWS for _ in "ab"))
    picture = torch.rand(1, 33, 6)

    whole, cut = codec.split(picture), halves.split(picture)

    torch.testing.assert_close(cut.unflatten(1, (6, 2)).mean(dim=2), whole)


def test_halves_mix_as_the_whole_rows_did() -> None:
    codec = a_codec()
    halves = with_rows(codec, tuple(h // 2 for h in ROWS for _ in "ab"))
    cells = torch.randn(1, 6, 3, 8)
    parts = ("encoder", "coarse_encoder", "decoder")
    pairs = (zip(codec.get_submodule(p), halves.get_submodule(p), strict=True) for p in parts)
    for before, after in chain(*pairs):
        if isinstance(before, RowMixer):
            rows = cells[:, : len(before.mix.bias)]
            mixed = after(rows.repeat_interleave(2, dim=1))
            torch.testing.assert_close(mixed, before(rows).repeat_interleave(2, dim=1))


def test_halves_begin_with_the_offsets_of_the_whole_rows() -> None:
    codec = a_codec()
    halves = with_rows(codec, tuple(h // 2 for h in ROWS for _ in "ab"))
    for name in ("coarse_row", "fine_row"):
        whole, cut = codec.get_parameter(name), halves.get_parameter(name)
        torch.testing.assert_close(cut, whole.repeat_interleave(2, dim=0))


def test_bins_that_no_row_had_are_as_the_last_that_one_had() -> None:
    taller = with_rows(a_codec(), (*ROWS[:-1], 12))
    patch = taller.join.weights[-1][0].unflatten(1, (12, 2))  # channel bin frame
    torch.testing.assert_close(patch[:, 8:], patch[:, 7:8].expand(-1, 4, -1))
    assert taller.encode(torch.rand(1, 33, 8))[1].shape == (1, 6, 4)
