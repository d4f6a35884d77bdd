import torch

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.vqvae2 import VQVAE2, VQVAE2Config
from timbrush_lab.phases import compare_phases

SMALL = SpectrogramConfig(sample_rate=8000, n_fft=256, hop_length=64)


def a_codec():
    torch.manual_seed(0)
    rows = (4,) * 4 + (16,) * 6
    return VQVAE2(VQVAE2Config(row_heights=rows, n_bins=129, n_channels=8)).eval()


def test_integration_needs_fewer_steps_than_chance():
    time = torch.arange(8000) / 8000
    sound = sum(torch.sin(6.2832 * f * time) for f in (220.0, 650.0, 1210.0)) * torch.exp(-time)

    results = {r.method: r for r in compare_phases([sound], a_codec(), SMALL)}

    assert sum(result.default for result in results.values()) == 1
    own, chance = results["integration, 8 fast GL"], results["random phase, 8 fast GL"]
    assert own.true["spectral_convergence"] < 0.5 * chance.true["spectral_convergence"]
    assert own.true["lsd"] < results["integration"].true["lsd"]
    # An untrained codec returns something else.
    assert own.decoded["lsd"] > 2 * own.true["lsd"]
    assert all(result.milliseconds > 0 for result in results.values())
