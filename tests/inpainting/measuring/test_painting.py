"""Random strokes."""

import torch

from timbrush.codemaps import CodeShape
from timbrush.inpainting.measuring.painting import paint, rectangles

SHAPE = CodeShape.of(codebook_sizes=(4, 5), n_rows=(8, 16), columns=(1, 2))


def test_every_sound_gets_a_stroke_and_strokes_come_in_all_sizes():
    coarse, fine = paint(SHAPE, 400, 6, torch.Generator().manual_seed(0))
    assert coarse.shape == (400, 8, 6)
    assert fine.shape == (400, 16, 12)
    painted = coarse.flatten(1).sum(1) + fine.flatten(1).sum(1)
    assert int(painted.min()) >= 1
    shares = painted / (5 * 48)
    assert (shares < 0.1).sum() > 20
    assert ((shares > 0.1) & (shares < 0.6)).sum() > 50
    assert (shares == 1).sum() > 10


def test_half_of_the_strokes_that_are_not_scattered_are_partly_revealed():
    coarse, fine = paint(SHAPE, 1000, 6, torch.Generator().manual_seed(3))
    both = coarse.flatten(1).any(1) & fine.flatten(1).any(1)
    spread = coarse.repeat_interleave(2, 1).repeat_interleave(2, 2)
    unbroken = (spread == fine).flatten(1).all(1)
    # Half of the three quarters that are not scattered, and small ones left whole by chance.
    assert 0.75 / 2 < unbroken[both].double().mean() < 0.5


def test_the_same_generator_paints_the_same_and_any_length_works():
    for n_columns in (1, 3):
        first, second = (
            paint(SHAPE, 20, n_columns, torch.Generator().manual_seed(1)) for _ in "ab"
        )
        assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_rectangles_cover_a_quarter_of_each_level_in_one_piece():
    coarse, fine = rectangles(SHAPE, 30, 8, 0.25, torch.Generator().manual_seed(2))
    assert torch.equal(fine, coarse.repeat_interleave(2, 1).repeat_interleave(2, 2))
    heights = set()
    for mask in coarse:
        rows, columns = mask.any(dim=1).nonzero()[:, 0], mask.any(dim=0).nonzero()[:, 0]
        heights.add(len(rows))
        assert int(mask.sum()) == len(rows) * len(columns) == 16
        assert int(rows[-1] - rows[0]) + 1 == len(rows)
        assert int(columns[-1] - columns[0]) + 1 == len(columns)
    assert heights == {8, 4, 2}
