"""Spectrogram to a coarse and a fine codemap and back: VQ-VAE-2."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional

from timbrush.audio.levels import Levels
from timbrush.codec.contract import Grid, Reconstruction, WithoutLevels
from timbrush.codec.layers import (
    BandJoin,
    BandSplit,
    Block,
    Divide,
    Merge,
    RowMixer,
    edges,
)
from timbrush.codec.quantizer import QuantizerConfig, VectorQuantizer
from timbrush.codemaps import CodeShape
from timbrush.errors import ConfigError
from timbrush.tensors import Cells, CoarseCells, Codemaps, Spectrogram

SPECTROGRAM_ROWS = (12,) * 8 + (21,) * 6 + (30,) * 6 + (42,) * 6 + (61,) * 6


@dataclass(frozen=True, kw_only=True)
class VQVAE2Config:
    """Sizes of a VQ-VAE-2.

    Args:
        row_heights: Bins of each fine row, low first; an even number of rows. A coarse row
            is two fine ones.
        frames_per_column: Frames of a fine cell; a coarse cell has twice as many.
        n_bins: Bins of the spectrogram; those above the last row are taken for silent.
        n_channels: Channels inside.
        expansion: Hidden channels of a block as a multiple of ``n_channels``.
        n_encoder_blocks: Blocks before the fine codes are chosen.
        n_coarse_blocks: Blocks on the coarse grid on each side of its codes.
        n_decoder_blocks: Blocks from codes to spectrogram.
        encoder_kernel: Rows and columns that an encoder block sees.
        decoder_kernel: Rows and columns that a decoder block sees; few columns keep a stroke
            local in time.
        quantizer: Settings of both quantizers.

    Raises:
        ConfigError: For sizes that do not fit together.
    """

    row_heights: tuple[int, ...] = SPECTROGRAM_ROWS
    frames_per_column: int = 8
    n_bins: int = 1025
    n_channels: int = 128
    expansion: int = 2
    n_encoder_blocks: int = 3
    n_coarse_blocks: int = 1
    n_decoder_blocks: int = 5
    encoder_kernel: tuple[int, int] = (5, 5)
    decoder_kernel: tuple[int, int] = (5, 3)
    quantizer: QuantizerConfig = field(default_factory=QuantizerConfig)

    def __post_init__(self) -> None:
        if len(self.row_heights) < 2 or len(self.row_heights) % 2 or min(self.row_heights) < 1:
            raise ConfigError("row_heights must be an even number of rows of at least one bin")
        if sum(self.row_heights) > self.n_bins:
            raise ConfigError(
                f"row_heights add up to {sum(self.row_heights)} bins, "
                f"more than n_bins = {self.n_bins}"
            )
        if min(self.frames_per_column, self.n_channels, self.expansion) < 1:
            raise ConfigError("frames_per_column, n_channels and expansion must be at least 1")
        if min(self.n_encoder_blocks, self.n_coarse_blocks, self.n_decoder_blocks) < 0:
            raise ConfigError("numbers of blocks must not be negative")
        sizes = self.encoder_kernel + self.decoder_kernel
        if not all(size >= 1 and size % 2 for size in sizes):
            raise ConfigError("kernels must be odd and at least 1")

    @property
    def coarse_row_heights(self) -> tuple[int, ...]:
        """Bins of each coarse row."""
        pairs = zip(self.row_heights[::2], self.row_heights[1::2], strict=True)
        return tuple(low + high for low, high in pairs)


class VQVAE2(WithoutLevels, nn.Module):
    """Two levels of codes; the fine one is chosen knowing the coarse one.

    Source: Razavi et al. 2019, section 3.1 and algorithm 1, with patches instead of strided
    convolutions and rows of unequal height.
    """

    def __init__(self, config: VQVAE2Config) -> None:
        super().__init__()
        self.config = config
        n, rows = config.n_channels, len(config.row_heights)
        self.split = BandSplit(config.row_heights, config.frames_per_column, n)
        self.encoder = _blocks(
            config.n_encoder_blocks, config.encoder_kernel, config, mixed_rows=rows
        )
        self.merge = Merge(n)
        self.coarse_encoder = _blocks(
            config.n_coarse_blocks, config.encoder_kernel, config, mixed_rows=rows // 2
        )
        self.coarse_quantizer = VectorQuantizer(config.quantizer, n_channels=n)
        self.coarse_row = nn.Parameter(0.02 * torch.randn(rows // 2, 1, n))
        self.coarse_decoder = _blocks(config.n_coarse_blocks, config.decoder_kernel, config)
        self.divide = Divide(n)
        self.meet = nn.Linear(2 * n, n)
        self.fine_quantizer = VectorQuantizer(config.quantizer, n_channels=n)
        self.fine_row = nn.Parameter(0.02 * torch.randn(rows, 1, n))
        self.decoder = _blocks(
            config.n_decoder_blocks, config.decoder_kernel, config, mixed_rows=rows
        )
        self.norm = nn.LayerNorm(n)
        self.join = BandJoin(config.row_heights, config.frames_per_column, n)

    @property
    def shape(self) -> CodeShape:
        """Coarse cells, a patch each, and four fine ones in each of them."""
        rows = len(self.config.row_heights)
        return CodeShape.of(
            codebook_sizes=(self.config.quantizer.codebook_size,) * 2,
            n_rows=(rows // 2, rows),
            columns=(1, 2),
        )

    @property
    def grids(self) -> tuple[Grid, Grid]:
        """The coarse grid and the fine one."""
        config = self.config
        return (
            Grid(
                row_edges=edges(config.coarse_row_heights),
                frames_per_column=2 * config.frames_per_column,
            ),
            Grid(
                row_edges=edges(config.row_heights),
                frames_per_column=config.frames_per_column,
            ),
        )

    @property
    def encode_context_columns(self) -> int:
        """Reach of ``encode`` in time, in coarse columns."""
        config = self.config
        encoder = config.encoder_kernel[1] // 2
        decoder = config.decoder_kernel[1] // 2
        fine = -(-config.n_encoder_blocks * encoder // 2)
        return fine + config.n_coarse_blocks * (encoder + decoder)

    @property
    def context_columns(self) -> int:
        """Reach of ``decode`` in time, in coarse columns."""
        config = self.config
        decoder = config.decoder_kernel[1] // 2
        return config.n_coarse_blocks * decoder + -(-config.n_decoder_blocks * decoder // 2)

    def forward(self, spectrogram: Spectrogram) -> Reconstruction:
        """Encode, quantize and decode; the loss is the quantizers' alone.

        Args:
            spectrogram: A multiple of ``grids[0].frames_per_column`` frames.
        """
        fine = self.encoder(self.split(spectrogram))
        coarse = self.coarse_quantizer(self.coarse_encoder(self.merge(fine)))
        context = self._context(coarse.latents)
        detail = self.fine_quantizer(self.meet(torch.cat((fine, context), dim=-1)))
        restored = self._restore(context, detail.latents)
        return Reconstruction(restored, (coarse.codes, detail.codes), coarse.loss + detail.loss)

    @torch.no_grad()
    def encode(self, spectrogram: Spectrogram, levels: Levels | None = None) -> Codemaps:
        """Return the coarse and the fine codemap.

        Args:
            spectrogram: A multiple of ``grids[0].frames_per_column`` frames.
            levels: Not looked at: its codes say nothing of them by themselves.
        """
        fine = self.encoder(self.split(spectrogram.to(self.fine_row.device)))
        coarse = self.coarse_quantizer.encode(self.coarse_encoder(self.merge(fine)))
        context = self._context(self.coarse_quantizer.decode(coarse))
        detail = self.fine_quantizer.encode(self.meet(torch.cat((fine, context), dim=-1)))
        return coarse.to(spectrogram.device), detail.to(spectrogram.device)

    @torch.no_grad()
    def decode(self, codemaps: Codemaps) -> Spectrogram:
        """Return the spectrogram up to the last row, clamped to 0..1."""
        coarse, fine = (codes.to(self.fine_row.device) for codes in codemaps)
        context = self._context(self.coarse_quantizer.decode(coarse))
        restored = self._restore(context, self.fine_quantizer.decode(fine))
        return restored.clamp(0, 1).to(codemaps[0].device)

    def _context(self, coarse: CoarseCells) -> Cells:
        context: Cells = self.divide(self.coarse_decoder(coarse + self.coarse_row))
        return context

    def _restore(self, context: Cells, detail: Cells) -> Spectrogram:
        cells = self.decoder(context + detail + self.fine_row)
        spectrogram: Tensor = self.join(self.norm(cells))
        return functional.pad(spectrogram, (0, 0, 0, self.config.n_bins - spectrogram.shape[1]))


def _blocks(
    n_blocks: int, kernel: tuple[int, int], config: VQVAE2Config, *, mixed_rows: int = 0
) -> nn.Sequential:
    layers: list[nn.Module] = []
    for _ in range(n_blocks):
        layers.append(Block(config.n_channels, kernel, config.expansion))
        if mixed_rows:
            layers.append(RowMixer(mixed_rows, config.n_channels))
    return nn.Sequential(*layers)
