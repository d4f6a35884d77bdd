"""Train a network to predict masked codes."""

import math
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from timbrush import seeds
from timbrush.checkpoints import save_inpainter
from timbrush.inpainting.contract import Inpainter, LevelLogProbabilities
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.inpainting.measuring.likelihood import measure_likelihood
from timbrush.inpainting.measuring.painting import paint
from timbrush.inpainting.measuring.strength_curve import measure_strength
from timbrush.inpainting.networks.lstm import LSTM, LSTMConfig
from timbrush.inpainting.networks.network import PatchInpainter
from timbrush.inpainting.networks.transformer import Transformer, TransformerConfig
from timbrush.inpainting.strength import UNMEASURED
from timbrush.tensors import Codemaps, Masks
from timbrush.training.inpainters.batches import HeldOut, held_out, read_pair
from timbrush.training.inpainters.calibration import calibrate
from timbrush.training.inpainters.config import InpainterRunConfig
from timbrush.training.inpainters.folds import Fold, fit_in_folds
from timbrush.training.loop import processes
from timbrush.training.loop.publication import CHART, RECORD, brief, write_beside

N_STRENGTH = 48
"""Sounds on which the strength curve is measured."""


class InpainterTask:
    """Trains a network to predict masked codes; see ``loop.task.Task``."""

    def __init__(self, config: InpainterRunConfig, device: torch.device) -> None:
        assert config.loop is not None, "checked by the config"
        torch.manual_seed(config.loop.seed)
        self.config = config
        self.device = device
        self._train, self._valid = read_pair(config.data)
        self.shape = self._train.shape
        naive_bayes, self._folds = fit_in_folds(self._train)
        network = _network(config, naive_bayes)
        self.module: nn.Module = network.to(device)
        self._judged = held_out(self._valid, config.data.n_valid)

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the checkpoint, the record and the chart."""
        return (self._checkpoint, RECORD, CHART)

    @property
    def _checkpoint(self) -> str:
        return f"{self.module.name}.safetensors"

    def loss(self, module: nn.Module, seed: tuple[int, ...]) -> tuple[Tensor, dict[str, float]]:
        """Return the cross-entropy of masked codes of a batch, in nats.

        A level counts as the square root of its cells: else the coarse codes, a fifth of all
        and what the fine ones hang on, would hardly count. All sounds of a batch are of one
        fold, and judged with the Naive Bayes of the others.
        """
        data = self.config.data
        generator = seeds.generator(*seed)
        spread = data.crop_columns - data.least_columns + 1
        n_columns = data.least_columns + int(torch.randint(spread, (1,), generator=generator))
        fold = self._fold(generator)
        batch = fold.codes.random_crops(data.batch_size, n_columns, generator)
        masks = paint(self.shape, data.batch_size, n_columns, generator)
        evidence = tuple(
            scores.to(self.device)
            for scores in fold.others.scores(batch.codemaps, masks, masks, radius=1.0)
        )
        codemaps = tuple(codes.to(self.device) for codes in batch.codemaps)
        masks = tuple(mask.to(self.device) for mask in masks)
        logits = module(codemaps, masks, masks, evidence)
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
        """Return a fold by chance, each as often as it has sounds."""
        sizes = torch.tensor([float(len(fold.codes)) for fold in self._folds])
        return self._folds[int(torch.multinomial(sizes, 1, generator=generator))]

    @torch.no_grad()
    def validate(self, module: nn.Module) -> dict[str, float]:
        """Return bits per code and accuracy under the same rectangles as ever."""
        assert isinstance(module, PatchInpainter), "this task trains networks over patches"
        if self.device.type != "cpu":  # codes are drawn and judged on the CPU
            module = deepcopy(module).cpu()
        told = measure_likelihood(_Masked(module), self._judged.codemaps, self._judged.masks)
        levels = {f"bits_{n}": bits for n, bits in enumerate(told.level_bits)}
        return {"bits": told.bits_per_code, "accuracy": told.accuracy, **levels}

    def publish(self, module: nn.Module, record: Mapping[str, Any]) -> None:
        """Write the checkpoint, in the end with its curve, the record and the chart."""
        assert isinstance(module, LSTM | Transformer), "this task trains networks"
        assert self.config.loop is not None, "checked by the config"
        path = Path(self.config.output) / self._checkpoint
        seen = processes.sounds_seen(record["steps"], self.config.data.batch_size)
        counted = {**record, "sounds_seen": seen}
        if record["steps"] == self.config.loop.n_steps:
            module = _with_curve(module, UNMEASURED)
            calibrate(module, self._judged)
            counted |= {
                "calibrated": self.validate(module),
                "shares": module.trust.shares.tolist(),
            }
            module = _with_curve(module, strength(module, self._judged))
        fingerprint = save_inpainter(
            path,
            module,
            codec=self._train.fingerprint,
            extra={"training": brief(counted)},
        )
        write_beside(path, {**counted, "fingerprint": fingerprint})


class _Masked:
    """A network that judges masked codes alone, as a validation reads no others: a ninth."""

    def __init__(self, network: PatchInpainter) -> None:
        self._network = network

    def log_probabilities(
        self, codemaps: Codemaps, masks: Masks, *, radius: float
    ) -> LevelLogProbabilities:
        """Return log p of masked codes; 0 elsewhere."""
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


def strength(inpainter: Inpainter, judged: HeldOut) -> tuple[float, ...]:
    """Return the strength curve of an inpainter on the first held-out sounds."""
    some = tuple(codes[:N_STRENGTH] for codes in judged.codemaps)
    painted = tuple(mask[:N_STRENGTH] for mask in judged.masks)
    return measure_strength(inpainter, some, painted, seed=0)
