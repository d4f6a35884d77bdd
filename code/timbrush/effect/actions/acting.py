"""Let an action change what lies in a zone, and nothing else.

What the action puts in place of the sound differs from it by a waveform. The zone takes its
part of that difference, window by window, at the sound's own rate, so that what lies above the
model's band follows a zone that reaches its top.
"""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float

from timbrush import cancelling
from timbrush.audio.resampling import Samples
from timbrush.audio.spectrogram import SpectrogramConfig, istft, stft
from timbrush.codec.contract import frames_per_patch
from timbrush.effect.actions.actions import Action, Read, Span
from timbrush.effect.canvas import Canvas
from timbrush.effect.change import Change
from timbrush.effect.composite.composite import edge_hertz, feather, ramps
from timbrush.effect.source.source import Source, measure_levels
from timbrush.effect.stored import Sum
from timbrush.effect.zone.zone import Zone
from timbrush.tensors import Codemaps

WINDOW_SECONDS = 0.046
"""About how long a window is through which a zone takes its part."""
PIECE_WINDOWS = 256
"""Windows' lengths that are taken at a time: bounds the memory."""
ENCODED_COLUMNS = 64
"""Patch columns that are encoded at a time."""
FEATHERED = 4
"""Frames on each side that may lower a pixel's weight."""


def act(canvas: Canvas, action: Action, zone: Zone) -> Change:
    """Return what an action changes in a zone.

    Raises:
        TimbrushError: If the action cannot be done there.
    """
    source = canvas.source
    first, last = zone.extent.samples(source.sample_rate, source.length)
    span = Span(
        read=canvas.floats,
        first=first,
        last=last,
        sample_rate=source.sample_rate,
        length=source.length,
    )
    instead = action.instead(span)
    lift = _Lift(source, zone)

    def difference(start: int, stop: int) -> Samples:
        return instead(start, stop) - canvas.floats(start, stop)

    gains = _gains(source, zone, first, last)
    total = Sum(source.recording.n_channels, first, last)
    for start in range(first, last, lift.piece):
        cancelling.check()
        stop = min(start + lift.piece, last)
        total.add(start, lift(difference, start, stop) * gains(start, stop))
    change = Change(*total.done(), zone.first, canvas.codes(zone.first, zone.last))
    encoded = encode(canvas.with_change(change), zone.first, zone.last)
    return replace(change, codemaps=encoded)


def encode(canvas: Canvas, first: int, last: int) -> Codemaps:
    """Return what the codec makes of some patch columns of the sound as it is now."""
    starts = range(first, last, ENCODED_COLUMNS)
    pieces = [_encode(canvas, start, min(start + ENCODED_COLUMNS, last)) for start in starts]
    return tuple(torch.cat(level, dim=2) for level in zip(*pieces, strict=True))


def _encode(canvas: Canvas, first: int, last: int) -> Codemaps:
    source = canvas.source
    codec, config, width = source.codec, source.config, frames_per_patch(source.codec)
    low, high = canvas.around(first, last, codec.encode_context_columns)
    gain = torch.full((source.recording.n_channels,), source.peak)
    levels = measure_levels(canvas.waveform, low * width, high * width, gain, codec, config)
    codemaps = codec.encode(canvas.frames(low * width, high * width), levels)
    return codec.shape.cut(codemaps, first - low, last - low)


class _Lift:
    """Takes a zone's part of a sound.

    Args:
        source: The sound.
        zone: Where, at the model's frames and bins.
    """

    def __init__(self, source: Source, zone: Zone) -> None:
        rate, config = source.sample_rate, source.config
        hop = max(1, round(WINDOW_SECONDS * rate / 4))
        self._config = SpectrogramConfig(sample_rate=rate, n_fft=4 * hop, hop_length=hop)
        self.piece = PIECE_WINDOWS * self._config.n_fft
        self._zone, self._width = zone, frames_per_patch(source.codec)
        self._first_frame = zone.first * self._width
        self._last_filled: int | None = None
        if zone.extent.seconds[1] >= source.seconds * (1 - 1e-6):
            end = int(source.seconds / config.frame_seconds) - self._first_frame
            self._last_filled = min(end, (zone.last - zone.first) * self._width - 1)
        self._top: int | None = None
        if zone.extent.hertz[1] >= source.top_hertz * (1 - 1e-6):
            self._top = math.ceil(source.top_hertz / config.bin_hertz) - 1
        # What is above the model's rate does as its top does.
        bins = self._config.bin_hertz * np.arange(self._config.n_bins) / config.bin_hertz
        self._bins = bins.clip(max=config.n_bins - 1)
        self._frame_samples = config.frame_seconds * rate
        self._ends = (zone.first == 0, zone.last == source.n_columns)

    def __call__(self, read: Read, first: int, last: int) -> Samples:
        """Return the zone's part between two samples of what is read."""
        hop, n_fft = self._config.hop_length, self._config.n_fft
        begin = first // hop * hop - n_fft
        length = -(-(last + n_fft - begin) // hop) * hop
        spectrum = stft(torch.from_numpy(read(begin, begin + length)), self._config)
        middles = begin + hop * np.arange(spectrum.shape[2])
        frames = middles / self._frame_samples - self._first_frame
        if self._ends[0]:
            frames = frames.clip(min=0)
        if self._ends[1]:
            frames = frames.clip(max=(self._zone.last - self._zone.first) * self._width - 1)
        weights = torch.from_numpy(self._weights(frames))
        part = istft(spectrum * weights, self._config, length=length)
        found: Samples = part[:, first - begin : last - begin].numpy()
        return found

    def _weights(
        self, frames: Float[np.ndarray, " place"]
    ) -> Float[np.ndarray, "_new_bin _new_frame"]:
        """Return the zone's weights at some places, counted in frames from its first."""
        n_columns, margin = self._zone.last - self._zone.first, -(-FEATHERED // self._width)
        low = int(frames.min() // self._width) - margin
        high = int(frames.max() // self._width) + 1 + margin
        low, high = (min(max(edge, 0), n_columns) for edge in (low, high))
        if low >= high:
            return np.zeros((len(self._bins), len(frames)), np.float32)
        pixels = self._zone.pixels(low, high).amax(0, keepdim=True).clone()
        if self._last_filled is not None:
            end = max(self._last_filled - low * self._width, 0)
            pixels[:, :, end + 1 :] = pixels[:, :, end : end + 1]
        if self._top is not None:
            pixels[:, self._top + 1 :] = pixels[:, self._top : self._top + 1]
        weights = _between(feather(pixels)[0].numpy(), self._bins, axis=0)
        return _between(weights, frames - low * self._width, axis=1)


def _between(
    values: Float[np.ndarray, "_bin _frame"], places: Float[np.ndarray, " place"], axis: int
) -> Float[np.ndarray, "_new_bin _new_frame"]:
    """Return values between those of an axis, in straight lines; 0 beyond its ends."""
    size = values.shape[axis]
    low = np.floor(places).astype(int)
    share = (places - low).astype(np.float32)
    total = 0
    for index, weight in ((low, 1 - share), (low + 1, share)):
        inside = (index >= 0) & (index < size)
        weight = np.expand_dims(weight * inside, 1 - axis)
        total = total + weight * values.take(index.clip(0, size - 1), axis=axis)
    found: Float[np.ndarray, "_new_bin _new_frame"] = np.asarray(total, np.float32)
    return found


def _gains(
    source: Source, zone: Zone, first: int, last: int
) -> Callable[[int, int], Float[np.ndarray, " time"]]:
    """Return what returns gains that fall to 0 where the zone ends within the sound."""
    short = min(last - first, 4 * source.sample_rate)
    both = ramps(short, source.sample_rate, edge_hertz(zone.extent.hertz)).astype(np.float32)
    rise, fall = both[: short // 2], both[short // 2 :]

    def gains(start: int, stop: int) -> Float[np.ndarray, " time"]:
        places, found = np.arange(start, stop), np.ones(stop - start, np.float32)
        early, late = places < first + len(rise), places >= last - len(fall)
        if first > 0:
            found[early] = rise[places[early] - first]
        if last < source.length:
            found[late] = fall[places[late] - (last - len(fall))]
        return found

    return gains
