"""Codemaps to patches and back."""

import torch

from timbrush.inpainting.contract import CodeShape
from timbrush.inpainting.patches import PatchEmbedding, PatchHead, join, split

SHAPE = CodeShape(codebook_sizes=(4, 5), n_rows=(2, 6), columns_per_coarse=(1, 2))


def test_a_patch_holds_the_cells_of_its_block_row_by_row():
    cells = torch.arange(2 * 6 * 4.0).view(2, 6, 4, 1)
    patches = split(cells, 3, 2)
    for row in range(2):
        for column in range(2):
            block = cells[1, 3 * row : 3 * row + 3, 2 * column : 2 * column + 2]
            assert torch.equal(patches[1, row, column], block.flatten())


def test_joining_undoes_splitting():
    cells = torch.randn(3, 6, 8, 5)
    for height, width in ((1, 1), (3, 2), (2, 4), (6, 8)):
        assert torch.equal(join(split(cells, height, width), height, width), cells)


def test_an_embedding_looks_under_no_mask_and_past_no_patch():
    torch.manual_seed(0)
    embedding = PatchEmbedding(SHAPE, 3, 7)
    codes = (torch.zeros(1, 2, 3, dtype=torch.long), torch.zeros(1, 6, 6, dtype=torch.long))
    masks = tuple(level > 0 for level in codes)
    masks[1][0, 1, 2] = True
    changed = tuple(level.clone() for level in codes)
    changed[1][0, 1, 2] = 3  # masked
    changed[1][0, 4, 1] = 2  # in the patch at row 1, column 0

    difference = (embedding(codes, masks) - embedding(changed, masks)).abs().amax(dim=3)[0]

    assert difference[1, 0] > 0.01
    difference[1, 0] = 0
    assert difference.max() == 0


def test_logits_come_in_the_order_of_the_chosen_cells():
    torch.manual_seed(0)
    head = PatchHead(SHAPE, 3, 7)
    patches = torch.randn(2, 2, 3, 7)
    everything = (torch.ones(2, 2, 3) > 0, torch.ones(2, 6, 6) > 0)
    some = (torch.rand(2, 2, 3) < 0.5, torch.rand(2, 6, 6) < 0.5)
    whole, part = head(patches, everything), head(patches, some)
    for level in range(2):
        expected = whole[level].view(*everything[level].shape, -1)[some[level]]
        torch.testing.assert_close(part[level], expected)


def test_an_untrained_head_answers_the_histogram_it_started_from():
    head = PatchHead(SHAPE, 3, 7)
    for layer in head.codes:
        torch.nn.init.zeros_(layer.weight)
    counts = torch.tensor([[10, 0, 0, 0], [1, 2, 3, 4]])
    head.start_from(0, counts)
    chosen = (torch.ones(1, 2, 1) > 0, torch.zeros(1, 6, 2) > 0)
    found = head(torch.randn(1, 2, 1, 7), chosen)[0].softmax(dim=1)
    expected = (counts + 0.5) / (counts + 0.5).sum(dim=1, keepdim=True)
    torch.testing.assert_close(found, expected)
