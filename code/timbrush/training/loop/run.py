"""Train a task step by step; a run that was stopped goes on from its last saved state."""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from torch import nn

from timbrush.config import to_dict
from timbrush.errors import ConfigError
from timbrush.terminal import bar, remark
from timbrush.training.loop import processes
from timbrush.training.loop.config import LoopConfig, RunConfig
from timbrush.training.loop.state import TrainingState, check_new, load_state, save_state
from timbrush.training.loop.task import Task


def run_as_told(task: Task, config: RunConfig, *, resume: bool) -> dict[str, Any]:
    """Train as a run file says, and tell the terminal how far it is; see ``run``."""
    assert config.loop is not None, "checked by the config of a task that needs a loop"
    with bar("training", shown=processes.rank() == 0) as progress:
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
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """Train, and return the record of the run: seconds, joules, history, last validation.

    Started by torchrun, each process draws batches of its own, and all learn from all of them.
    All randomness is a function of (seed, step, process), so a run that was killed at any
    moment and resumed ends, on the CPU, with the same bytes as one that was not.

    Args:
        task: What is trained.
        config: Settings of the loop.
        folder: Where the state is kept.
        settings: The whole run file, kept beside the state; resuming with others is refused.
        resume: Go on from the state in ``folder``.
        progress: Called after every step with the steps done and all steps.

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
    first = processes.rank() == 0
    if resume:
        load_state(state, folder, n_steps=config.n_steps)
    elif first:
        check_new(folder, task.files)
    was_done = state.step == config.n_steps
    if state.step and not was_done:
        remark(f"going on from step {state.step}")
    module = processes.shared(task.module)
    with processes.meter() as meter:
        while state.step < config.n_steps:
            with _coarse_products(device):
                terms = _step(task, module, optimizer, config, state.step, device)
            _average(averaged, task.module, config, state.step)
            state.step += 1
            state.means.add(terms)
            progress(state.step, config.n_steps)
            last = state.step == config.n_steps
            validates = last or state.step % config.validate_every == 0
            saves = last or state.step % config.save_every == 0
            if validates and first:
                figures = {**state.means.take(), **task.validate(averaged)}
                before = int(state.history[-1]["step"]) if state.history else 0
                _check_learned(figures, state.step, n_steps=state.step - before)
                state.history.append({"step": state.step, **figures})
                remark(_line(state.history[-1]))
            if validates or saves:
                state.add_cost(processes.over_all(meter.reading))
            if validates and first:
                if state.sound is None:  # a run killed while it first publishes can go on
                    save_state(state, folder)
                # Before the state: a run killed in between does the step, and this, once more.
                task.publish(averaged, state.record(config.seed))
            if saves and first:
                save_state(state, folder)
    # A run that ended in one go may have been killed between its state and what it published.
    if was_done and first and not all((folder / name).exists() for name in task.files):
        task.publish(averaged, state.record(config.seed))
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
    torch.manual_seed(((config.seed * 1_000_003 + step) * 1_009 + rank) % 2**63)
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
