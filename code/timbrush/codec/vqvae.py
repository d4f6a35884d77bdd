"""Spectrogram (or image) to one codemap and back: VQ-VAE."""

from dataclasses import dataclass, field

import torch
from torch import nn
from torch.nn import functional

from timbrush.audio.levels import Levels
from timbrush.codec.contract import Grid, Reconstruction, WithoutLevels
from timbrush.codec.layers import BandJoin, BandSplit, Block, RowMixer, edges
from timbrush.codec.quantizer import QuantizerConfig, VectorQuantizer
from timbrush.codemaps import CodeShape
from timbrush.errors import ConfigError
from timbrush.tensors import Cells, Codemaps, Spectrogram


@dataclass(frozen=True, kw_only=True)
class VQVAEConfig:
    """Sizes of a VQ-VAE; the defaults read a 28 x 28 image as 7 x 7 cells.

    Args:
        row_heights: Bins of each row, low first.
        frames_per_column: Frames of a cell.
        n_bins: Bins of the spectrogram; those above the last row are taken for silent.
        n_channels: Channels inside.
        expansion: Hidden channels of a block as a multiple of ``n_channels``.
        n_encoder_blocks: Blocks before the codes.
        n_decoder_blocks: Blocks after them.
        kernel: Rows and columns that a block sees.
        quantizer: Settings of the quantizer.

    Raises:
        ConfigError: For sizes that do not fit together.
    """

    row_heights: tuple[int, ...] = (4,) * 7
    frames_per_column: int = 4
    n_bins: int = 28
    n_channels: int = 64
    expansion: int = 2
    n_encoder_blocks: int = 2
    n_decoder_blocks: int = 2
    kernel: tuple[int, int] = (3, 3)
    quantizer: QuantizerConfig = field(default_factory=QuantizerConfig)

    def __post_init__(self) -> None:
        if not self.row_heights or min(self.row_heights) < 1:
            raise ConfigError("row_heights must be at least one row of at least one bin")
        if sum(self.row_heights) > self.n_bins:
            raise ConfigError(
                f"row_heights add up to {sum(self.row_heights)} bins, "
                f"more than n_bins = {self.n_bins}"
            )
        if min(self.frames_per_column, self.n_channels, self.expansion) < 1:
            raise ConfigError("frames_per_column, n_channels and expansion must be at least 1")
        if min(self.n_encoder_blocks, self.n_decoder_blocks) < 0:
            raise ConfigError("numbers of blocks must not be negative")
        if not all(size >= 1 and size % 2 for size in self.kernel):
            raise ConfigError(f"kernel must be odd and at least 1, got {self.kernel}")


class VQVAE(WithoutLevels, nn.Module):
    """One level of codes.

    Source: van den Oord et al. 2017, section 3, with patches instead of strided convolutions.
    """

    def __init__(self, config: VQVAEConfig) -> None:
        super().__init__()
        self.config = config
        n, rows = config.n_channels, config.row_heights
        self.split = BandSplit(rows, config.frames_per_column, n)
        encoder: list[nn.Module] = []
        for _ in range(config.n_encoder_blocks):
            encoder += [Block(n, config.kernel, config.expansion), RowMixer(len(rows), n)]
        self.encoder = nn.Sequential(*encoder)
        self.quantizer = VectorQuantizer(config.quantizer, n_channels=n)
        self.row = nn.Parameter(0.02 * torch.randn(len(rows), 1, n))
        self.decoder = nn.Sequential(
            *(Block(n, config.kernel, config.expansion) for _ in range(config.n_decoder_blocks))
        )
        self.norm = nn.LayerNorm(n)
        self.join = BandJoin(rows, config.frames_per_column, n)

    @property
    def shape(self) -> CodeShape:
        """One level, a cell a patch."""
        return CodeShape.of(
            codebook_sizes=(self.config.quantizer.codebook_size,),
            n_rows=(len(self.config.row_heights),),
            columns=(1,),
        )

    @property
    def grids(self) -> tuple[Grid]:
        """The one grid."""
        config = self.config
        return (
            Grid(
                row_edges=edges(config.row_heights),
                frames_per_column=config.frames_per_column,
            ),
        )

    @property
    def encode_context_columns(self) -> int:
        """Reach of ``encode`` in time, in columns."""
        return self.config.n_encoder_blocks * (self.config.kernel[1] // 2)

    @property
    def context_columns(self) -> int:
        """Reach of ``decode`` in time, in columns."""
        return self.config.n_decoder_blocks * (self.config.kernel[1] // 2)

    def forward(self, spectrogram: Spectrogram) -> Reconstruction:
        """Encode, quantize and decode; the loss is the quantizer's alone."""
        quantized = self.quantizer(self.encoder(self.split(spectrogram)))
        restored = self._restore(quantized.latents)
        return Reconstruction(restored, (quantized.codes,), quantized.loss)

    @torch.no_grad()
    def encode(self, spectrogram: Spectrogram, levels: Levels | None = None) -> Codemaps:
        """Return the codemap of a multiple of ``frames_per_column`` frames."""
        cells = self.encoder(self.split(spectrogram.to(self.row.device)))
        return (self.quantizer.encode(cells).to(spectrogram.device),)

    @torch.no_grad()
    def decode(self, codemaps: Codemaps) -> Spectrogram:
        """Return the spectrogram, clamped to 0..1."""
        (codemap,) = codemaps
        restored = self._restore(self.quantizer.decode(codemap.to(self.row.device)))
        return restored.clamp(0, 1).to(codemap.device)

    def _restore(self, latents: Cells) -> Spectrogram:
        spectrogram = self.join(self.norm(self.decoder(latents + self.row)))
        return functional.pad(spectrogram, (0, 0, 0, self.config.n_bins - spectrogram.shape[1]))
