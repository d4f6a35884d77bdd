"""A run file and extracted codemaps to a trained inpainter."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from timbrush.checkpoints import save_inpainter
from timbrush.config import to_dict
from timbrush.energy import Meter, run_record, write_record
from timbrush.errors import ConfigError
from timbrush.inpainting.contract import LevelLogProbabilities
from timbrush.inpainting.ladder import derived
from timbrush.inpainting.likelihood import Likelihood, measure_likelihood
from timbrush.inpainting.lstm import LSTM, LSTMConfig, LSTMSizes
from timbrush.inpainting.naive_bayes import NaiveBayes
from timbrush.inpainting.network import PatchInpainter
from timbrush.inpainting.painting import paint
from timbrush.inpainting.strength import UNMEASURED
from timbrush.inpainting.strength_curve import measure_strength
from timbrush.inpainting.transformer import Transformer, TransformerConfig, TransformerSizes
from timbrush.tensors import Codemaps, Masks
from timbrush.training.chart import draw_history
from timbrush.training.code_batches import CodesConfig, HeldOut, code_shape, held_out, read_pair
from timbrush.training.crossed import Fold, cross
from timbrush.training.loop import LoopConfig, run
from timbrush.training.progress import Progress
from timbrush.training.settle import settle

N_STRENGTH = 48
"""Sounds on which the strength curve is measured."""


@dataclass(frozen=True, kw_only=True)
class NaiveBayesFit:
    """How Naive Bayes is fitted.

    Args:
        alphas: Smoothing to choose from, by bits per code on the validation codemaps.

    Raises:
        ConfigError: If there are none, or one is not positive.
    """

    alphas: tuple[float, ...] = (0.1, 0.2)

    def __post_init__(self) -> None:
        if not self.alphas or min(self.alphas) <= 0:
            raise ConfigError(
                f"alphas must be positive numbers, at least one; got {self.alphas}"
            )


@dataclass(frozen=True, kw_only=True)
class InpainterRunConfig:
    """A whole run: ``timbrush train RUN.toml`` reads it. Exactly one rung is named.

    Args:
        output: Folder of the state, the checkpoint, the record and the chart.
        data: The codemaps.
        loop: The training loop; not for Naive Bayes, which only counts.
        naive_bayes: Fit Naive Bayes.
        lstm: Train an LSTM of these sizes.
        transformer: Train a Transformer of these sizes.
        alpha: Smoothing of the Naive Bayes that a network corrects.
        label_share: Share of the sounds of a batch whose pitch, and whose family, is told.
        seed: Start of the measurements' randomness.

    Raises:
        ConfigError: If no rung or several are named, or a network comes without a loop.
    """

    output: str
    data: CodesConfig
    loop: LoopConfig | None = None
    naive_bayes: NaiveBayesFit | None = None
    lstm: LSTMSizes | None = None
    transformer: TransformerSizes | None = None
    alpha: float = 0.2
    label_share: float = 0.4
    seed: int = 0

    def __post_init__(self) -> None:
        rungs = (self.naive_bayes, self.lstm, self.transformer)
        if sum(rung is not None for rung in rungs) != 1:
            raise ConfigError("a run needs one of [naive_bayes], [lstm] and [transformer]")
        if (self.naive_bayes is None) != (self.loop is not None):
            raise ConfigError("a network needs [loop], Naive Bayes does without")
        if not 0.0 <= self.label_share <= 1.0:
            raise ConfigError(f"label_share must lie in 0 to 1, got {self.label_share}")
        if not 0.0 < self.alpha < math.inf:
            raise ConfigError(f"alpha must be a positive number, got {self.alpha}")


def train(
    config: InpainterRunConfig, *, resume: bool = False, device: str = "cpu"
) -> dict[str, Any]:
    """Train an inpainter as the run file says; answer the record of the run.

    Raises:
        ConfigError: If the output folder and ``resume`` contradict each other, or different
            codecs made the codemaps.
        DatasetError: If the codemaps cannot be read.
    """
    if config.naive_bayes is not None:
        return fit_naive_bayes(config)
    assert config.loop is not None, "checked by the config"
    task = InpainterTask(config, torch.device(device))
    with Progress() as progress:
        return run(
            task,
            config.loop,
            Path(config.output),
            settings=to_dict(config),
            resume=resume,
            progress=progress,
        )


def fit_naive_bayes(config: InpainterRunConfig) -> dict[str, Any]:
    """Count, choose smoothing and weights, measure the strength curves, write.

    Returns:
        The record of the run.
    """
    assert config.naive_bayes is not None, "checked by the config"
    train_codes, valid_codes = read_pair(config.data)
    judged = held_out(valid_codes, config.data.n_valid, seed=config.seed)
    with Meter() as meter:
        models = {
            alpha: cross(train_codes, alpha=alpha, seed=config.seed)[0]
            for alpha in config.naive_bayes.alphas
        }
    fit_reading = meter.reading
    with Meter() as meter:
        fits = {alpha: _likelihood(model, judged) for alpha, model in models.items()}
        alpha = min(fits, key=lambda a: fits[a].bits_per_code)
        fitted = with_curves(models[alpha], judged, config.seed)
    record = run_record(
        fit_reading, what="fitting Naive Bayes by counting and weighing", seed=config.seed
    ) | {
        "alpha": alpha,
        "bits_of_alphas": {str(a): fits[a].bits_per_code for a in fits},
        "choosing_seconds": meter.reading.seconds,
        "n_sounds": len(train_codes),
        "steps": 1,
        "history": [
            {
                "step": 1,
                "bits": fits[alpha].bits_per_code,
                "accuracy": fits[alpha].accuracy,
            }
        ],
        "settings": to_dict(config),
    }
    folder = Path(config.output)
    fingerprint = save_inpainter(
        folder / "naive-bayes.safetensors",
        fitted,
        codec=train_codes.fingerprint,
        extra={"training": record},
    )
    record["fingerprint"] = fingerprint
    write_record(folder / "record.json", record)
    return record


def with_curves(fitted: NaiveBayes, judged: HeldOut, seed: int) -> NaiveBayes:
    """Answer Naive Bayes with the measured strength curves of itself and of the product."""
    own, pairwise = (
        _strength(derived(fitted)[name], judged, seed) for name in ("naive-bayes", "pairwise")
    )
    return fitted.with_strength_curves(own, pairwise)


class InpainterTask:
    """Trains a network to tell masked codes; see ``loop.Task``."""

    def __init__(self, config: InpainterRunConfig, device: torch.device) -> None:
        assert config.loop is not None, "checked by the config"
        torch.manual_seed(config.loop.seed)
        self.config = config
        self.device = device
        self._train, self._valid = read_pair(config.data)
        self.shape = code_shape(self._train)
        naive_bayes, self._folds = cross(self._train, alpha=config.alpha, seed=config.seed)
        network = _network(config, naive_bayes)
        self.module: nn.Module = network.to(device)
        self._judged = held_out(self._valid, config.data.n_valid, seed=config.seed)

    def loss(self, module: nn.Module, seed: tuple[int, ...]) -> tuple[Tensor, dict[str, float]]:
        """Answer the cross-entropy of masked codes of a batch, in nats.

        A level counts as the square root of its cells: else the coarse codes, a fifth of all
        and what the fine ones hang on, would hardly count. All sounds of a batch are of one
        fold, and judged with the Naive Bayes of the others.
        """
        data = self.config.data
        state = np.random.SeedSequence(seed).generate_state(1, np.uint64)[0]
        generator = torch.Generator().manual_seed(int(state >> 1))
        spread = data.crop_columns - data.least_columns + 1
        n_columns = data.least_columns + int(torch.randint(spread, (1,), generator=generator))
        fold = self._fold(generator)
        batch = fold.codes.random_crops(data.batch_size, n_columns, generator)
        masks = paint(self.shape, data.batch_size, n_columns, generator)
        told = torch.rand(2, data.batch_size, generator=generator) < self.config.label_share
        evidence = tuple(
            scores.to(self.device)
            for scores in fold.others.scores(batch.codemaps, masks, masks, radius=1.0)
        )
        codemaps = tuple(codes.to(self.device) for codes in batch.codemaps)
        masks = tuple(mask.to(self.device) for mask in masks)
        pitch, family = (
            torch.where(tell, label, -1).to(self.device)
            for tell, label in zip(told, (batch.pitch, batch.family), strict=True)
        )
        logits = module(codemaps, masks, masks, pitch, family, evidence)
        losses = torch.stack(
            [
                F.cross_entropy(level.float(), codes[mask], reduction="sum")
                for level, codes, mask in zip(logits, codemaps, masks, strict=True)
            ]
        )
        n_cells = losses.new_tensor([int(mask.sum()) for mask in masks])
        loss = (losses / n_cells.clamp(min=1).sqrt()).sum() / n_cells.sqrt().sum()
        bits = float(losses.detach().sum() / n_cells.sum()) / math.log(2)
        return loss, {"bits": bits}

    def _fold(self, generator: torch.Generator) -> Fold:
        """Answer a fold by chance, each as often as it has sounds."""
        sizes = torch.tensor([float(len(fold.codes)) for fold in self._folds])
        return self._folds[int(torch.multinomial(sizes, 1, generator=generator))]

    @torch.no_grad()
    def validate(self, module: nn.Module) -> dict[str, float]:
        """Answer bits per code and accuracy under the same rectangles as ever."""
        assert isinstance(module, PatchInpainter), "this task trains networks over patches"
        told = measure_likelihood(_Masked(module), self._judged.codemaps, self._judged.masks)
        levels = {f"bits_{n}": bits for n, bits in enumerate(told.level_bits)}
        return {"bits": told.bits_per_code, "accuracy": told.accuracy, **levels}

    def publish(self, module: nn.Module, record: Mapping[str, Any]) -> None:
        """Write checkpoint, ``record.json`` and ``history.png``; in the end with its curve."""
        assert isinstance(module, LSTM | Transformer), "this task trains networks"
        assert self.config.loop is not None, "checked by the config"
        folder = Path(self.config.output)
        counted = {**record, "sounds_seen": record["steps"] * self.config.data.batch_size}
        if record["steps"] == self.config.loop.n_steps:
            module = _with_curve(module, UNMEASURED)
            settle(module, self._judged)
            counted |= {
                "settled": self.validate(module),
                "shares": module.trust.shares.tolist(),
            }
            module = _with_curve(module, _strength(module, self._judged, self.config.seed))
        brief = {name: value for name, value in counted.items() if name != "history"}
        brief["last"] = record["history"][-1] if record["history"] else {}
        fingerprint = save_inpainter(
            folder / f"{module.name}.safetensors",
            module,
            codec=self._train.fingerprint,
            extra={"training": brief},
        )
        write_record(folder / "record.json", {**counted, "fingerprint": fingerprint})
        draw_history(folder / "history.png", record["history"])


class _Masked:
    """A network that judges masked codes alone, as a validation reads no others: a ninth."""

    def __init__(self, network: PatchInpainter) -> None:
        self._network = network

    def log_probabilities(
        self, codemaps: Codemaps, masks: Masks, *, radius: float
    ) -> LevelLogProbabilities:
        """Answer log p of masked codes; 0 elsewhere."""
        found = []
        logits = self._network.predict(codemaps, masks, masks)
        for codes, mask, level in zip(codemaps, masks, logits, strict=True):
            whole = level.new_zeros(*codes.shape, level.shape[1])
            whole[mask] = level.log_softmax(dim=1)
            found.append(whole)
        return tuple(found)


def _network(config: InpainterRunConfig, naive_bayes: NaiveBayes) -> LSTM | Transformer:
    shape, expert = naive_bayes.shape, naive_bayes.config
    network: LSTM | Transformer
    if config.transformer is not None:
        network = Transformer(
            TransformerConfig(shape=shape, sizes=config.transformer, naive_bayes=expert)
        )
    else:
        assert config.lstm is not None, "checked by the config"
        network = LSTM(LSTMConfig(shape=shape, sizes=config.lstm, naive_bayes=expert))
    network.naive_bayes = naive_bayes
    network.head.start_silent()
    return network


def _with_curve(module: LSTM | Transformer, curve: tuple[float, ...]) -> LSTM | Transformer:
    changed: LSTM | Transformer
    if isinstance(module, LSTM):
        changed = LSTM(replace(module.config, strength_curve=curve))
    else:
        changed = Transformer(replace(module.config, strength_curve=curve))
    changed.load_state_dict(module.state_dict())
    return changed.eval()


def _likelihood(inpainter: NaiveBayes, judged: HeldOut) -> Likelihood:
    return measure_likelihood(inpainter, judged.codemaps, judged.masks)


def _strength(inpainter: Any, judged: HeldOut, seed: int) -> tuple[float, ...]:
    some = tuple(codes[:N_STRENGTH] for codes in judged.codemaps)
    painted = tuple(mask[:N_STRENGTH] for mask in judged.masks)
    return measure_strength(inpainter, some, painted, seed=seed)
