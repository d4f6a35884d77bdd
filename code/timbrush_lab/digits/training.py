"""Train a VQ-VAE of handwritten digits, the test bench of the quantizer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from timbrush.checkpoints import save_codec
from timbrush.codec.quantizer import perplexity
from timbrush.codec.vqvae import VQVAE, VQVAEConfig
from timbrush.effect.bundled import CODEC_FILE
from timbrush.errors import ConfigError
from timbrush.training.loop.config import LoopConfig
from timbrush.training.loop.publication import CHART, RECORD, write_beside
from timbrush.training.loop.run import run_as_told
from timbrush_lab.digits.images import Digits, bundled_digits, read_mnist

BUNDLED = "digits"


@dataclass(frozen=True, kw_only=True)
class DigitsConfig:
    """Which digits and how many are seen at once.

    Args:
        folder: Folder with MNIST's four official files; ``digits`` stands for the small ones
            that come with scikit-learn.
        batch_size: Images a step.
        n_valid: Validation images used during training; 0 for all.

    Raises:
        ConfigError: For sizes below one.
    """

    folder: str = BUNDLED
    batch_size: int = 64
    n_valid: int = 1000

    def __post_init__(self) -> None:
        if self.batch_size < 1 or self.n_valid < 0:
            raise ConfigError("batch_size must be at least 1 and n_valid at least 0")


@dataclass(frozen=True, kw_only=True)
class MnistRunConfig:
    """A whole run: ``timbrush-lab train-digits experiments/mnist.toml`` reads it.

    Args:
        output: Folder of the state, the checkpoint, the record and the chart.
        digits: The images.
        loop: The training loop.
        codec: Sizes of the VQ-VAE; an image is a spectrogram of 28 bins and 28 frames.
    """

    output: str
    digits: DigitsConfig
    loop: LoopConfig
    codec: VQVAEConfig = field(default_factory=VQVAEConfig)


class MnistTask:
    """Trains a VQ-VAE on images of digits; see ``loop.Task``."""

    files = (CODEC_FILE, RECORD, CHART)

    def __init__(self, config: MnistRunConfig, device: torch.device) -> None:
        torch.manual_seed(config.loop.seed)
        self.config = config
        self.module: nn.Module = VQVAE(config.codec).to(device)
        self._train = read_digits(config.digits.folder, "train").images.to(device)
        self._valid = read_digits(config.digits.folder, "valid").images.to(device)

    def loss(self, module: nn.Module, seed: tuple[int, ...]) -> tuple[Tensor, dict[str, float]]:
        """Return the mean squared error of a batch plus the quantizer's loss.

        The error is divided by the variance of the pixels, so that the commitment weighs the
        same as in the paper.

        Source: van den Oord et al. 2017, equation 3, and its published code for the variance.
        """
        n_images = self.config.digits.batch_size
        chosen = np.random.default_rng(seed).integers(len(self._train), size=n_images)
        images = self._train[torch.from_numpy(chosen).to(self._train.device)]
        restored = module(images)
        error = functional.mse_loss(restored.spectrogram.float(), images)
        return error / images.var() + restored.loss, {"error": float(error.detach())}

    @torch.no_grad()
    def validate(self, module: nn.Module) -> dict[str, float]:
        """Return the mean squared error and the codebook's perplexity on validation images."""
        assert isinstance(module, VQVAE), "this task trains a VQVAE"
        images = self._valid[: self.config.digits.n_valid or None]
        (codemap,) = module.encode(images)
        error = functional.mse_loss(module.decode((codemap,)), images)
        size = self.config.codec.quantizer.codebook_size
        return {"error": float(error), "perplexity": perplexity(codemap, size)}

    def publish(self, module: nn.Module, record: Mapping[str, Any]) -> None:
        """Write the codec, the record and the chart."""
        path = Path(self.config.output) / CODEC_FILE
        fingerprint = save_codec(path, module)
        write_beside(path, {**record, "fingerprint": fingerprint})


def read_digits(folder: str, split: str) -> Digits:
    """Read MNIST, or scikit-learn's digits where ``folder`` says ``digits``."""
    return bundled_digits(split) if folder == BUNDLED else read_mnist(Path(folder), split)


def train(
    config: MnistRunConfig, *, resume: bool = False, device: str = "cpu"
) -> dict[str, Any]:
    """Train a VQ-VAE of digits as the run file says, and return the record of the run.

    Raises:
        ConfigError: If the output folder and ``resume`` contradict each other.
        DatasetError: If the digits cannot be read.
    """
    return run_as_told(MnistTask(config, torch.device(device)), config, resume=resume)
