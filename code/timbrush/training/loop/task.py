"""What a training loop asks of whatever it trains."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from torch import Tensor, nn


@runtime_checkable
class Task(Protocol):
    """What is trained: a module, its loss on a batch of its own choice, and its validation."""

    @property
    def module(self) -> nn.Module:
        """What is trained; its parameters are on the device of the run."""
        ...

    @property
    def files(self) -> tuple[str, ...]:
        """Names of all that ``publish`` writes."""
        ...

    def loss(self, module: nn.Module, seed: tuple[int, ...]) -> tuple[Tensor, dict[str, float]]:
        """Draw the batch that ``seed`` names; return its loss and the terms to report.

        The batch is a function of ``seed`` alone, so a resumed run sees the same ones.
        """
        ...

    def validate(self, module: nn.Module) -> dict[str, float]:
        """Return figures on the validation data."""
        ...

    def publish(self, module: nn.Module, record: Mapping[str, Any]) -> None:
        """Write ``files``: the checkpoint that users load, and what is known of it."""
        ...
