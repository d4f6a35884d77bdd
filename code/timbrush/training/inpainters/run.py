"""Train or fit the inpainter that a run file describes."""

from pathlib import Path
from typing import Any

import torch

from timbrush.checkpoints import save_inpainter
from timbrush.config import to_dict
from timbrush.energy import Meter, run_record, write_record
from timbrush.errors import ConfigError
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.inpainting.counting.pairwise import PairwiseProduct
from timbrush.inpainting.measuring.likelihood import Likelihood, measure_likelihood
from timbrush.training.inpainters.batches import HeldOut, held_out, read_pair
from timbrush.training.inpainters.config import InpainterRunConfig
from timbrush.training.inpainters.folds import fit_in_folds
from timbrush.training.inpainters.task import InpainterTask, strength
from timbrush.training.loop.publication import RECORD
from timbrush.training.loop.run import run_as_told
from timbrush.training.loop.state import check_new

FILES = ("naive-bayes.safetensors", RECORD)
"""What ``fit_naive_bayes`` writes."""


def train(
    config: InpainterRunConfig, *, resume: bool = False, device: str = "cpu"
) -> dict[str, Any]:
    """Train an inpainter as the run file says; return the record of the run.

    Raises:
        ConfigError: If the output folder and ``resume`` contradict each other, or different
            codecs made the codemaps.
        DatasetError: If the codemaps cannot be read.
    """
    if config.naive_bayes is not None:
        if resume:
            raise ConfigError("Naive Bayes only counts, in one go; leave --resume out")
        return fit_naive_bayes(config)
    return run_as_told(InpainterTask(config, torch.device(device)), config, resume=resume)


def fit_naive_bayes(config: InpainterRunConfig) -> dict[str, Any]:
    """Count, choose smoothing and weights, measure the strength curves, write.

    Returns:
        The record of the run.

    Raises:
        ConfigError: If the output folder holds another's results, or different codecs made
            the codemaps.
        DatasetError: If the codemaps cannot be read.
    """
    assert config.naive_bayes is not None, "checked by the config"
    check_new(Path(config.output), FILES)
    train_codes, valid_codes = read_pair(config.data)
    judged = held_out(valid_codes, config.data.n_valid)
    with Meter() as meter:
        models = {
            alpha: fit_in_folds(train_codes, alpha=alpha)[0]
            for alpha in config.naive_bayes.alphas
        }
    fit_reading = meter.reading
    with Meter() as meter:
        fits = {alpha: _likelihood(model, judged) for alpha, model in models.items()}
        alpha = min(fits, key=lambda a: fits[a].bits_per_code)
        fitted = with_curves(models[alpha], judged)
    record = run_record(
        fit_reading, what="fitting Naive Bayes by counting and weighing", seed=0
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
    checkpoint, record_file = (Path(config.output) / name for name in FILES)
    fingerprint = save_inpainter(
        checkpoint,
        fitted,
        codec=train_codes.fingerprint,
        extra={"training": record},
    )
    record["fingerprint"] = fingerprint
    write_record(record_file, record)
    return record


def with_curves(fitted: NaiveBayes, judged: HeldOut) -> NaiveBayes:
    """Return Naive Bayes with the measured strength curves of itself and of the product."""
    product = PairwiseProduct(fitted)
    return fitted.with_strength_curves(strength(fitted, judged), strength(product, judged))


def _likelihood(inpainter: NaiveBayes, judged: HeldOut) -> Likelihood:
    return measure_likelihood(inpainter, judged.codemaps, judged.masks)
