"""The order in which zones are drawn, and what it is for."""

import torch

from timbrush.codemaps import CodeShape
from timbrush.inpainting.contract import Sampling
from timbrush.inpainting.counting.gibbs import depths
from timbrush.inpainting.counting.naive_bayes import NaiveBayes

SHAPE = CodeShape.of(codebook_sizes=(3,), n_rows=(8,), columns=(1,))
SILENCE, LOUD = 0, 1


def test_depths_are_the_steps_to_the_nearest_cell_that_is_known():
    generator = torch.Generator().manual_seed(0)
    masks = torch.rand(5, 9, 12, generator=generator) < 0.9
    masks[0, 2:7, 3:11] = True
    masks[0, 0, 0] = False
    cells = torch.ones(masks.shape[1:]).nonzero()
    for mask, found in zip(masks, depths(masks), strict=True):
        known = (~mask).nonzero()
        steps = (cells[:, None] - known).abs().sum(dim=2).amin(dim=1)
        assert torch.equal(found.flatten(), steps)


def test_where_nothing_is_known_all_is_drawn_at_once():
    masks = torch.ones(2, 4, 5) > 0
    masks[1, 0, 0] = False
    found = depths(masks)
    assert set(found[0].flatten().tolist()) == {1}
    assert int(found[1].max()) == 3 + 4


def quiet_and_loud(n_quiet, n_loud, seed):
    """Sounds that are silent throughout and sounds that are loud throughout, with few slips."""
    generator = torch.Generator().manual_seed(seed)
    code = torch.tensor([SILENCE] * n_quiet + [LOUD] * n_loud)[:, None, None]
    slips = torch.randint(3, (n_quiet + n_loud, 8, 16), generator=generator)
    slipped = torch.rand(slips.shape, generator=generator) < 0.1
    return torch.where(slipped, slips, code)


def redrawn(model, codes):
    """A zone far wider than any neighbour sees, redrawn whole."""
    mask = torch.zeros_like(codes, dtype=torch.bool)
    mask[:, :, 3:13] = True
    generator = torch.Generator().manual_seed(0)
    settings = {"radius": 1.0, "sampling": Sampling(), "generator": generator}
    return model.redraw((codes,), (mask,), **settings)[0][mask]


def test_a_zone_keeps_the_level_of_what_surrounds_it():
    """Though nine of ten cells that were counted are silent, a loud sound gets no hole."""
    model = NaiveBayes.fit([(quiet_and_loud(90, 10, seed=0),)], SHAPE)
    loud = redrawn(model, quiet_and_loud(0, 12, seed=1))
    quiet = redrawn(model, quiet_and_loud(12, 0, seed=2))
    assert float((loud == LOUD).double().mean()) > 0.8
    assert float((quiet == SILENCE).double().mean()) > 0.8


def test_redrawn_codes_may_be_written_to():
    # The sweeps run in inference mode, whose tensors nobody else could change.
    model = NaiveBayes.fit([(quiet_and_loud(2, 2, seed=0),)], SHAPE)
    codes = (torch.zeros(1, 8, 4, dtype=torch.long),)
    (redrawn,) = model.redraw(
        codes,
        (codes[0] == 0,),
        radius=1.0,
        sampling=Sampling(),
        generator=torch.Generator().manual_seed(0),
    )
    redrawn[:] = 1
