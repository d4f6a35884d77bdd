"""One thread pool for all tests, since tiny models gain nothing from more; what rooms share."""

import os
from collections.abc import Callable

import pytest

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch is imported

import torch

torch.set_num_threads(1)


@pytest.fixture
def spread() -> Callable[[torch.nn.Module], None]:
    """Makes the blocks of a fresh codec louder: as they are made, they hardly spread."""

    def louder(module: torch.nn.Module) -> None:
        for name, weight in module.named_parameters():
            if "narrow.weight" in name:
                torch.nn.init.normal_(weight, std=0.5)

    return louder
