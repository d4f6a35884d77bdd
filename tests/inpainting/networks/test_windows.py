"""Windows around what is painted."""

import torch

from timbrush.codemaps import CodeShape
from timbrush.inpainting.networks.windows import windows

SHAPE = CodeShape.of(codebook_sizes=(4, 5), n_rows=(2, 4), columns=(1, 2))


def test_stretches_tile_the_span_and_windows_never_outgrow_their_size():
    for first in range(0, 9):
        for last in range(first, 12):
            found = list(windows(first, last, 12, stretch_columns=4, context_columns=2))
            columns = [c for w in found for c in range(w.first, w.last)]
            assert columns == list(range(first, last))
            for window in found:
                assert window.left == max(0, window.first - 2)
                assert window.right == min(12, window.last + 2)
                assert window.last - window.first <= 4


def test_views_show_the_same_columns_of_each_level():
    tensors = (torch.arange(12.0).view(1, 1, 12), torch.arange(24.0).view(1, 1, 24))
    window = next(iter(windows(5, 7, 12, stretch_columns=4, context_columns=2)))
    assert window.seen(tensors, SHAPE)[0].flatten().tolist() == [3, 4, 5, 6, 7, 8]
    assert window.stretch(tensors, SHAPE)[1].flatten().tolist() == [10, 11, 12, 13]
    seen = window.seen(tensors, SHAPE)
    assert window.stretch_of_seen(seen, SHAPE)[1].flatten().tolist() == [10, 11, 12, 13]
