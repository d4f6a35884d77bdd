"""Put only the painted zone into the original sound.

The new magnitudes replace the old ones where cells changed, with feathered edges; phases run on
from what surrounds the zone; what comes out is a *difference* to add to the sound, cut to the
zone's band and to its span of time. All that lies elsewhere stays as it is, bit by bit.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy import fft
from torch import Tensor
from torch.nn import functional

from timbrush import cancelling
from timbrush.audio import phase
from timbrush.audio.resampling import Piece, Samples
from timbrush.audio.spectrogram import SpectrogramConfig, power, stft, to_magnitudes
from timbrush.effect.canvas import Canvas
from timbrush.effect.composite.above import follow, keep_above, top_change
from timbrush.effect.composite.keeping import (
    LET_GO,
    Keep,
    keep_envelopes,
    keep_level,
    mid_side,
    mix,
    relations,
)
from timbrush.effect.composite.loudness import QUIET_DECIBELS, limit_level, limit_peaks
from timbrush.effect.composite.nearby import largest_nearby, mean_nearby
from timbrush.effect.source.source import Source
from timbrush.effect.zone.extent import Extent
from timbrush.tensors import Magnitudes, PixelWeights, Spectrogram, Stft, Waveform

MARGIN_FRAMES = 8
"""Frames of the sound that are held on each side of what changes."""
FEATHER_BINS = 2
FEATHER_FRAMES = 1
N_STEPS = 3
"""Griffin-Lim steps of a stroke: what surrounds it holds most phases in place already."""
SHORTEST_RAMP_SECONDS = 0.016
ABOVE_MARGIN_SECONDS = 0.02
"""What is read around a piece, so that to filter it changes nothing inside."""
EDGE_RAMP = 2.5
"""Width of a band's edge in hertz, times the seconds of a ramp in time: less leaks."""
RUMBLE_HERTZ = 10.0
"""What is slower stays: no window tells it from a constant, so redrawn rumble is an offset."""


def feather(zone: PixelWeights) -> PixelWeights:
    """Let a zone's weights fall off to 0 at its edges, inside the zone.

    Beyond the ends of the picture the zone goes on as it ends, so nothing falls there. Where it
    is too narrow to fall off, it keeps its weight in the middle.
    """
    cancelling.check()
    share = _edge(zone, FEATHER_BINS, 1) * _edge(zone, FEATHER_FRAMES, 2)
    return (2 * share - 1).clamp(0, 1) * (zone > 0)


def _edge(zone: PixelWeights, reach: int, axis: int) -> PixelWeights:
    """Mean along an axis, as a share of the largest nearby."""
    smooth = mean_nearby(zone, reach, axis)
    return smooth / largest_nearby(smooth, reach, axis).clamp(min=1e-6)


@dataclass(frozen=True, eq=False)
class Place:
    """New content, and where in the sound it belongs.

    Args:
        first_frame: Frame of the sound where it begins.
        spectrogram: What the codec makes of the new codes there.
        replaced: Pixels that it replaces.
        extent: The box that nothing may leave.
        keep: What stays of the sound that was there.
    """

    first_frame: int
    spectrogram: Spectrogram
    replaced: Bool[Tensor, "batch bin frame"]
    extent: Extent
    keep: Keep = LET_GO


def compose(canvas: Canvas, place: Place, *, before: Canvas) -> tuple[int, Samples]:
    """Return what to add to a sound, at its own rate, and at which sample it begins.

    Args:
        canvas: The sound.
        place: What comes where.
        before: The sound before the stroke, whose earlier pieces ``canvas`` may hold: no piece
            may be louder for the one before.
    """
    config, rates, peak = canvas.source.config, canvas.source.rates, canvas.source.peak
    n_frames = place.spectrogram.shape[2] + 2 * MARGIN_FRAMES
    start = (place.first_frame - MARGIN_FRAMES) * config.hop_length
    waveform = canvas.waveform(start, start + n_frames * config.hop_length)
    reference = None
    if before is not canvas:
        reference = before.waveform(start, start + waveform.shape[1])
    gain = torch.full((waveform.shape[0],), peak)
    new = to_magnitudes(place.spectrogram, gain, config)
    around = (MARGIN_FRAMES, MARGIN_FRAMES)
    change = difference(
        waveform,
        functional.pad(new, around),
        feather(functional.pad(place.replaced.to(new), around)),
        config,
        reference=reference,
        quiet=peak * 10 ** (QUIET_DECIBELS / 20),
        keep=place.keep,
    )
    edge = edge_hertz(place.extent.hertz)
    change = keep_band(
        change,
        place.extent.hertz,
        edge=edge,
        sample_rate=config.sample_rate,
        slowest=0.0 if place.keep == LET_GO else RUMBLE_HERTZ,
    )
    spans = _spans(canvas.source, place, edge)
    first, last = spans[0][0], spans[-1][1]
    outer = rates.to_outer(change.numpy(), start, (first, last))
    gains = np.zeros(last - first, np.float32)
    for low, high in spans:
        gains[low - first : high - first] = ramps(high - low, rates.outer, edge)
    if place.keep.band > 0 and _reaches_top(canvas.source, place):
        outer += place.keep.band * _above(
            canvas, before, waveform, change, start, (first, last)
        )
    outer *= gains
    ramp = round(_ramp_seconds(edge) * rates.outer)
    return first, limit_peaks(outer, canvas.floats(first, last), ramp=ramp)


def _reaches_top(source: Source, place: Place) -> bool:
    """Return whether a zone ends at the top of a band above which the sound goes on."""
    top = place.extent.hertz[1] >= source.top_hertz * (1 - 1e-6)
    return top and source.sample_rate > source.config.sample_rate


def _above(
    canvas: Canvas,
    before: Canvas,
    waveform: Waveform,
    change: Waveform,
    start: int,
    span: tuple[int, int],
) -> Piece:
    """Return what to add above the band, at the sound's own rate."""
    source, (first, last) = canvas.source, span
    rate, inner, top = source.sample_rate, source.config.sample_rate, source.top_hertz
    silence = source.peak * 10 ** (QUIET_DECIBELS / 20) / 100
    decibels, step = top_change(waveform, waveform + change, inner, top=top, floor=silence)
    margin = round(ABOVE_MARGIN_SECONDS * rate)
    pieces = [canvas.floats(first - margin, last + margin)]
    if before is not canvas:
        pieces.append(before.floats(first - margin, last + margin))
    aboves = [
        keep_above(piece, rate, top=top)[:, margin : margin + last - first] for piece in pieces
    ]
    places = (np.arange(first, last) / rate - start / inner) / step
    return follow(aboves[0], aboves[-1], decibels, places)


def _spans(source: Source, place: Place, edge: float) -> list[tuple[int, int]]:
    """Return the samples that may change: within the box, around each run of what was replaced.

    Between two shapes of a zone, and between cells that a weak stroke left alone, nothing does.
    """
    config, rate = source.config, source.sample_rate
    first, last = place.extent.samples(rate, source.length)
    reach = config.n_fft / 2 / config.sample_rate + _ramp_seconds(edge)
    frames = place.replaced.any(0).any(0).nonzero().squeeze(1).numpy()
    gaps = np.flatnonzero(np.diff(frames) * config.frame_seconds > 2 * reach) + 1
    spans = []
    for run in np.split((place.first_frame + frames) * config.frame_seconds, gaps):
        start = max(first, math.floor((run[0] - reach) * rate))
        spans.append((start, max(min(last, math.ceil((run[-1] + reach) * rate)), start)))
    return spans


def difference(
    waveform: Waveform,
    magnitudes: Magnitudes,
    weights: PixelWeights,
    config: SpectrogramConfig,
    *,
    reference: Waveform | None = None,
    quiet: float = 0.0,
    n_steps: int = N_STEPS,
    keep: Keep = LET_GO,
) -> Waveform:
    """Return what to add to a sound so that it has new magnitudes where weights say so.

    Args:
        waveform: A piece of the sound, at least four frames longer than the zone on each side.
        magnitudes: The new ones; frame 0 lies on the piece's first sample.
        weights: 1 where they replace the old ones, 0 where nothing changes.
        config: The spectrogram.
        reference: The piece whose level bounds that of the new magnitudes; None is the sound's.
        quiet: See ``limit_level``.
        n_steps: Griffin-Lim steps in which the rest of the sound is held.
        keep: What stays of the sound that was there.
    """
    magnitudes, weights = _like_stft(magnitudes), _like_stft(weights)
    length, n_frames = waveform.shape[1], magnitudes.shape[2]
    spectrum = stft(waveform, config)[:, :, :n_frames]
    before = spectrum
    if reference is not None:
        before = stft(reference, config)[:, :, :n_frames]
    draw = partial(
        _draw, config=config, quiet=quiet, n_steps=n_steps, length=length, level=keep.level
    )
    if not keep.anything:
        return draw(magnitudes, weights, spectrum, before) - waveform
    width = keep.width if len(waveform) > 1 else 0.0
    pieces = []
    if width < 1:
        pieces.append(draw(magnitudes, weights, spectrum, before, alone=True))
    if width > 0:
        weights = weights.amax(0, keepdim=True).expand_as(weights)
        pieces.append(_draw_once(draw, magnitudes, weights[:1], spectrum, before, config))
    new = torch.lerp(pieces[0], pieces[-1], width)
    part = partial(phase.inverse, config=config, length=length)
    replaced = part(spectrum * weights)
    old = replaced if before is spectrum else part(before * weights)
    turned = width > 0 and len(waveform) == 2
    if turned:  # what is in the side stays in the side
        new, old = mid_side(new), mid_side(old)
    new = keep_envelopes(
        new, old, config.sample_rate, level=keep.level, rhythm=keep.rhythm, floor=quiet / 100
    )
    if turned:
        new = mid_side(new) / 2
    return new - replaced


def _draw(
    magnitudes: Magnitudes,
    weights: PixelWeights,
    spectrum: Stft,
    before: Stft,
    *,
    config: SpectrogramConfig,
    quiet: float,
    n_steps: int,
    length: int,
    level: float,
    alone: bool = False,
) -> Waveform:
    """Return the sound with new magnitudes in its zone and with phases that fit them.

    With ``alone``, return only what is new in it.
    """
    old = power(spectrum).sqrt_()
    bound = old if before is spectrum else power(before).sqrt_()
    if level > 0:
        magnitudes = keep_level(
            magnitudes, bound, weights, config, amount=level, floor=quiet / 100
        )
    else:
        magnitudes = limit_level(magnitudes, weights, bound, quiet)
    new, kept = weights * magnitudes, 1 - weights
    mixed = new + kept * old
    start = phase.initial(mixed, config, known=spectrum, is_known=weights == 0)
    wanted = start * (new / mixed.clamp(min=1e-30))
    held = spectrum * kept
    return phase.refine(wanted, config, length=length, n_steps=n_steps, held=held, alone=alone)


def _draw_once(
    draw: Callable[..., Waveform],
    magnitudes: Magnitudes,
    weights: Float[Tensor, "one bin frame"],
    spectrum: Stft,
    before: Stft,
    config: SpectrogramConfig,
) -> Waveform:
    """Return the new content of each channel, drawn once for all of them.

    What is drawn replaces their mix; each channel gets it at the level and with the phase that
    it had beside the mix, cell by cell.
    """
    mixed = mix(spectrum)
    mixed_before = mixed if before is spectrum else mix(before)
    together = magnitudes.square().mean(0, keepdim=True).sqrt_()
    drawn = draw(together, weights, mixed, mixed_before, alone=True)
    length, n_frames = drawn.shape[1], magnitudes.shape[2]
    spread = stft(drawn, config)[:, :, :n_frames] * relations(before, mixed_before)
    return phase.inverse(spread, config, length=length)


def _like_stft(plane: PixelWeights) -> PixelWeights:
    """Lay a plane out in memory as spectra are, a frame after the other."""
    return plane.transpose(1, 2).contiguous().transpose(1, 2)


def keep_band(
    waveform: Waveform,
    hertz: tuple[float, float],
    *,
    edge: float,
    sample_rate: int,
    slowest: float = 0.0,
) -> Waveform:
    """Remove what lies outside a band; its edges fall inside the band.

    Args:
        waveform: Silent at both ends, since the filter wraps around.
        hertz: The band; an end at 0 or at half the sample rate is no edge.
        edge: Width of each edge in hertz.
        sample_rate: Rate of the waveform.
        slowest: What is slower is removed too, in hertz; it all stays from twice that on.
    """
    cancelling.check()
    low, high = hertz
    if max(low, slowest) <= 0 and high >= sample_rate / 2:
        return waveform
    length = waveform.shape[1]
    # SciPy remembers how to transform this length; torch finds it out each time.
    spectrum = fft.rfft(waveform.numpy())
    frequencies = fft.rfftfreq(length, 1 / sample_rate).astype(np.float32)
    gains = np.ones_like(frequencies)
    if low > 0:
        gains *= _smooth(((frequencies - low) / edge).clip(0, 1))
    if slowest > 0:
        gains *= _smooth((frequencies / slowest - 1).clip(0, 1))
    if high < sample_rate / 2:
        gains *= _smooth(((high - frequencies) / edge).clip(0, 1))
    return torch.from_numpy(fft.irfft(spectrum * gains, n=length))


def edge_hertz(hertz: tuple[float, float]) -> float:
    """Return how wide the edges of a band are: an eighth of it, within reason."""
    return min(max((hertz[1] - hertz[0]) / 8, 4.0), EDGE_RAMP / SHORTEST_RAMP_SECONDS)


def ramps(length: int, sample_rate: int, edge: float) -> Float[np.ndarray, " time"]:
    """Return gains that rise from 0 and fall to 0 smoothly, as slowly as the band's edge asks.

    A fast ramp spreads a sound over frequency: what is cut in time leaks out of its band.
    """
    wanted = round(_ramp_seconds(edge) * sample_rate)
    size = min(wanted, length // 2)
    gains = np.ones(length)
    rise = _smooth((np.arange(size) + 0.5) / max(size, 1))
    gains[:size] = rise
    gains[length - size :] = rise[::-1]
    return gains


def _ramp_seconds(edge: float) -> float:
    return max(SHORTEST_RAMP_SECONDS, EDGE_RAMP / edge)


def _smooth(share: Float[np.ndarray, " step"]) -> Float[np.ndarray, " step"]:
    # Half a Hann window, integrated: three derivatives vanish at both ends.
    result: Float[np.ndarray, " step"] = share - np.sin(2 * np.pi * share) / (2 * np.pi)
    return result
