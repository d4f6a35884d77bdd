import math

import pytest
import torch

from timbrush_lab.codec import opus
from timbrush_lab.codec.metrics import spectral_convergence

needs_opus = pytest.mark.skipif(not opus.is_installed(), reason="opus-tools is not installed")


@needs_opus
def test_a_note_comes_back_aligned_and_as_long_as_it_was() -> None:
    time = torch.arange(20_001) / 16_000
    note = 0.3 * torch.sin(2 * math.pi * 440 * time) * torch.exp(-2 * time)
    sound = opus.opus_round_trip(note, 16_000, kilobits_per_second=32)
    assert len(sound.waveform) == len(note)
    assert spectral_convergence(note[None], sound.waveform[None]).item() < 0.2
    correlation = torch.corrcoef(torch.stack((note[2000:18000], sound.waveform[2000:18000])))
    assert correlation[0, 1].item() > 0.9


@needs_opus
def test_fewer_bits_make_a_smaller_file() -> None:
    noise = 0.1 * torch.randn(32_000, generator=torch.Generator().manual_seed(0))
    small, large = (
        opus.opus_round_trip(noise, 16_000, kilobits_per_second=rate).n_bytes
        for rate in (6, 24)
    )
    assert small < 0.5 * large
