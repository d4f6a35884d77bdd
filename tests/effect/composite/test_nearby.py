import numpy as np
import pytest
import torch
from scipy import ndimage

from timbrush.effect.composite.nearby import largest_nearby, mean_nearby


@pytest.mark.parametrize("axis", [1, 2])
@pytest.mark.parametrize("reach", [1, 2, 9])
@pytest.mark.parametrize("transposed", [False, True])
def test_neighbours_are_those_of_scipy(axis, reach, transposed):
    cells = torch.rand(2, 7, 5, generator=torch.Generator().manual_seed(reach))
    cells = cells.transpose(1, 2) if transposed else cells

    mean, largest = (take(cells, reach, axis) for take in (mean_nearby, largest_nearby))

    size, array = 2 * reach + 1, cells.numpy()
    wanted = ndimage.uniform_filter1d(array.astype(float), size, axis, mode="nearest")
    np.testing.assert_allclose(mean.numpy(), wanted, rtol=1e-5)
    np.testing.assert_array_equal(
        largest.numpy(), ndimage.maximum_filter1d(array, size, axis, mode="nearest")
    )
