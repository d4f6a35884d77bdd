import torch

from timbrush.audio import synthesis
from timbrush.audio.spectrogram import SpectrogramConfig, stft

CONFIG = SpectrogramConfig(sample_rate=8000, n_fft=256, hop_length=64)


def test_chunks_join_without_a_seam(monkeypatch):
    time = torch.arange(128 * 64) / 8000
    sound = sum(torch.sin(6.2832 * f * time + f) for f in (310.0, 925.0, 1710.0))[None] * 0.2
    magnitudes = stft(sound, CONFIG).abs()[:, :, :128]
    monkeypatch.setattr(synthesis, "CHUNK_FRAMES", 48)

    joined = synthesis.synthesise(
        lambda first, last: magnitudes[:, :, first:last], 128, CONFIG, length=8100
    )

    assert joined.shape == (1, 8100)
    after = stft(joined, CONFIG).abs()[:, :, 4:120]
    error = (after - magnitudes[:, :, 4:120]).norm() / magnitudes.norm()
    assert error < 0.03
    jumps = joined.diff().abs()[0, 300:7800]
    assert jumps.max() < 1.3 * sound.diff().abs().max()


def test_a_sound_longer_than_its_frames_ends_in_silence():
    answer = synthesis.synthesise(
        lambda first, last: torch.ones(2, 129, last - first), 4, CONFIG, length=1000
    )

    assert answer.shape == (2, 1000)
    assert not answer[:, 4 * 64 :].any()


def test_a_noise_is_as_loud_in_every_chunk(monkeypatch):
    # Even magnitudes, of which nearly all are too soft for integrated phases.
    magnitudes = torch.full((1, 129, 480), 1e-3)
    magnitudes[:, 3] = 1e-2
    monkeypatch.setattr(synthesis, "CHUNK_FRAMES", 160)

    noise = synthesis.synthesise(
        lambda first, last: magnitudes[:, :, first:last], 480, CONFIG, length=480 * 64
    )

    levels = stft(noise, CONFIG).abs()[0, 10:120, 8:472].log().mean(0)
    thirds = torch.stack([third.mean() for third in levels.split(160)])
    assert (thirds - thirds.mean()).abs().max() < 0.1
