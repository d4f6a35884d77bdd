"""The one training loop: a task and its settings to averaged weights, resumable at any step."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from timbrush.config import to_dict
from timbrush.errors import ConfigError
from timbrush.training import processes
from timbrush.training.progress import Progress
from timbrush.training.state import TrainingState, check_new, load_state, save_state

MAX_SEED = 2**32 - 1
"""Larger ones, times steps and processes, would leave what torch's generators take."""


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
        """Draw the batch that ``seed`` names; answer its loss and the terms to report.

        The batch is a function of ``seed`` alone, so a resumed run sees the same ones.
        """
        ...

    def validate(self, module: nn.Module) -> dict[str, float]:
        """Return figures on the validation data."""
        ...

    def publish(self, module: nn.Module, record: Mapping[str, Any]) -> None:
        """Write ``files``: the checkpoint that users load, and what is known of it."""
        ...


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


def run_as_told(task: Task, config: RunConfig, *, resume: bool) -> dict[str, Any]:
    """Train as a run file says, and tell the terminal how far it is; see ``run``."""
    assert config.loop is not None, "checked by the config of a task that needs a loop"
    with Progress(shown=processes.rank() == 0) as progress:
        return run(
            task,
            config.loop,
            Path(config.output),
            settings=to_dict(config),
            resume=resume,
            progress=progress,
        )


def run(
    task: Task,
    config: LoopConfig,
    folder: Path,
    *,
    settings: Mapping[str, Any],
    resume: bool = False,
    progress: Progress,
) -> dict[str, Any]:
    """Train, and answer the record of the run: seconds, joules, history, last validation.

    Started by torchrun, each process draws batches of its own, and all learn from all of them.
    All randomness is a function of (seed, step, process), so a run that was killed at any
    moment and resumed ends, on the CPU, with the same bytes as one that was not.

    Args:
        task: What is trained.
        config: Settings of the loop.
        folder: Where the state is kept.
        settings: The whole run file, kept beside the state; resuming with others is refused.
        resume: Go on from the state in ``folder``.
        progress: Is told of every step.

    Raises:
        ConfigError: If ``folder`` already holds a run or what one published and ``resume`` is
            false, or the other way round, or the settings differ; or if the run diverges.
    """
    device = next(task.module.parameters()).device
    averaged = _copy(task.module)
    optimizer = torch.optim.AdamW(
        task.module.parameters(),
        config.learning_rate,
        betas=(0.9, 0.98),
        weight_decay=config.weight_decay,
        fused=True,
    )
    state = TrainingState(task.module, averaged, optimizer, settings)
    if resume:
        load_state(state, folder, n_steps=config.n_steps)
    else:
        check_new(folder, task.files)
    if state.step and state.step < config.n_steps:
        progress.note(f"going on from step {state.step}")
    module, first = processes.shared(task.module), processes.rank() == 0
    with processes.meter() as meter:
        while state.step < config.n_steps:
            with _coarse_products(device):
                terms = _step(task, module, optimizer, config, state.step, device)
            _average(averaged, task.module, config, state.step)
            state.step += 1
            state.means.add(terms)
            progress.step(state.step, config.n_steps)
            last = state.step == config.n_steps
            validates = last or state.step % config.validate_every == 0
            saves = last or state.step % config.save_every == 0
            if validates and first:
                figures = {**state.means.take(), **task.validate(averaged)}
                before = int(state.history[-1]["step"]) if state.history else 0
                _check_learned(figures, state.step, n_steps=state.step - before)
                state.history.append({"step": state.step, **figures})
                progress.note(_line(state.history[-1]))
            if validates or saves:
                state.add_cost(processes.over_all(meter.reading))
            if validates and first:
                # Before the state: a run killed in between does the step, and this, once more.
                task.publish(averaged, state.record(config.seed))
            if saves and first:
                save_state(state, folder)
    return state.record(config.seed)


@contextmanager
def _coarse_products(device: torch.device) -> Iterator[None]:
    """Let a processor that multiplies bfloat16 by itself, as with AMX, do so in a step.

    It then takes a quarter less time. What users will hear is validated in full precision.
    """
    if device.type != "cpu":  # there autocast decides
        yield
        return
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


def _step(
    task: Task,
    module: nn.Module,
    optimizer: torch.optim.Optimizer,
    config: LoopConfig,
    step: int,
    device: torch.device,
) -> dict[str, float]:
    """Return the terms of the loss; none of a batch that nothing could be learned from."""
    rank = processes.rank()
    # Restarts of codewords and dropout draw from torch's own generator.
    torch.manual_seed((config.seed * 1_000_003 + step) * 1_009 + rank)
    for group in optimizer.param_groups:
        group["lr"] = config.rate(step)
    module.train()
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
        loss, terms = task.loss(module, (config.seed, step, rank))
    loss.backward()
    norm = nn.utils.clip_grad_norm_(module.parameters(), config.clip_norm)
    learned = math.isfinite(float(norm))  # one bad batch must not end a night's run
    if learned:
        optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return {**terms, "loss": float(loss.detach())} if learned else {}


def _check_learned(figures: Mapping[str, float], step: int, *, n_steps: int) -> None:
    wrong = [name for name, value in figures.items() if not math.isfinite(value)]
    if "train_loss" not in figures and n_steps > 1:  # one bad batch says nothing yet
        wrong.append("the gradients of all steps since the last validation")
    if wrong:
        raise ConfigError(
            f"the run diverged at step {step}: {', '.join(wrong)} not finite; "
            "lower learning_rate"
        )


@torch.no_grad()
def _average(averaged: nn.Module, module: nn.Module, config: LoopConfig, step: int) -> None:
    # A young average forgets faster, or the first weights would stay in it for long.
    decay = min(config.average_decay, (step + 1) / (step + 10))
    for mean, weight in zip(averaged.parameters(), module.parameters(), strict=True):
        mean.lerp_(weight, 1 - decay)
    for kept, newest in zip(averaged.buffers(), module.buffers(), strict=True):
        kept.copy_(newest)


def _copy(module: nn.Module) -> nn.Module:
    return deepcopy(module).eval().requires_grad_(False)


def _line(figures: Mapping[str, float | int]) -> str:
    return "  ".join(f"{name} {value:.4g}" for name, value in figures.items())
