"""Measure how far a codec or an edit took a sound from what it was.

All take ``(reference, estimate)``, batches of equal length, and return one number a sound;
0 is perfect. The short-time spectrum is the same for every codec, whatever it works on itself:
Hann windows of 2048 samples every 512.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from timbrush.audio import distances
from timbrush.audio.distances import (
    ACTIVE_DECIBELS,
    ACTIVE_FLOOR_DECIBELS,
    FLOOR_DECIBELS,
    Distance,
)
from timbrush.audio.mel import mel_filters
from timbrush.audio.spectrogram import SpectrogramConfig, stft
from timbrush.tensors import Magnitudes, Waveform

MEASURE = SpectrogramConfig(n_fft=2048, hop_length=512)

MEL_RESOLUTIONS = ((512, 40), (1024, 80), (2048, 160))
"""Samples of a window and mel bands of each resolution; windows overlap by three quarters."""

_TINY = 1e-15


def log_spectral_distance(reference: Waveform, estimate: Waveform) -> Distance:
    """LSD in decibels: root mean square over frequency, mean over frames.

    Magnitudes are cut off 80 dB below the reference's peak, so that silence costs nothing.

    Source: Gray and Markel 1976; floor and averaging as commonly used for neural codecs.
    """
    target, other = _magnitudes(reference), _magnitudes(estimate)
    return distances.log_spectral_distance(_difference(other, target, FLOOR_DECIBELS))


def active_log_spectral_distance(reference: Waveform, estimate: Waveform) -> Distance:
    """LSD in decibels over the cells that are loud in either sound: closest to what one hears.

    Only cells within 50 dB of the reference's peak count, cut off at 60 dB below it; root mean
    square over all of them at once.
    """
    target, other = _magnitudes(reference), _magnitudes(estimate)
    active = torch.maximum(target, other) > _peak(target) * 10 ** (-ACTIVE_DECIBELS / 20)
    return distances.active_distance(_difference(other, target, ACTIVE_FLOOR_DECIBELS), active)


def spectral_convergence(reference: Waveform, estimate: Waveform) -> Distance:
    """Norm of the difference of magnitudes over the norm of the reference's.

    The loudest partials rule it. 1 is what silence gets; two silent sounds get 0.

    Source: Sturmel and Daudet 2011, section 3, on magnitudes.
    """
    target, other = _magnitudes(reference), _magnitudes(estimate)
    return distances.spectral_convergence(target, other, tiny=_TINY)


def mel_distance(reference: Waveform, estimate: Waveform, *, sample_rate: int) -> Distance:
    """Mean difference in decibels of mel magnitudes, mean over three resolutions.

    Magnitudes are cut off 80 dB below the reference's peak, as for ``log_spectral_distance``.

    Source: the multi-scale mel loss of Kumar et al. 2023 (DAC), section 3.4, in decibels.
    """
    found = []
    for n_fft, n_bands in MEL_RESOLUTIONS:
        filters = _filters(sample_rate, n_fft, n_bands).to(reference)
        target, other = (
            torch.einsum("mf,bft->bmt", filters, _magnitudes(waveform, n_fft))
            for waveform in (reference, estimate)
        )
        difference = _difference(other, target, FLOOR_DECIBELS)
        found.append(difference.abs().mean(dim=(1, 2)))
    return torch.stack(found).mean(dim=0)


def _filters(sample_rate: int, n_fft: int, n_bands: int) -> Float[Tensor, "band bin"]:
    filters, _ = mel_filters(sample_rate, n_fft, n_bands)
    return torch.from_numpy(filters.T.copy())


def _magnitudes(waveform: Waveform, n_fft: int = MEASURE.n_fft) -> Magnitudes:
    return stft(waveform, SpectrogramConfig(n_fft=n_fft, hop_length=n_fft // 4)).abs()


def _peak(target: Magnitudes) -> Float[Tensor, "batch 1 1"]:
    return target.amax(dim=(1, 2), keepdim=True).clamp(min=_TINY)


def _difference(other: Magnitudes, target: Magnitudes, floor: float) -> Magnitudes:
    return _decibels(other, target, floor) - _decibels(target, target, floor)


def _decibels(magnitudes: Magnitudes, target: Magnitudes, floor: float) -> Magnitudes:
    """Decibels relative to the target's peak, cut off ``floor`` below it."""
    return 20 * torch.log10((magnitudes / _peak(target)).clamp(min=10 ** (-floor / 20)))
