import torch

from timbrush.codemaps import CodeShape
from timbrush.inpainting.contract import Sampling
from timbrush.inpainting.counting import gibbs
from timbrush.inpainting.counting.naive_bayes import NaiveBayes


def test_cells_scored_in_parts_are_drawn_as_all_at_once(monkeypatch):
    shape = CodeShape.of(codebook_sizes=(7, 9), n_rows=(3, 6), columns=(1, 2))
    generator = torch.Generator().manual_seed(0)
    codemaps = tuple(
        torch.randint(0, size, (1, *shape.size(level, 40)), generator=generator)
        for level, size in enumerate(shape.codebook_sizes)
    )
    masks = tuple(torch.rand(c.shape, generator=generator) < 0.8 for c in codemaps)
    inpainter = NaiveBayes.fit([codemaps], shape)

    def redrawn():
        return inpainter.redraw(
            codemaps,
            masks,
            radius=1.0,
            sampling=Sampling(temperature=1.0, top_k=5, top_p=0.9),
            generator=torch.Generator().manual_seed(1),
        )

    whole = redrawn()
    monkeypatch.setattr(gibbs, "MOST_CELLS", 7)

    for level, other, old in zip(whole, redrawn(), codemaps, strict=True):
        assert torch.equal(level, other)
        assert not torch.equal(level, old)
