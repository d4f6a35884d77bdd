"""The loop: a run that was killed and resumed ends with the bytes of one that was not."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from timbrush.checkpoints import load, save
from timbrush.energy import Reading
from timbrush.errors import CheckpointError, ConfigError, OutputError
from timbrush.seeds import MAX_SEED
from timbrush.training.loop import state
from timbrush.training.loop.config import LoopConfig
from timbrush.training.loop.run import run
from timbrush.training.loop.state import PREVIOUS, STATE, TrainingState

SETTINGS = {"loop": {"n_steps": 12}, "width": 3}


class KilledError(Exception):
    """Stands for a process that was killed."""


class LineTask:
    """Fits a noisy layer with a buffer to a line, dying at a step if told to."""

    files = ("line.safetensors", "record.json")

    def __init__(self, dies_at: int | None = None) -> None:
        torch.manual_seed(0)
        self.module = nn.Sequential(
            nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Dropout(), nn.Linear(8, 1)
        )
        self.dies_at = dies_at
        self.published: list[dict[str, Any]] = []

    def loss(self, module: nn.Module, seed: tuple[int, ...]) -> tuple[Tensor, dict[str, float]]:
        if seed[1] == self.dies_at:
            raise KilledError
        generator = torch.Generator().manual_seed(seed[0] * 1000 + seed[1])
        inputs = torch.randn(16, 3, generator=generator)
        loss = (module(inputs) - inputs.sum(dim=1, keepdim=True)).square().mean()
        return loss, {"error": loss.item()}

    def validate(self, module: nn.Module) -> dict[str, float]:
        with torch.no_grad():
            return {"error": module(torch.ones(2, 3)).sub(3).square().mean().item()}

    def publish(self, module: nn.Module, record: Mapping[str, Any]) -> None:
        self.published.append(dict(record))


def train(
    task: LineTask, folder: Path, *, resume: bool = False, **changes: Any
) -> dict[str, Any]:
    loop = {"n_steps": 12, "validate_every": 4, "save_every": 3, "warmup_steps": 2, "seed": 7}
    config = LoopConfig(**{**loop, **changes})
    return run(task, config, folder, settings=SETTINGS, resume=resume)


def weights(folder: Path) -> dict[str, Tensor]:
    import safetensors.torch

    return safetensors.torch.load_file(folder / STATE)


def test_a_run_may_publish_before_it_saves(tmp_path: Path) -> None:
    task = LineTask()
    train(task, tmp_path, validate_every=2, save_every=5)
    seconds = [record["seconds"] for record in task.published]
    assert len(seconds) == 6 and seconds == sorted(set(seconds)), "each has its own cost"


@pytest.mark.parametrize("dies_at", [3, 7, 11])
def test_resuming_is_bit_identical(tmp_path: Path, dies_at: int) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    record = train(LineTask(), whole)
    with pytest.raises(KilledError):
        train(LineTask(dies_at), broken)
    resumed = train(LineTask(), broken, resume=True)
    expected, got = weights(whole), weights(broken)
    assert expected.keys() == got.keys()
    assert all(torch.equal(expected[name], got[name]) for name in expected)
    assert resumed["history"] == record["history"]


def test_it_learns_and_counts_its_cost(tmp_path: Path) -> None:
    task = LineTask()
    record = train(task, tmp_path, n_steps=300, validate_every=150, learning_rate=0.05)
    assert record["history"][-1]["error"] < 0.5
    assert record["steps"] == 300
    assert record["joules"] > 0 and record["seconds"] > 0
    assert [published["steps"] for published in task.published] == [150, 300]


def test_cost_adds_up_over_resumed_runs(tmp_path: Path) -> None:
    with pytest.raises(KilledError):
        train(LineTask(dies_at=7), tmp_path)
    first = load_extra(tmp_path)["cost"]
    record = train(LineTask(), tmp_path, resume=True)
    assert record["cpu_seconds"] > first["cpu_seconds"] > 0


def test_the_cost_before_a_resume_is_added_once_to_each_figure_after_it() -> None:
    layer = nn.Linear(1, 1)
    resumed = TrainingState(layer, layer, torch.optim.AdamW(layer.parameters()), {})
    resumed.spent = Reading(1000.0, 200.0, "before", True, 30.0, 4.0)
    for seconds in (5.0, 8.0):  # a meter tells the cost of its process so far
        resumed.add_cost(Reading(70.0, seconds, "now", False, 6.0, 0.5))
    assert resumed.cost == Reading(1070.0, 208.0, "now", True, 36.0, 4.5)


def test_a_damaged_newest_state_is_said_aloud_and_the_one_before_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    train(LineTask(), whole)
    with pytest.raises(KilledError):
        train(LineTask(dies_at=8), broken)
    newest = broken / STATE
    newest.write_bytes(newest.read_bytes()[:-5])
    assert (broken / PREVIOUS).exists()
    train(LineTask(), broken, resume=True)
    assert "going back to the state before it" in capsys.readouterr().err
    expected, got = weights(whole), weights(broken)
    assert all(torch.equal(expected[name], got[name]) for name in expected)


def test_a_full_disk_after_a_damaged_state_leaves_the_one_that_is_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(*_: object, **__: object) -> str:
        raise OutputError("cannot write: No space left on device")

    with pytest.raises(KilledError):
        train(LineTask(dies_at=8), tmp_path)
    (tmp_path / STATE).write_bytes(b"cut short")
    with monkeypatch.context() as full:
        full.setattr(state, "save", fill)
        with pytest.raises(OutputError, match="No space left"):
            train(LineTask(), tmp_path, resume=True)

    train(LineTask(dies_at=6), tmp_path, resume=True, n_steps=6)

    assert load_extra(tmp_path)["step"] == 6
    assert load(tmp_path / PREVIOUS).extra["step"] == 3, "what is damaged is not kept"


def test_a_run_killed_while_it_publishes_does_so_when_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(module: nn.Module, record: Mapping[str, Any]) -> None:
        raise KilledError

    killed, resumed = LineTask(), LineTask()
    monkeypatch.setattr(killed, "publish", die)
    with pytest.raises(KilledError):
        train(killed, tmp_path, validate_every=12)
    train(resumed, tmp_path, resume=True, validate_every=12)

    assert [record["steps"] for record in resumed.published] == [12]


class WildTask(LineTask):
    """Has a loss that is no number at one step, and at one validation if told to."""

    def __init__(self, diverges_at: int | None = None) -> None:
        super().__init__()
        self.diverges_at = diverges_at
        self.n_validated = 0

    def loss(self, module: nn.Module, seed: tuple[int, ...]) -> tuple[Tensor, dict[str, float]]:
        loss, terms = super().loss(module, seed)
        return (loss * torch.inf, {"error": torch.nan}) if seed[1] == 1 else (loss, terms)

    def validate(self, module: nn.Module) -> dict[str, float]:
        self.n_validated += 1
        diverged = self.n_validated == self.diverges_at
        return {"error": torch.nan} if diverged else super().validate(module)


def test_one_batch_that_is_no_number_is_left_out_of_the_means(tmp_path: Path) -> None:
    history = train(WildTask(), tmp_path, n_steps=4, validate_every=2)["history"]

    assert all(math.isfinite(value) for entry in history for value in entry.values())
    first = train(LineTask(), tmp_path / "one", n_steps=1)["history"][0]
    assert history[0]["train_error"] == first["train_error"]
    assert history[0]["train_loss"] == first["train_loss"]


def test_a_bad_batch_that_stands_alone_before_a_validation_ends_no_run(tmp_path: Path) -> None:
    history = train(WildTask(), tmp_path, n_steps=3, validate_every=1)["history"]

    assert [entry["step"] for entry in history] == [1, 2, 3]
    assert ["train_loss" in entry for entry in history] == [True, False, True]


def test_a_run_that_diverged_says_so_and_neither_saves_nor_publishes(tmp_path: Path) -> None:
    task = WildTask(diverges_at=2)

    with pytest.raises(ConfigError, match=r"diverged at step 6: error .* learning_rate"):
        train(task, tmp_path, validate_every=3)

    assert [record["steps"] for record in task.published] == [3]
    assert load_extra(tmp_path)["step"] == 3


def test_a_run_whose_every_batch_is_bad_diverged(tmp_path: Path) -> None:
    class DeafTask(LineTask):
        def loss(
            self, module: nn.Module, seed: tuple[int, ...]
        ) -> tuple[Tensor, dict[str, float]]:
            loss, terms = super().loss(module, seed)
            return loss * torch.nan, terms

    task = DeafTask()

    with pytest.raises(ConfigError, match="diverged at step 2: the gradients of all steps"):
        train(task, tmp_path, n_steps=4, validate_every=2)

    assert not task.published


def test_what_another_run_published_is_never_replaced(tmp_path: Path) -> None:
    for name in LineTask.files:
        (tmp_path / name).touch()
        with pytest.raises(ConfigError, match=f"{name} exists; remove it"):
            train(LineTask(), tmp_path)
        (tmp_path / name).unlink()
    (tmp_path / "other.json").touch()
    train(LineTask(), tmp_path)


@pytest.mark.parametrize("name", ["file", "file/below", "no\0name"])
def test_a_folder_that_cannot_be_made_is_refused_before_the_first_step(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot make the folder"):
        train(LineTask(dies_at=0), tmp_path / name)


def test_the_largest_seed_trains(tmp_path: Path) -> None:
    assert train(LineTask(), tmp_path, n_steps=1, seed=MAX_SEED)["steps"] == 1


def test_a_run_longer_than_what_is_asked_for_is_no_success(tmp_path: Path) -> None:
    train(LineTask(), tmp_path)

    with pytest.raises(ConfigError, match="12 steps, more than n_steps = 9"):
        train(LineTask(), tmp_path, resume=True, n_steps=9)


def test_a_run_is_never_overwritten_and_never_mixed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no run to resume"):
        train(LineTask(), tmp_path, resume=True)
    train(LineTask(), tmp_path)
    with pytest.raises(ConfigError, match="already holds a run"):
        train(LineTask(), tmp_path)
    SETTINGS["width"] = 4
    try:
        with pytest.raises(ConfigError, match="other settings"):
            train(LineTask(), tmp_path, resume=True)
    finally:
        SETTINGS["width"] = 3


def test_the_rate_rises_stays_and_falls() -> None:
    config = LoopConfig(n_steps=100, learning_rate=1.0, warmup_steps=10, decay_share=0.2)
    rates = [config.rate(step) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[10:80] == [1.0] * 70
    assert rates[90] == pytest.approx(0.5)
    assert 0 < rates[99] <= 0.05


@pytest.mark.parametrize(
    "settings",
    [
        {"n_steps": 0},
        {"learning_rate": 0.0},
        {"learning_rate": math.inf},
        {"average_decay": 1.0},
        {"weight_decay": math.nan},
        {"warmup_steps": -1},
        {"seed": -1},
        {"seed": 2**63 - 1},
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="must"):
        LoopConfig(**{"n_steps": 1, **settings})


def load_extra(folder: Path) -> Mapping[str, Any]:
    return load(folder / STATE).extra


class PublishingTask(LineTask):
    """Writes its files; killed after so many of them, where told to."""

    def __init__(self, n_written: int | None = None) -> None:
        super().__init__()
        self.n_written, self.folder = n_written, Path()

    def publish(self, module: nn.Module, record: Mapping[str, Any]) -> None:
        for index, name in enumerate(self.files):
            if index == self.n_written:
                raise KilledError
            (self.folder / name).write_text(str(record["steps"]))
        super().publish(module, record)


@pytest.mark.parametrize("n_written", [0, 1])
@pytest.mark.parametrize("validate_every", [1, 4, 12])
def test_a_run_killed_while_it_first_publishes_can_go_on(
    tmp_path: Path, validate_every: int, n_written: int
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    every = {"validate_every": validate_every, "save_every": 12}
    record = train(LineTask(), whole, **every)
    killed, resumed = PublishingTask(n_written), PublishingTask()
    killed.folder = resumed.folder = broken

    with pytest.raises(KilledError):
        train(killed, broken, **every)
    again = train(resumed, broken, resume=True, **every)

    assert again["history"] == record["history"]
    assert [(broken / name).read_text() for name in resumed.files] == ["12", "12"]
    expected, got = weights(whole), weights(broken)
    assert all(torch.equal(expected[name], got[name]) for name in expected)


def test_a_run_that_has_ended_publishes_nothing_anew(tmp_path: Path) -> None:
    task, again = PublishingTask(), PublishingTask()
    task.folder = again.folder = tmp_path
    train(task, tmp_path)
    train(again, tmp_path, resume=True)
    assert again.published == []


def test_settings_that_an_older_version_had_do_not_stop_a_run_from_going_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = {**SETTINGS, "loss": {"heard": 0.0}, "loop": {"n_steps": 12, "gone": 1}}
    with monkeypatch.context() as before:
        before.setattr(f"{__name__}.SETTINGS", older)
        with pytest.raises(KilledError):
            train(LineTask(dies_at=7), tmp_path)
    assert train(LineTask(), tmp_path, resume=True)["steps"] == 12


def forge(folder: Path, **changes: Any) -> None:
    """Write the newest state anew with other parts."""
    old = load(folder / STATE)
    parts = {"kind": old.kind, "config": old.config, "tensors": old.tensors} | changes
    extra = {**old.extra, **changes.get("extra", {})}
    save(folder / STATE, parts["kind"], parts["config"], parts["tensors"], extra=extra)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "vqvae2"}, "is a model of kind 'vqvae2'; expected the state of a run"),
        ({"config": {}}, "damaged state of a run"),
        ({"extra": {"history": 5}}, "damaged state of a run"),
        ({"extra": {"cost": {"joules": 1}}}, "damaged state of a run"),
        ({"tensors": {}}, "lacks the weights"),
        ({"tensors": {"optimizer.0": torch.zeros(1)}}, "lacks the weights"),
    ],
)
def test_a_state_that_is_something_else_is_refused_in_one_line(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    train(LineTask(), tmp_path, n_steps=3, save_every=3)
    (tmp_path / PREVIOUS).unlink(missing_ok=True)
    forge(tmp_path, **changes)
    with pytest.raises(CheckpointError, match=message) as caught:
        train(LineTask(), tmp_path, resume=True)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "tensor"),
    [
        ("optimizer.0.exp_avg", torch.zeros(2, 2)),
        ("optimizer.99.exp_avg", torch.zeros(2, 2)),
        ("optimizer.exp_avg", torch.zeros(2, 2)),
        ("module.0.weight", torch.zeros(2, 2)),
    ],
)
def test_a_state_of_another_model_is_refused_in_one_line(
    tmp_path: Path, name: str, tensor: Tensor
) -> None:
    train(LineTask(), tmp_path, n_steps=3, save_every=3)
    forge(tmp_path, tensors={**load(tmp_path / STATE).tensors, name: tensor})
    with pytest.raises(CheckpointError):
        train(LineTask(), tmp_path, resume=True)


def test_a_run_that_is_refused_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(KilledError):
        train(LineTask(dies_at=0), tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []
