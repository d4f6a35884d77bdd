"""Codemaps to patches and back."""

import torch

from timbrush.codemaps import CodeShape
from timbrush.inpainting.networks.patches import PatchEmbedding, PatchHead, Trust, join, split

SHAPE = CodeShape.of(codebook_sizes=(4, 5), n_rows=(2, 6), columns=(1, 2))


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


def test_at_first_both_sides_count_once_and_shares_change_that():
    torch.manual_seed(0)
    trust = Trust(SHAPE, 7)
    patches = torch.randn(2, 2, 3, 7)
    chosen = (torch.rand(2, 2, 3) < 0.5, torch.rand(2, 6, 6) < 0.5)
    own, others = (
        tuple(torch.randn(int(mask.sum()), 4) for mask in chosen) for _ in ("own", "others")
    )

    both = trust(patches, chosen, own, others)
    trust.share(1, 0.25, -2.0)
    shared = trust(patches, chosen, own, others)

    torch.testing.assert_close(both[1], own[1] + others[1])
    torch.testing.assert_close(shared[0], own[0] + others[0])
    torch.testing.assert_close(shared[1], 0.25 * own[1] - 2.0 * others[1])


def test_trust_is_told_from_the_patch_cell_by_cell():
    torch.manual_seed(0)
    trust = Trust(SHAPE, 7)
    torch.nn.init.normal_(trust.places[1].weight)
    patches = torch.randn(1, 2, 3, 7)
    chosen = (torch.zeros(1, 2, 3) > 0, torch.ones(1, 6, 6) > 0)
    one = torch.ones(36, 4)

    found = trust(patches, chosen, (one[:0], 0 * one), (one[:0], one))[1].view(6, 6, 4)

    for row in range(2):
        for column in range(3):
            expected = 1 + trust.places[1](trust.norm(patches[0, row, column]))
            block = found[3 * row : 3 * row + 3, 2 * column : 2 * column + 2, 0]
            torch.testing.assert_close(block.flatten(), expected)
