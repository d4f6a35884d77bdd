"""Bands, merges and blocks."""

import torch

from timbrush.codec.layers import BandJoin, BandSplit, Block, Divide, Merge, RowMixer


def test_band_split_is_one_matrix_product_a_cell() -> None:
    split = BandSplit((2, 2, 3), 4, 5)
    spectrogram = torch.randn(2, 8, 12)
    cells = split(spectrogram)
    assert cells.shape == (2, 3, 3, 5)
    patch = spectrogram[1, 4:7, 8:12].flatten()  # the third row, last column
    expected = patch @ split.weights[1][0] + split.bias[2, 0]
    torch.testing.assert_close(cells[1, 2, 2], expected)


def test_band_join_lays_patches_where_band_split_took_them() -> None:
    join = BandJoin((2, 2, 3), 4, 5)
    cells = torch.randn(2, 3, 3, 5)
    spectrogram = join(cells)
    assert spectrogram.shape == (2, 7, 12)
    patch = (cells[1, 1, 2] @ join.weights[0][1]).unflatten(0, (2, 4)) + join.bias[2:4]
    torch.testing.assert_close(spectrogram[1, 2:4, 8:12], patch)


def test_divide_undoes_merge_in_position() -> None:
    merge, divide = Merge(1), Divide(1)
    with torch.no_grad():
        merge.project.weight.fill_(0.25)
        merge.project.bias.zero_()
        divide.project.weight.fill_(1.0)
        divide.project.bias.zero_()
    cells = torch.arange(32.0).reshape(1, 4, 8, 1)
    means = divide(merge(cells))
    assert means.shape == cells.shape
    expected = cells[0, 2:4, 4:6].mean()
    torch.testing.assert_close(means[0, 2:4, 4:6, 0], expected.expand(2, 2))


def test_a_block_sees_its_kernel_and_no_further() -> None:
    block = Block(3, (5, 3), 2)
    torch.nn.init.normal_(block.narrow.weight)
    cells = torch.randn(1, 9, 9, 3, requires_grad=True)
    block(cells)[0, 4, 4].sum().backward()
    seen = cells.grad[0].abs().sum(dim=-1).nonzero()
    assert seen.amin(dim=0).tolist() == [2, 3]
    assert seen.amax(dim=0).tolist() == [6, 5]


def test_a_row_mixer_is_a_linear_layer_over_rows_and_learns_as_one() -> None:
    generator = torch.Generator().manual_seed(0)
    mixer = RowMixer(6, 3)
    cells = torch.randn(2, 6, 4, 3, generator=generator)

    answer = mixer(cells)

    rows_last = mixer.norm(cells).permute(0, 2, 3, 1)  # batch column channel row
    expected = cells + mixer.scale * mixer.mix(rows_last).permute(0, 3, 1, 2)
    torch.testing.assert_close(answer, expected)
    mine = torch.autograd.grad(answer.square().sum(), list(mixer.parameters()))
    theirs = torch.autograd.grad(expected.square().sum(), list(mixer.parameters()))
    torch.testing.assert_close(mine, theirs)


def test_a_row_mixer_sees_all_rows_of_its_column_only() -> None:
    mixer = RowMixer(6, 3)
    cells = torch.randn(1, 6, 5, 3, requires_grad=True)
    mixer(cells)[0, 0, 2, 1].backward()
    seen = cells.grad[0].abs().sum(dim=-1) > 0
    assert seen[:, 2].all()
    assert not seen[:, [0, 1, 3, 4]].any()
