"""A codec of two codemaps that mean something to a musician: rhythm and timbre.

*Rhythm* says how loud each of a few tall bands is, every few milliseconds, as a short window
measures it. *Timbre* says what is left of a spectrogram when those levels are taken out: how
each band is shaped inside. Either can be redrawn while the other stays.
"""

from dataclasses import dataclass, field

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from timbrush.audio.levels import Levels, LevelsConfig, to_levels, to_power, widen
from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.contract import Grid
from timbrush.codec.layers import BandJoin, BandSplit, Block, RowMixer, edges
from timbrush.codec.quantizer import QuantizerConfig, VectorQuantizer
from timbrush.codemaps import CodeShape
from timbrush.errors import ConfigError
from timbrush.tensors import Cells, Codemaps, Spectrogram

BIN_OF_A_BAND = -0.15
"""Where shapes begin to learn: about so far below its band a bin of noise lies."""

Shapes = Float[Tensor, "batch row_bin frame"]
"""Of the bins that rows cover: log-magnitudes above what levels alone would give them."""

MIDDLE = 0.4
"""A level amid those of music; linear layers see levels relative to it."""

WIDE_ROWS = (2,) * 8 + (4,) * 8 + (6,) * 8 + (12,) * 8 + (25,) * 8 + (66,) * 8
WIDE_SPECTROGRAM = SpectrogramConfig(
    sample_rate=44_100, n_fft=2048, hop_length=512, floor_decibels=-100.0
)


@dataclass(frozen=True, kw_only=True)
class RhythmTimbreConfig:
    """Sizes of a rhythm × timbre codec.

    Args:
        spectrogram: The spectrogram that it is made for.
        row_heights: Bins of each timbre row, low first.
        n_bands: Tall rows of the rhythm; each covers as many timbre rows as any other.
        frames_per_column: Frames of a timbre cell.
        rhythm_columns: Rhythm cells in the time of one timbre cell.
        step_length: Samples that a level stands for.
        n_channels: Channels inside the timbre's networks.
        n_rhythm_channels: Channels inside the rhythm's.
        expansion: Hidden channels of a block as a multiple of its channels.
        n_encoder_blocks: Blocks before timbre codes are chosen.
        n_decoder_blocks: Blocks from timbre codes to the spectrogram.
        n_rhythm_encoder_blocks: Blocks before rhythm codes are chosen.
        n_rhythm_decoder_blocks: Blocks from rhythm codes to levels.
        kernel: Rows and columns that a timbre block sees.
        rhythm_kernel: Rows and columns that a rhythm block sees.
        rhythm_quantizer: Settings of the rhythm's quantizer.
        timbre_quantizer: Settings of the timbre's.

    Raises:
        ConfigError: For sizes that do not fit together.
    """

    spectrogram: SpectrogramConfig = WIDE_SPECTROGRAM
    row_heights: tuple[int, ...] = WIDE_ROWS
    n_bands: int = 6
    frames_per_column: int = 16
    rhythm_columns: int = 4
    step_length: int = 256
    n_channels: int = 128
    n_rhythm_channels: int = 96
    expansion: int = 2
    n_encoder_blocks: int = 3
    n_decoder_blocks: int = 5
    n_rhythm_encoder_blocks: int = 2
    n_rhythm_decoder_blocks: int = 3
    kernel: tuple[int, int] = (5, 3)
    rhythm_kernel: tuple[int, int] = (3, 5)
    rhythm_quantizer: QuantizerConfig = field(
        default_factory=lambda: QuantizerConfig(codebook_size=1024)
    )
    timbre_quantizer: QuantizerConfig = field(default_factory=QuantizerConfig)

    def __post_init__(self) -> None:
        if self.n_bands < 2 or len(self.row_heights) % self.n_bands:
            raise ConfigError(
                "n_bands must be at least 2 and divide the number of rows, "
                f"got {self.n_bands} bands and {len(self.row_heights)} rows"
            )
        if min(self.row_heights) < 1 or sum(self.row_heights) > self.n_bins:
            raise ConfigError(
                f"row_heights must be positive and add up to at most {self.n_bins} bins, "
                f"got {sum(self.row_heights)}"
            )
        sizes = (self.frames_per_column, self.rhythm_columns, self.step_length)
        if min(*sizes, self.n_channels, self.n_rhythm_channels, self.expansion) < 1:
            raise ConfigError("columns, steps, channels and expansion must be at least 1")
        if self._patch_length % (self.rhythm_columns * self.step_length):
            raise ConfigError(
                f"a timbre cell of {self._patch_length} samples must hold whole rhythm cells "
                f"of whole steps, got {self.rhythm_columns} cells of {self.step_length}-sample "
                "steps"
            )
        if self.frames_per_column % self.rhythm_columns:
            raise ConfigError("rhythm_columns must divide frames_per_column")
        if self.spectrogram.hop_length % self.step_length:
            raise ConfigError("step_length must divide the spectrogram's hop_length")
        if not all(size >= 1 and size % 2 for size in self.kernel + self.rhythm_kernel):
            raise ConfigError("kernels must be odd and at least 1")
        _ = self.levels

    @property
    def n_bins(self) -> int:
        """Bins of the spectrogram; those above the last row are taken for silent."""
        return self.spectrogram.n_bins

    @property
    def rows_per_band(self) -> int:
        """Timbre rows in a tall row."""
        return len(self.row_heights) // self.n_bands

    @property
    def band_edges(self) -> tuple[int, ...]:
        """Bins at which tall rows begin, and the one at which the last ends."""
        return edges(self.row_heights)[:: self.rows_per_band]

    @property
    def levels(self) -> LevelsConfig:
        """How levels are measured: through windows of two steps."""
        return LevelsConfig(
            sample_rate=self.spectrogram.sample_rate,
            edges_hertz=tuple(edge * self.spectrogram.bin_hertz for edge in self.band_edges),
            n_fft=2 * self.step_length,
            hop_length=self.step_length // 2,
            step_length=self.step_length,
        )

    @property
    def steps_per_rhythm_column(self) -> int:
        """Levels of a rhythm cell."""
        return self._patch_length // (self.rhythm_columns * self.step_length)

    @property
    def steps_per_patch(self) -> int:
        """Levels of a band in the time of a timbre cell."""
        return self._patch_length // self.step_length

    @property
    def _patch_length(self) -> int:
        return self.frames_per_column * self.spectrogram.hop_length


class RhythmTimbre(nn.Module):
    """Levels of tall bands, coded by themselves, and a spectrogram coded knowing them.

    The decoder returns level plus shape: what a long window would see of the decoded levels,
    and on top of it what the timbre codes say. So no timbre code can silence a loud band.

    Source: gain and shape apart, Luo et al. 2024 (Gull); cells after Razavi et al. 2019.
    """

    spread: Tensor

    def __init__(self, config: RhythmTimbreConfig) -> None:
        super().__init__()
        self.config = config
        self.rhythm = RhythmCoder(config)
        self.timbre = TimbreCoder(config)
        n_bins, spectrogram = config.band_edges[-1], config.spectrogram
        spread = config.levels.weights(n_bins, spectrogram.bin_hertz)
        self.register_buffer("spread", spread, persistent=False)

    @property
    def shape(self) -> CodeShape:
        """Tall, short cells of rhythm beside flat, long ones of timbre."""
        config = self.config
        sizes = (config.rhythm_quantizer.codebook_size, config.timbre_quantizer.codebook_size)
        return CodeShape.of(
            codebook_sizes=sizes,
            n_rows=(config.n_bands, len(config.row_heights)),
            columns=(config.rhythm_columns, 1),
            names=("rhythm", "timbre"),
        )

    @property
    def grids(self) -> tuple[Grid, Grid]:
        """The grid of the rhythm and that of the timbre."""
        config = self.config
        width = config.frames_per_column
        return (
            Grid(
                row_edges=config.band_edges,
                frames_per_column=width // config.rhythm_columns,
            ),
            Grid(row_edges=edges(config.row_heights), frames_per_column=width),
        )

    @property
    def levels(self) -> LevelsConfig:
        """How the levels are measured that ``encode`` takes and ``decode_levels`` returns."""
        return self.config.levels

    @property
    def context_columns(self) -> int:
        """Reach of ``decode`` in time, in patch columns."""
        config = self.config
        timbre = config.n_decoder_blocks * (config.kernel[1] // 2)
        return timbre + self._rhythm_reach(config.n_rhythm_decoder_blocks)

    @property
    def encode_context_columns(self) -> int:
        """Reach of ``encode`` in time, in patch columns."""
        config = self.config
        timbre = config.n_encoder_blocks * (config.kernel[1] // 2)
        blocks = config.n_rhythm_encoder_blocks + config.n_rhythm_decoder_blocks
        return timbre + self._rhythm_reach(blocks)

    def forward(self, spectrogram: Spectrogram, levels: Levels) -> "Restored":
        """Encode, quantize and decode in training.

        The levels learn from their own loss alone: the timbre takes them as they come.

        Args:
            spectrogram: A multiple of ``frames_per_column`` frames.
            levels: ``steps_per_patch`` steps for each column.
        """
        rhythm = self.rhythm.quantizer(self.rhythm.encode(levels))
        coded = self.rhythm.decode(rhythm.latents)
        known = coded.detach()
        timbre = self.timbre.quantizer(
            self.timbre.encode(self._shapes(spectrogram, known), known)
        )
        return Restored(
            spectrogram=self._restore(timbre.latents, known),
            levels=coded,
            codemaps=(rhythm.codes, timbre.codes),
            loss=rhythm.loss + timbre.loss,
        )

    @torch.no_grad()
    def encode(self, spectrogram: Spectrogram, levels: Levels | None = None) -> Codemaps:
        """Return the rhythm's codemap and the timbre's.

        Args:
            spectrogram: A multiple of ``frames_per_column`` frames.
            levels: ``steps_per_patch`` steps for each column.
        """
        assert levels is not None, "who asks for levels is told by the property of that name"
        device = self.spread.device
        rhythm = self.rhythm.quantizer.encode(self.rhythm.encode(levels.to(device)))
        known = self.rhythm.decode(self.rhythm.quantizer.decode(rhythm))
        cells = self.timbre.encode(self._shapes(spectrogram.to(device), known), known)
        timbre = self.timbre.quantizer.encode(cells)
        return rhythm.to(spectrogram.device), timbre.to(spectrogram.device)

    @torch.no_grad()
    def decode(self, codemaps: Codemaps) -> Spectrogram:
        """Return the spectrogram up to the last row, clamped to 0..1."""
        timbre = self.timbre.quantizer.decode(codemaps[1].to(self.spread.device))
        restored = self._restore(timbre, self._decode_levels(codemaps)).clamp(0, 1)
        missing = self.config.n_bins - restored.shape[1]
        return functional.pad(restored, (0, 0, 0, missing)).to(codemaps[0].device)

    @torch.no_grad()
    def decode_levels(self, codemaps: Codemaps) -> Levels:
        """Return the levels that the rhythm codes stand for, at least 0."""
        return self._decode_levels(codemaps).clamp(min=0).to(codemaps[0].device)

    def _decode_levels(self, codemaps: Codemaps) -> Levels:
        latents = self.rhythm.quantizer.decode(codemaps[0].to(self.spread.device))
        return self.rhythm.decode(latents)

    def _shapes(self, spectrogram: Spectrogram, levels: Levels) -> Shapes:
        return spectrogram[:, : self.config.band_edges[-1]] - self._seen_long(levels)

    def _restore(self, latents: Cells, levels: Levels) -> Spectrogram:
        return self.timbre.decode(latents, levels) + self._seen_long(levels)

    def _seen_long(self, levels: Levels) -> Spectrogram:
        """Return what the spectrogram's window sees of levels, spread over its bins."""
        spectrogram, floor = self.config.spectrogram, self.config.spectrogram.floor_decibels
        gain = levels.new_ones(len(levels))
        wide = widen(to_power(levels, gain, floor), self.levels, spectrogram)
        return torch.einsum("bx,zbf->zxf", self.spread, to_levels(wide, gain, floor))

    def _rhythm_reach(self, n_blocks: int) -> int:
        columns = n_blocks * (self.config.rhythm_kernel[1] // 2)
        return -(-columns // self.config.rhythm_columns)


@dataclass(frozen=True, eq=False)
class Restored:
    """What a training pass returns: unclamped, with the quantizers' loss.

    Args:
        spectrogram: Up to the last row.
        levels: As the rhythm codes say.
        codemaps: Rhythm and timbre.
        loss: Of both quantizers.
    """

    spectrogram: Spectrogram
    levels: Levels
    codemaps: Codemaps
    loss: Float[Tensor, ""]


class RhythmCoder(nn.Module):
    """Levels to cells of rhythm and back."""

    def __init__(self, config: RhythmTimbreConfig) -> None:
        super().__init__()
        n, rows, self.n_steps = (
            config.n_rhythm_channels,
            config.n_bands,
            config.steps_per_rhythm_column,
        )
        kernel, expansion = config.rhythm_kernel, config.expansion
        self.enter = nn.Linear(self.n_steps, n)
        self.row_in = nn.Parameter(0.02 * torch.randn(rows, 1, n))
        self.encoder = _blocks(config.n_rhythm_encoder_blocks, kernel, n, expansion, rows)
        self.quantizer = VectorQuantizer(config.rhythm_quantizer, n_channels=n)
        self.row_out = nn.Parameter(0.02 * torch.randn(rows, 1, n))
        self.decoder = _blocks(config.n_rhythm_decoder_blocks, kernel, n, expansion, rows)
        self.norm = nn.LayerNorm(n)
        self.leave = nn.Linear(n, self.n_steps)
        nn.init.constant_(self.leave.bias, MIDDLE)

    def encode(self, levels: Levels) -> Cells:
        """Return one vector a rhythm cell."""
        cells = self.enter(levels.unflatten(2, (-1, self.n_steps)) - MIDDLE)
        encoded: Tensor = self.encoder(cells + self.row_in)
        return encoded

    def decode(self, latents: Cells) -> Levels:
        """Return levels, unclamped."""
        levels: Tensor = self.leave(self.norm(self.decoder(latents + self.row_out)))
        return levels.flatten(2)


class TimbreCoder(nn.Module):
    """Shapes to cells of timbre and back, knowing the levels."""

    def __init__(self, config: RhythmTimbreConfig) -> None:
        super().__init__()
        n, rows = config.n_channels, len(config.row_heights)
        self.n_steps, self.rows_per_band = config.steps_per_patch, config.rows_per_band
        self.split = BandSplit(config.row_heights, config.frames_per_column, n)
        self.know_in = nn.Linear(self.n_steps, n)
        self.row_in = nn.Parameter(0.02 * torch.randn(rows, 1, n))
        self.encoder = _blocks(
            config.n_encoder_blocks, config.kernel, n, config.expansion, rows
        )
        self.quantizer = VectorQuantizer(config.timbre_quantizer, n_channels=n)
        self.row_out = nn.Parameter(0.02 * torch.randn(rows, 1, n))
        self.know_out = nn.Linear(self.n_steps, n)
        self.decoder = _blocks(
            config.n_decoder_blocks, config.kernel, n, config.expansion, rows
        )
        self.norm = nn.LayerNorm(n)
        self.join = BandJoin(config.row_heights, config.frames_per_column, n)
        nn.init.constant_(self.join.bias, BIN_OF_A_BAND)

    def encode(self, shapes: Shapes, levels: Levels) -> Cells:
        """Return one vector a timbre cell."""
        known = self._known(levels, self.know_in)
        encoded: Tensor = self.encoder(self.split(shapes) + known + self.row_in)
        return encoded

    def decode(self, latents: Cells, levels: Levels) -> Shapes:
        """Return shapes: what is added to the levels."""
        known = self._known(levels, self.know_out)
        shapes: Tensor = self.join(self.norm(self.decoder(latents + known + self.row_out)))
        return shapes

    def _known(self, levels: Levels, layer: nn.Linear) -> Cells:
        """Return what a cell is told of the levels of its own tall row."""
        told: Tensor = layer(levels.unflatten(2, (-1, self.n_steps)) - MIDDLE)
        return told.repeat_interleave(self.rows_per_band, dim=1)


def _blocks(
    n_blocks: int, kernel: tuple[int, int], n_channels: int, expansion: int, n_rows: int
) -> nn.Sequential:
    layers: list[nn.Module] = []
    for _ in range(n_blocks):
        layers += [Block(n_channels, kernel, expansion), RowMixer(n_rows, n_channels)]
    return nn.Sequential(*layers)
