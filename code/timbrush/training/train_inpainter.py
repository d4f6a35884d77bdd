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
from timbrush.datasets.codemaps import CodemapSet
from timbrush.energy import Meter, run_record, write_record
from timbrush.errors import ConfigError
from timbrush.inpainting.contract import CodeShape
from timbrush.inpainting.ladder import derived
from timbrush.inpainting.likelihood import Likelihood, measure_likelihood
from timbrush.inpainting.lstm import LSTM, LSTMConfig, LSTMSizes
from timbrush.inpainting.naive_bayes import NaiveBayes
from timbrush.inpainting.neighbour_counts import NeighbourCounts, count
from timbrush.inpainting.network import PatchInpainter
from timbrush.inpainting.painting import paint
from timbrush.inpainting.strength_curve import measure_strength
from timbrush.inpainting.transformer import Transformer, TransformerConfig, TransformerSizes
from timbrush.training.chart import draw_history
from timbrush.training.code_batches import (
    CodesConfig,
    HeldOut,
    batches,
    code_shape,
    held_out,
    read_pair,
)
from timbrush.training.loop import LoopConfig, run
from timbrush.training.progress import Progress

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

    alphas: tuple[float, ...] = (0.05, 0.1, 0.2, 0.5)

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
    """Count, choose the smoothing, measure the strength curves, write; answer the record."""
    assert config.naive_bayes is not None, "checked by the config"
    train_codes, valid_codes = read_pair(config.data)
    judged = held_out(valid_codes, config.data.n_valid, seed=config.seed)
    with Meter() as meter:
        counts = count(batches(train_codes), code_shape(train_codes))
    fit_reading = meter.reading
    with Meter() as meter:
        fits = {
            alpha: _likelihood(NaiveBayes.from_counts(counts, alpha=alpha), judged)
            for alpha in config.naive_bayes.alphas
        }
        alpha = min(fits, key=lambda a: fits[a].bits_per_code)
        fitted = with_curves(counts, alpha, judged, config.seed)
    record = run_record(
        fit_reading, what="fitting Naive Bayes by counting", seed=config.seed
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


def with_curves(
    counts: NeighbourCounts, alpha: float, judged: HeldOut, seed: int
) -> NaiveBayes:
    """Answer Naive Bayes with the measured strength curves of itself and of the product."""
    fitted = NaiveBayes.from_counts(counts, alpha=alpha)
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
        network = _network(config, self.shape)
        _start_from_histogram(network, self._train)
        self.module: nn.Module = network.to(device)
        self._judged = held_out(self._valid, config.data.n_valid, seed=config.seed)

    def loss(self, module: nn.Module, seed: tuple[int, ...]) -> tuple[Tensor, dict[str, float]]:
        """Answer the cross-entropy of masked codes of a batch, in nats."""
        data = self.config.data
        state = np.random.SeedSequence(seed).generate_state(1, np.uint64)[0]
        generator = torch.Generator().manual_seed(int(state >> 1))
        spread = data.crop_columns - data.least_columns + 1
        n_columns = data.least_columns + int(torch.randint(spread, (1,), generator=generator))
        batch = self._train.random_crops(data.batch_size, n_columns, generator)
        masks = paint(self.shape, data.batch_size, n_columns, generator)
        told = torch.rand(2, data.batch_size, generator=generator) < self.config.label_share
        codemaps = tuple(codes.to(self.device) for codes in batch.codemaps)
        masks = tuple(mask.to(self.device) for mask in masks)
        pitch, family = (
            torch.where(tell, label, -1).to(self.device)
            for tell, label in zip(told, (batch.pitch, batch.family), strict=True)
        )
        logits = module(codemaps, masks, masks, pitch, family)
        losses = [
            F.cross_entropy(level.float(), codes[mask], reduction="sum")
            for level, codes, mask in zip(logits, codemaps, masks, strict=True)
        ]
        n_cells = sum(int(mask.sum()) for mask in masks)
        loss = torch.stack(losses).sum() / n_cells
        return loss, {"bits": float(loss.detach()) / math.log(2)}

    @torch.no_grad()
    def validate(self, module: nn.Module) -> dict[str, float]:
        """Answer bits per code and accuracy under the same rectangles as ever."""
        assert isinstance(module, PatchInpainter), "this task trains networks over patches"
        told = _likelihood(module, self._judged)
        return {"bits": told.bits_per_code, "accuracy": told.accuracy}

    def publish(self, module: nn.Module, record: Mapping[str, Any]) -> None:
        """Write checkpoint, ``record.json`` and ``history.png``; in the end with its curve."""
        assert isinstance(module, LSTM | Transformer), "this task trains networks"
        assert self.config.loop is not None, "checked by the config"
        folder = Path(self.config.output)
        if record["steps"] == self.config.loop.n_steps:
            module = _with_curve(module, _strength(module, self._judged, self.config.seed))
        counted = {**record, "sounds_seen": record["steps"] * self.config.data.batch_size}
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


def _network(config: InpainterRunConfig, shape: CodeShape) -> LSTM | Transformer:
    if config.transformer is not None:
        return Transformer(TransformerConfig(shape=shape, sizes=config.transformer))
    assert config.lstm is not None, "checked by the config"
    return LSTM(LSTMConfig(shape=shape, sizes=config.lstm))


def _start_from_histogram(network: PatchInpainter, codes: CodemapSet) -> None:
    """Let the untrained network know how often each code is in each row: hundreds of steps."""
    for level, codemap in enumerate(codes.levels):
        size = codes.codebook_sizes[level]
        rows = torch.arange(len(codemap))[:, None] * size
        counts = torch.bincount((codemap + rows).flatten(), minlength=len(codemap) * size)
        network.head.start_from(level, counts.view(len(codemap), size))


def _with_curve(module: LSTM | Transformer, curve: tuple[float, ...]) -> LSTM | Transformer:
    changed: LSTM | Transformer
    if isinstance(module, LSTM):
        changed = LSTM(replace(module.config, strength_curve=curve))
    else:
        changed = Transformer(replace(module.config, strength_curve=curve))
    changed.load_state_dict(module.state_dict())
    return changed.eval()


def _likelihood(inpainter: NaiveBayes | PatchInpainter, judged: HeldOut) -> Likelihood:
    return measure_likelihood(inpainter, judged.codemaps, judged.masks)


def _strength(inpainter: Any, judged: HeldOut, seed: int) -> tuple[float, ...]:
    some = tuple(codes[:N_STRENGTH] for codes in judged.codemaps)
    painted = tuple(mask[:N_STRENGTH] for mask in judged.masks)
    return measure_strength(inpainter, some, painted, seed=seed)
