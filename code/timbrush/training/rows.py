"""A trained VQ-VAE-2 to one whose rows have other heights, to go on training from.

What no row owns is kept. What a row owns follows its bins: a bin is read and written with the
weights that it had, and a row's offsets are the mean of those that its bins had. The sound that
comes out is rough at first; some hundred steps of training mend it.
"""

from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from timbrush.codec.contract import Grid
from timbrush.codec.layers import BandJoin, BandSplit, RowMixer
from timbrush.codec.vqvae2 import VQVAE2

Shares = Float[Tensor, "row other"]
PerBin = Float[Tensor, "bin _ _"]


@torch.no_grad()
def with_rows(codec: VQVAE2, row_heights: tuple[int, ...]) -> VQVAE2:
    """Return a codec with other rows that knows what ``codec`` knows.

    Args:
        codec: A trained one.
        row_heights: Bins of each fine row, low first.
    """
    other = VQVAE2(replace(codec.config, row_heights=row_heights))
    _keep_what_fits(codec, other)
    _carry_split(codec.split, other.split)
    _carry_join(codec.join, other.join)
    for before, after in zip(codec.grids, other.grids, strict=True):
        _carry_mixers(codec, other, before, after)
    coarse, fine = (
        _shares(after, before) for before, after in zip(codec.grids, other.grids, strict=True)
    )
    for offsets, mine, shares in (
        (other.coarse_row, codec.coarse_row, coarse),
        (other.fine_row, codec.fine_row, fine),
        (other.split.bias, codec.split.bias, fine),
    ):
        offsets.copy_((shares @ mine.flatten(1)).view_as(offsets))
    return other


def _keep_what_fits(codec: VQVAE2, other: VQVAE2) -> None:
    shapes = {name: weight.shape for name, weight in other.state_dict().items()}
    kept = codec.state_dict().items()
    fitting = {name: weight for name, weight in kept if weight.shape == shapes.get(name)}
    other.load_state_dict(fitting, strict=False)


def _carry_split(mine: BandSplit, other: BandSplit) -> None:
    frames = mine.frames_per_column
    # Each row's sum over its bins keeps its size, whatever their number.
    bins = torch.cat(
        [
            height * weight.view(n_rows * height, frames, -1)
            for (n_rows, height), weight in zip(mine.bands, mine.weights, strict=True)
        ]
    )
    start = 0
    for (n_rows, height), weight in zip(other.bands, other.weights, strict=True):
        weight.copy_(_some(bins, start, n_rows * height).view_as(weight) / height)
        start += n_rows * height


def _carry_join(mine: BandJoin, other: BandJoin) -> None:
    frames = mine.frames_per_column
    bins = torch.cat(
        [
            weight.unflatten(2, (height, frames)).transpose(1, 2).flatten(0, 1)
            for (_, height), weight in zip(mine.bands, mine.weights, strict=True)
        ]
    )  # bin channel frame
    start = 0
    for (n_rows, height), weight in zip(other.bands, other.weights, strict=True):
        rows = _some(bins, start, n_rows * height).unflatten(0, (n_rows, height))
        weight.copy_(rows.transpose(1, 2).flatten(2))
        start += n_rows * height
    other.bias.copy_(_some(mine.bias[..., None], 0, len(other.bias))[..., 0])


def _carry_mixers(codec: VQVAE2, other: VQVAE2, before: Grid, after: Grid) -> None:
    """Let rows hear each other through the old rows that their bins lay in."""
    mine = dict(codec.named_modules())
    to_old, to_new = _shares(before, after), _shares(after, before)
    for name, mixer in other.named_modules():
        if isinstance(mixer, RowMixer) and len(mixer.mix.bias) == after.n_rows:
            old = mine[name]
            assert isinstance(old, RowMixer), "both have the same parts"
            mixer.mix.weight.copy_(to_new @ old.mix.weight @ to_old)
            mixer.mix.bias.copy_(to_new @ old.mix.bias)


def _some(bins: PerBin, start: int, n_bins: int) -> Tensor:
    """Return some bins; those above the last are as the last."""
    places = torch.arange(start, start + n_bins, device=bins.device)
    return bins[places.clamp(max=len(bins) - 1)]


def _shares(rows: Grid, others: Grid) -> Shares:
    """Return the share of each row's bins that lies in each of the others.

    Example:
        >>> from timbrush.codec.contract import Grid
        >>> two, three = (Grid(row_edges=edges, frames_per_column=1, codebook_size=2)
        ...               for edges in ((0, 6, 12), (0, 4, 8, 12)))
        >>> _shares(three, two)
        tensor([[1.0000, 0.0000],
                [0.5000, 0.5000],
                [0.0000, 1.0000]])
    """
    edges, other = (torch.tensor(grid.row_edges) for grid in (rows, others))
    top = torch.minimum(edges[1:, None], other[1:])
    bottom = torch.maximum(edges[:-1, None], other[:-1])
    common = (top - bottom).clamp(min=0).float()
    common[:, -1] += (edges[1:] - edges[:-1]) - common.sum(dim=1)  # above the last: as the last
    return common / common.sum(dim=1, keepdim=True)
