"""Save a run in progress to a file and load it: weights, optimizer, averages, step, cost."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from timbrush.checkpoints import Checkpoint, check_fit, load, save
from timbrush.energy import Reading, run_record
from timbrush.errors import CheckpointError, ConfigError, OutputError, TimbrushError
from timbrush.terminal import remark
from timbrush.training.loop.means import Means
from timbrush.whole import check_folder

STATE, PREVIOUS = "state.safetensors", "state.previous.safetensors"
NEXT = "state.next.safetensors"
KIND = "training"
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
    means: Means = field(default_factory=Means)
    """Of the terms since the last validation."""
    sound: str | None = None
    """Name of the newest file that is known to be sound; None while there is none."""
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
                measured_joules=spent.measured_joules + reading.measured_joules,
            )
        )

    def record(self, seed: int) -> dict[str, Any]:
        """Return the record of the run so far, as results/ keeps it."""
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
    cost = state.cost
    extra = {
        "step": state.step,
        "history": state.history,
        "means": vars(state.means),
        "cost": None if cost is None else vars(cost),
    }
    settings = {"settings": dict(state.settings)}
    save(folder / NEXT, KIND, settings, _tensors(state), extra=extra)
    if state.sound == STATE:  # one found damaged must not take the place of a good one
        (folder / STATE).replace(folder / PREVIOUS)
    (folder / NEXT).replace(folder / STATE)
    state.sound = STATE


def holds_run(folder: Path) -> bool:
    """Return whether a folder holds a run that can be resumed."""
    return any((folder / name).exists() for name in (STATE, PREVIOUS))


def check_new(folder: Path, files: Iterable[str]) -> None:
    """Refuse a folder in which a new run would replace an older one or its results.

    Args:
        folder: Where the state and the results go.
        files: Names of the results.

    Raises:
        ConfigError: If there is a state or one of ``files``, or no folder can be made.
    """
    try:
        check_folder(folder)
    except OutputError as error:  # the run file names it
        raise ConfigError(str(error)) from error
    if holds_run(folder):
        raise ConfigError(f"{folder} already holds a run; go on with --resume, or remove it")
    for path in (folder / name for name in files):
        if path.exists():
            raise ConfigError(f"{path} exists; remove it, or train into another folder")


def load_state(state: TrainingState, folder: Path, *, n_steps: int) -> None:
    """Fill ``state`` from ``folder``.

    Args:
        state: Of a run that has not begun.
        folder: Holds a run.
        n_steps: Where it is to end.

    Raises:
        ConfigError: If there is no run, or it was made with other settings or is longer.
        CheckpointError: If its state is damaged or is another model.
    """
    if not holds_run(folder):
        raise ConfigError(f"{folder} holds no run to resume; leave --resume out")
    state.sound, checkpoint = _newest_sound(folder)
    path = folder / state.sound
    if checkpoint.kind != KIND:
        raise CheckpointError(
            f"{path} is a model of kind {checkpoint.kind!r}; expected the state of a run"
        )
    try:
        _check_settings(folder, checkpoint.config["settings"], state.settings)
        _fill(state, checkpoint, path)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, TimbrushError):
            raise
        raise CheckpointError(f"{path} is the damaged state of a run: {error!r}") from error
    if state.step > n_steps:
        raise ConfigError(
            f"{folder} holds a run of {state.step} steps, more than n_steps = {n_steps}; ask "
            "for as many, or train into another folder"
        )


def _newest_sound(folder: Path) -> tuple[str, Checkpoint]:
    try:
        return STATE, load(folder / STATE)
    except CheckpointError as error:
        if not (folder / PREVIOUS).exists():
            raise
        remark(f"{error}; going back to the state before it")
        return PREVIOUS, load(folder / PREVIOUS)


def _check_settings(folder: Path, saved: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    def comparable(settings: Mapping[str, Any]) -> str:
        plain = json.loads(json.dumps(_known(settings, given)))
        for name in CHANGEABLE:
            plain.get("loop", {}).pop(name, None)
        return json.dumps(plain, sort_keys=True)

    if comparable(saved) != comparable(given):
        raise ConfigError(
            f"{folder} holds a run with other settings; resume it with its own run file, or "
            "train into another folder"
        )


def _known(saved: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out settings that an older version had and this one has not."""
    return {
        name: _known(value, given[name])
        if isinstance(value, Mapping) and isinstance(given[name], Mapping)
        else value
        for name, value in saved.items()
        if name in given
    }


def _tensors(state: TrainingState) -> dict[str, Tensor]:
    tensors = {f"module.{name}": value for name, value in state.module.state_dict().items()}
    tensors |= {
        f"averaged.{name}": value for name, value in state.averaged.state_dict().items()
    }
    for index, slots in state.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{slot}": value for slot, value in slots.items()}
    # A tied or shared tensor may be stored once only.
    return {name: value.clone() for name, value in tensors.items()}


def _fill(state: TrainingState, checkpoint: Checkpoint, path: Path) -> None:
    tensors = checkpoint.tensors
    for prefix, module in (("module.", state.module), ("averaged.", state.averaged)):
        weights = {
            name.removeprefix(prefix): tensor
            for name, tensor in tensors.items()
            if name.startswith(prefix)
        }
        check_fit(path, module, weights)
        module.load_state_dict(weights)
    parameters = list(state.module.parameters())
    slots: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimizer."):
            _, index, slot = name.split(".")
            if tensor.ndim and tensor.shape != parameters[int(index)].shape:
                raise CheckpointError(f"{path} holds {name} of another model")
            slots.setdefault(int(index), {})[slot] = tensor
    groups = state.optimizer.state_dict()["param_groups"]
    state.optimizer.load_state_dict({"state": slots, "param_groups": groups})
    state.step = checkpoint.extra["step"]
    state.history = list(checkpoint.extra["history"])
    state.means = Means(**checkpoint.extra.get("means", {}))  # older states have none
    cost = checkpoint.extra["cost"]
    state.spent = state.cost = None if cost is None else Reading(**cost)
