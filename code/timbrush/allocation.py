"""Refuse to build layers for which a file has no weights, before memory is taken for them."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

_FACTORIES = {
    torch.empty,
    torch.full,
    torch.normal,
    torch.ones,
    torch.rand,
    torch.randn,
    torch.zeros,
}
_SPARE_NUMBERS, _SPARE_TENSORS = 1 << 20, 1 << 12
_FACTOR = 8
"""A layer makes some tensors that no file holds, such as the weights that it starts from."""


class Budget(TorchFunctionMode):
    """A context in which a module is built that is to take the weights of a file.

    Args:
        weights: What the file holds.
        refusal: Raised as soon as the module makes far more or far larger tensors.
    """

    def __init__(self, weights: Mapping[str, Tensor], refusal: Exception) -> None:
        super().__init__()
        n_numbers = sum(tensor.numel() for tensor in weights.values())
        self._numbers_left = _FACTOR * n_numbers + _SPARE_NUMBERS
        self._tensors_left = _FACTOR * len(weights) + _SPARE_TENSORS
        self._refusal = refusal

    def __torch_function__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Count what a factory is to make, then let it."""
        if func in _FACTORIES:
            self._numbers_left -= _n_numbers(args, kwargs or {})
            self._tensors_left -= 1
            if min(self._numbers_left, self._tensors_left) < 0:
                raise self._refusal
        return func(*args, **(kwargs or {}))


def _n_numbers(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> int:
    size = kwargs.get("size", args[0] if args and isinstance(args[0], tuple | list) else args)
    product = 1
    for length in size:
        if isinstance(length, int):
            product *= max(length, 0)
    return product
