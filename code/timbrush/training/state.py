"""A run in progress to a file and back: weights, optimizer, averages, step, cost."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from timbrush.checkpoints import Checkpoint, load, save
from timbrush.energy import Reading, run_record
from timbrush.errors import CheckpointError, ConfigError

STATE, PREVIOUS = "state.safetensors", "state.previous.safetensors"
CHANGEABLE = ("n_steps",)
"""Settings of the loop that a resumed run may change."""


@dataclass
class TrainingState:
    """All that a run needs to go on as if it had never stopped.

    Args:
        module: The module in training.
        averaged: The moving average of its weights.
        optimizer: Its AdamW.
        settings: The whole run file as a plain mapping.
    """

    module: nn.Module
    averaged: nn.Module
    optimizer: torch.optim.Optimizer
    settings: Mapping[str, Any]
    step: int = 0
    history: list[dict[str, float | int]] = field(default_factory=list)
    spent: Reading | None = None
    """Cost before this process took over."""
    cost: Reading | None = None
    """Cost so far, all processes."""

    def add_cost(self, reading: Reading) -> None:
        """Set the cost to what was spent before plus this process's reading."""
        spent = self.spent
        self.cost = (
            reading
            if spent is None
            else Reading(
                joules=spent.joules + reading.joules,
                seconds=spent.seconds + reading.seconds,
                source=reading.source,
                estimated=spent.estimated or reading.estimated,
                cpu_seconds=spent.cpu_seconds + reading.cpu_seconds,
            )
        )

    def record(self, seed: int) -> dict[str, Any]:
        """Answer the record of the run so far, as results/ keeps it."""
        assert self.cost is not None or not self.history, "a validated run has a cost"
        reading = self.cost or Reading(0.0, 0.0, "nothing ran", False)
        head = run_record(reading, what="training", seed=seed)
        return {
            **head,
            "steps": self.step,
            "settings": dict(self.settings),
            "history": self.history,
        }


def save_state(state: TrainingState, folder: Path) -> None:
    """Write the state whole; the one before is kept, should this one get damaged.

    Raises:
        OutputError: If it cannot be written; what was there stays.
    """
    newest = folder / STATE
    if newest.exists():
        newest.replace(folder / PREVIOUS)
    cost = state.cost
    extra = {
        "step": state.step,
        "history": state.history,
        "cost": None if cost is None else vars(cost),
    }
    save(newest, "training", {"settings": dict(state.settings)}, _tensors(state), extra=extra)


def load_state(state: TrainingState, folder: Path, *, resume: bool) -> None:
    """Fill ``state`` from ``folder``; without ``resume`` only see that nothing is overwritten.

    Raises:
        ConfigError: If there is a run and ``resume`` is false, or none and it is true, or the
            run was made with other settings.
    """
    exists = any((folder / name).exists() for name in (STATE, PREVIOUS))
    if exists and not resume:
        raise ConfigError(f"{folder} already holds a run; go on with --resume, or remove it")
    if not exists:
        if resume:
            raise ConfigError(f"{folder} holds no run to resume; leave --resume out")
        return
    checkpoint = _newest_sound(folder)
    _check_settings(folder, checkpoint.config["settings"], state.settings)
    _fill(state, checkpoint)


def _newest_sound(folder: Path) -> Checkpoint:
    try:
        return load(folder / STATE)
    except CheckpointError as error:
        if not (folder / PREVIOUS).exists():
            raise
        print(f"{error}; going back to the state before it", file=sys.stderr)
        return load(folder / PREVIOUS)


def _check_settings(folder: Path, saved: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    def comparable(settings: Mapping[str, Any]) -> str:
        plain = json.loads(json.dumps(settings))
        for name in CHANGEABLE:
            plain.get("loop", {}).pop(name, None)
        return json.dumps(plain, sort_keys=True)

    if comparable(saved) != comparable(given):
        raise ConfigError(
            f"{folder} holds a run with other settings; resume it with its own run file, or "
            "train into another folder"
        )


def _tensors(state: TrainingState) -> dict[str, Tensor]:
    tensors = {f"module.{name}": value for name, value in state.module.state_dict().items()}
    tensors |= {
        f"averaged.{name}": value for name, value in state.averaged.state_dict().items()
    }
    for index, slots in state.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{slot}": value for slot, value in slots.items()}
    # A tied or shared tensor may be stored once only.
    return {name: value.clone() for name, value in tensors.items()}


def _fill(state: TrainingState, checkpoint: Checkpoint) -> None:
    tensors = checkpoint.tensors
    for prefix, module in (("module.", state.module), ("averaged.", state.averaged)):
        module.load_state_dict(
            {
                name.removeprefix(prefix): t
                for name, t in tensors.items()
                if name.startswith(prefix)
            }
        )
    slots: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimizer."):
            _, index, slot = name.split(".")
            slots.setdefault(int(index), {})[slot] = tensor
    groups = state.optimizer.state_dict()["param_groups"]
    state.optimizer.load_state_dict({"state": slots, "param_groups": groups})
    state.step = checkpoint.extra["step"]
    state.history = list(checkpoint.extra["history"])
    cost = checkpoint.extra["cost"]
    state.spent = state.cost = None if cost is None else Reading(**cost)
