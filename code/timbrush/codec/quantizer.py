"""Latents to codes and back: the vector quantizer and three ways to keep its codebook alive."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.distributed as dist
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from timbrush.errors import ConfigError
from timbrush.tensors import Cells, Codemap, Latents

Vectors = Float[Tensor, "vector feature"]
Codebook = Float[Tensor, "codeword feature"]
Indices = Int[Tensor, " vector"]


@dataclass(frozen=True, kw_only=True)
class QuantizerConfig:
    """Settings of a vector quantizer; each improvement can be turned on alone.

    Args:
        codebook_size: Number of codewords.
        n_features: Length of a codeword; latents are projected to it.
        commitment: Weight of the commitment loss.
        unit_norm: Compare directions only: latents and codewords have length one.
        ema_decay: Decay of the moving averages that place the codewords; 0 trains them by
            gradient with the codebook loss instead.
        restart_below: A codeword whose moving count of uses per batch falls below this share
            of an even use is moved onto a latent of the batch; 0 never does.
        kmeans_steps: Steps of k-means that place the codewords on the first batch; 0 starts
            them at random.

    Raises:
        ConfigError: For settings that cannot work.
    """

    codebook_size: int = 512
    n_features: int = 16
    commitment: float = 0.25
    unit_norm: bool = True
    ema_decay: float = 0.98
    restart_below: float = 0.2
    kmeans_steps: int = 10

    def __post_init__(self) -> None:
        if self.codebook_size < 2:
            raise ConfigError(f"codebook_size must be at least 2, got {self.codebook_size}")
        if self.n_features < 1:
            raise ConfigError(f"n_features must be at least 1, got {self.n_features}")
        if not 0 <= self.ema_decay < 1:
            raise ConfigError(f"ema_decay must lie in 0 to 1, got {self.ema_decay}")
        if self.commitment < 0 or self.restart_below < 0 or self.kmeans_steps < 0:
            raise ConfigError("commitment, restart_below and kmeans_steps must not be negative")


class Quantized(NamedTuple):
    """What a quantizer returns: the rounded latents, their codes and the loss."""

    latents: Cells
    codes: Codemap
    loss: Float[Tensor, ""]


class VectorQuantizer(nn.Module):
    """Rounds each latent to its nearest codeword.

    Forward, the result is the codeword; backward, the gradient passes as if nothing had been
    rounded (straight-through), and the commitment loss pulls latents to their codewords.

    Source: van den Oord et al. 2017, section 3.2, equation 3.
    """

    codewords: Tensor
    counts: Tensor
    sums: Tensor
    started: Tensor

    def __init__(self, config: QuantizerConfig, *, n_channels: int) -> None:
        super().__init__()
        self.config = config
        self.project_in = nn.Linear(n_channels, config.n_features)
        self.project_out = nn.Linear(config.n_features, n_channels)
        codewords = torch.randn(config.codebook_size, config.n_features)
        codewords = functional.normalize(codewords, dim=-1)
        if config.ema_decay:
            self.register_buffer("codewords", codewords)
        else:
            self.codewords = nn.Parameter(codewords)
        # The averages start as one use of each codeword: nothing divides by zero, and
        # restarts wait until the averages know better.
        even = torch.ones(config.codebook_size)
        self.register_buffer("counts", even)
        self.register_buffer("sums", codewords.clone())
        self.register_buffer("started", torch.tensor(config.kmeans_steps == 0))

    def forward(self, latents: Cells) -> Quantized:
        """Round latents of ``n_channels`` features; return as many features.

        In training, the moving averages, restarts and the k-means start act here, on this
        batch; in evaluation nothing changes.
        """
        projected = self._project(latents)
        vectors = projected.reshape(-1, self.config.n_features)  # (B·R·C) F
        if self.training:
            self._start(vectors.detach())
        codes = nearest_codes(vectors.detach(), self._codebook().detach())
        chosen = functional.embedding(codes, self._codebook())
        loss = self._loss(vectors, chosen)
        if self.training:
            self._learn(vectors.detach(), codes)
        rounded = straight_through(vectors, chosen).reshape(projected.shape)
        return Quantized(self.project_out(rounded), codes.reshape(projected.shape[:-1]), loss)

    def encode(self, latents: Cells) -> Codemap:
        """Return the nearest codes, changing nothing."""
        projected = self._project(latents)
        vectors = projected.reshape(-1, self.config.n_features)
        return nearest_codes(vectors, self._codebook()).reshape(projected.shape[:-1])

    def decode(self, codes: Codemap) -> Cells:
        """Return the latents that the codes stand for."""
        latents: Tensor = self.project_out(functional.embedding(codes, self._codebook()))
        return latents

    def _project(self, latents: Cells) -> Latents:
        projected: Tensor = self.project_in(latents).float()
        return functional.normalize(projected, dim=-1) if self.config.unit_norm else projected

    def _codebook(self) -> Codebook:
        # A codebook trained by gradient leaves the sphere; its averaged twin never does.
        if self.config.unit_norm and not self.config.ema_decay:
            return functional.normalize(self.codewords, dim=-1)
        return self.codewords

    def _loss(self, vectors: Vectors, chosen: Vectors) -> Float[Tensor, ""]:
        commitment = functional.mse_loss(vectors, chosen.detach())
        loss = self.config.commitment * commitment
        if not self.config.ema_decay:
            loss = loss + functional.mse_loss(chosen, vectors.detach())
        return loss

    @torch.no_grad()
    def _start(self, vectors: Vectors) -> None:
        if self.started:
            return
        codewords = kmeans(vectors, self.config.codebook_size, self.config.kmeans_steps)
        if codewords.isfinite().all():  # else the next batch may start them
            self._place(torch.arange(len(codewords), device=vectors.device), codewords)
            self.started.fill_(True)

    @torch.no_grad()
    def _learn(self, vectors: Vectors, codes: Indices) -> None:
        counts, sums = code_statistics(vectors, codes, self.config.codebook_size)
        if not sums.isfinite().all():  # one bad batch must not end a night's run
            return
        decay = self.config.ema_decay or 0.99
        self.counts.mul_(decay).add_(counts, alpha=1 - decay)
        self.sums.mul_(decay).add_(sums, alpha=1 - decay)
        if self.config.ema_decay:
            means = self.sums / self.counts.clamp(min=1e-5)[:, None]
            self.codewords.copy_(
                functional.normalize(means, dim=-1) if self.config.unit_norm else means
            )
        if self.config.restart_below:
            self._restart(vectors)

    def _restart(self, vectors: Vectors) -> None:
        """Move unused codewords onto latents of the batch (Dhariwal et al. 2020, 3.1)."""
        even = self.counts.sum() / self.config.codebook_size
        unused = (self.counts < self.config.restart_below * even).nonzero().squeeze(1)
        if len(unused):
            self._place(unused, draw_vectors(vectors, len(unused)), count=float(even))

    def _place(self, codes: Indices, vectors: Vectors, *, count: float = 1.0) -> None:
        if self.config.unit_norm:
            vectors = functional.normalize(vectors, dim=-1)
        with torch.no_grad():
            self.codewords[codes] = vectors
        self.counts[codes] = count
        self.sums[codes] = vectors * count


def nearest_codes(vectors: Vectors, codewords: Codebook) -> Indices:
    """Return the index of the nearest codeword (Euclidean) of each vector; the lower on a tie.

    The squared distance is expanded, |v - c|² = |v|² - 2 v·c + |c|², and |v|² left out.
    """
    with _full_precision(vectors.device.type):  # small differences decide
        scores = torch.addmm(codewords.square().sum(1), vectors, codewords.T, beta=-0.5)
    if scores.is_cpu:  # NumPy takes a tenth of the time that torch takes there
        return torch.from_numpy(scores.detach().numpy().argmax(axis=1))
    return scores.argmax(dim=1)


def _full_precision(device: str) -> AbstractContextManager[object]:
    if torch.amp.is_autocast_available(device):
        return torch.autocast(device, enabled=False)
    return nullcontext()


def straight_through(vectors: Vectors, chosen: Vectors) -> Vectors:
    """Forward ``chosen``, backward the identity on ``vectors``."""
    return vectors + (chosen - vectors).detach()


def code_statistics(
    vectors: Vectors, codes: Indices, codebook_size: int
) -> tuple[Float[Tensor, " codeword"], Codebook]:
    """Return how often each code was used and the sum of its vectors, over all processes."""
    counts = torch.bincount(codes, minlength=codebook_size).to(vectors.dtype)
    sums = torch.zeros(
        codebook_size, vectors.shape[1], dtype=vectors.dtype, device=vectors.device
    )
    sums.index_add_(0, codes, vectors)
    if dist.is_available() and dist.is_initialized():
        dist.all_reduce(counts)
        dist.all_reduce(sums)
    return counts, sums


def draw_vectors(vectors: Vectors, n: int) -> Codebook:
    """Draw ``n`` of the batch's vectors (with a little noise where they must repeat).

    All processes of a distributed run get the draw of the first.
    """
    if len(vectors) >= n:
        drawn = vectors[torch.randperm(len(vectors), device=vectors.device)[:n]]
    else:
        drawn = vectors[torch.randint(len(vectors), (n,), device=vectors.device)]
        drawn = drawn + 0.01 * vectors.std() * torch.randn_like(drawn)
    if dist.is_available() and dist.is_initialized():
        dist.broadcast(drawn, src=0)
    return drawn


def kmeans(vectors: Vectors, codebook_size: int, n_steps: int) -> Codebook:
    """Lloyd's k-means from vectors of the batch; a centre that loses all its vectors stays."""
    centres = draw_vectors(vectors, codebook_size).clone()
    for _ in range(n_steps):
        counts, sums = code_statistics(vectors, nearest_codes(vectors, centres), codebook_size)
        means = sums / counts.clamp(min=1)[:, None]
        centres = torch.where(counts[:, None] > 0, means, centres)
    return centres


def perplexity(codes: Int[Tensor, "..."], codebook_size: int) -> float:
    """Return exp(entropy) of the codes: how many codewords an even use would have."""
    shares = torch.bincount(codes.flatten(), minlength=codebook_size).double() / codes.numel()
    return float(torch.exp(torch.special.entr(shares).sum()))
