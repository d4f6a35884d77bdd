"""The tensors that travel between the rooms, and the names of their axes.

Axes: ``batch``; ``channel`` (of the sound); ``time`` (samples); ``bin`` (frequency, low
first); ``frame`` (time); ``row`` (frequency, low first) and ``column`` (time) of a codemap;
``codeword``.
"""

from jaxtyping import Bool, Complex, Float, Int
from torch import Tensor

Waveform = Float[Tensor, "batch time"]
"""Samples of sounds at the model's rate; full scale is ±1."""

Stft = Complex[Tensor, "batch bin frame"]
"""Short-time Fourier transform; a full-scale sine has magnitude 1 in its bin."""

Magnitudes = Float[Tensor, "batch bin frame"]
"""Absolute values of an ``Stft``."""

Spectrogram = Float[Tensor, "batch bin frame"]
"""Log-magnitudes from 0 (the floor, -80 dB) to 1 (0 dB): what a codec sees. Also an image."""

PixelWeights = Float[Tensor, "batch bin frame"]
"""How much of each pixel of a spectrogram is replaced, 0 to 1."""

Cells = Float[Tensor, "batch row column channel"]
"""A grid inside a codec: one vector a cell."""

CoarseCells = Float[Tensor, "batch coarse_row coarse_column channel"]
"""Half as many rows and columns of the same."""

Latents = Float[Tensor, "batch row column feature"]
"""Cells projected to the codebook's space, where a quantizer rounds them."""

Codemap = Int[Tensor, "batch row column"]
"""Indexes into a codebook. Int64."""

Codemaps = tuple[Int[Tensor, "batch _row _column"], ...]
"""One codemap a level, in the order of ``codemaps.CodeShape.levels``.

The underscores keep one level's rows and columns from being held against another's.
"""

CellMask = Bool[Tensor, "batch row column"]
"""True where a code is redrawn."""

Masks = tuple[Bool[Tensor, "_batch _row _column"], ...]
"""One mask a level, shaped like ``Codemaps``."""
