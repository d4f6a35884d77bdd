"""Surprise is how unlikely an inpainter finds a code, given all others."""

import math

import torch

from timbrush.codemaps import CodeShape
from timbrush.effect.zone.surprise import surprise
from timbrush.inpainting.counting.naive_bayes import NaiveBayes

SHAPE = CodeShape.of(codebook_sizes=(4, 4), n_rows=(3, 6), columns=(1, 2))


def test_each_code_is_judged_among_all_others():
    coarse = torch.randint(4, (20, 3, 5), generator=torch.Generator().manual_seed(0))
    codes = coarse, coarse.repeat_interleave(2, 1).repeat_interleave(2, 2)
    judge = NaiveBayes.fit([codes], SHAPE)
    one = tuple(level[:1] for level in codes)

    bits = surprise(one, judge, radius=1.0)

    for level, (found, own) in enumerate(zip(bits, one, strict=True)):
        for place in ((1, 2), (0, 4)):
            masks = tuple(torch.zeros_like(part, dtype=torch.bool) for part in one)
            masks[level][0][place] = True
            logs = judge.log_probabilities(one, masks, radius=1.0)[level][0][place]
            expected = -logs[own[0][place]] / math.log(2)
            torch.testing.assert_close(found[0][place], expected)
