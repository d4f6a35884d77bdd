"""The settings of a training loop, and what every run file says."""

import math
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from timbrush.errors import ConfigError
from timbrush.seeds import MAX_SEED


@dataclass(frozen=True, kw_only=True)
class LoopConfig:
    """Settings of the loop.

    The learning rate rises over ``warmup_steps``, stays, and falls to zero over the last
    ``decay_share`` of the steps; so ``n_steps`` of a run that goes on may be raised or lowered
    as long as its fall has not begun.

    Args:
        n_steps: Optimizer steps.
        learning_rate: Rate of AdamW while it stays.
        warmup_steps: Steps of the rise.
        decay_share: Share of the steps over which it falls.
        weight_decay: Of AdamW.
        average_decay: Decay of the moving average of the weights, which is what is published.
        clip_norm: Largest norm of the gradient.
        validate_every: Steps between validations; each also publishes.
        save_every: Steps between saves of the state.
        seed: Start of all randomness.

    Raises:
        ConfigError: For settings that cannot work.
    """

    n_steps: int
    learning_rate: float = 1e-3
    warmup_steps: int = 50
    decay_share: float = 0.3
    weight_decay: float = 0.01
    average_decay: float = 0.995
    clip_norm: float = 1.0
    validate_every: int = 200
    save_every: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.n_steps, self.validate_every, self.save_every) < 1:
            raise ConfigError("n_steps, validate_every and save_every must be at least 1")
        if not 0 < self.learning_rate < math.inf or not self.clip_norm > 0:
            raise ConfigError("learning_rate and clip_norm must be positive")
        if not 0 <= self.weight_decay < math.inf or self.warmup_steps < 0:
            raise ConfigError(
                "weight_decay and warmup_steps must be finite and at least 0, "
                f"got {self.weight_decay} and {self.warmup_steps}"
            )
        if not 0 <= self.seed <= MAX_SEED:
            raise ConfigError(f"loop.seed must lie in 0 to {MAX_SEED}, got {self.seed}")
        if not 0 <= self.average_decay < 1 or not 0 <= self.decay_share <= 1:
            raise ConfigError("average_decay and decay_share must lie in 0 to 1")

    def rate(self, step: int) -> float:
        """Return the learning rate of a step."""
        rise = min(1.0, (step + 1) / max(1, self.warmup_steps))
        fall_steps = max(1.0, self.decay_share * self.n_steps)
        fall = min(1.0, (self.n_steps - step) / fall_steps)
        return self.learning_rate * rise * fall


@runtime_checkable
class RunConfig(Protocol):
    """What every run file says, whatever it trains."""

    @property
    def output(self) -> str:
        """Folder of the state, the checkpoint, the record and the chart."""
        ...

    @property
    def loop(self) -> LoopConfig | None:
        """Settings of the loop; None for what only counts."""
        ...
