import pytest
import torch

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.codes import pack
from timbrush_lab.codec import opus
from timbrush_lab.codec.metrics import log_spectral_distance, spectral_convergence
from timbrush_lab.codec.restoring import distances, evaluate_sounds, restore, restore_magnitudes


def test_a_restored_sound_is_what_the_effect_decodes(effect, examples) -> None:  # type: ignore[no-untyped-def]
    waveform = examples[0].waveform
    restored, codes = restore(effect, waveform, 8000)
    wanted = effect.decode(effect.encode(waveform.numpy(), sample_rate=8000))
    assert torch.equal(restored, torch.from_numpy(wanted))
    assert codes.length == len(waveform)


def test_each_sound_gets_its_distances_bits_and_family(effect, examples) -> None:  # type: ignore[no-untyped-def]
    results = list(evaluate_sounds(effect, examples, with_pitch=False, with_ceilings=False))
    assert [result.family for result in results] == ["bass", "guitar", "unknown"]
    for example, result in zip(examples, results, strict=True):
        restored, codes = restore(effect, example.waveform, 8000)
        wanted = log_spectral_distance(example.waveform[None], restored[None]).item()
        assert result.distances.lsd == pytest.approx(wanted)
        assert result.file_bits == 8 * len(pack(codes))
        # Codes of 4 bits: a coarse cell is two rows by 8 frames of 64 samples, a fine one half.
        n_columns = -(-len(example.waveform) // (8 * 64))
        assert result.bits == 4 * (3 * n_columns + 6 * 2 * n_columns)
        assert result.pitch is None


def test_true_magnitudes_come_back_better_than_any_codec(effect, examples) -> None:  # type: ignore[no-untyped-def]
    waveform = examples[0].waveform
    alone = restore_magnitudes(waveform, effect.spectrogram)
    assert len(alone) == len(waveform)
    assert spectral_convergence(waveform[None], alone[None]).item() < 0.2


def test_means_over_frames_are_exact_for_what_stands_still_and_for_nothing_else() -> None:
    config, times = SpectrogramConfig(), torch.arange(16_000) / 16_000
    tone = torch.sin(2 * torch.pi * 440 * times)
    inside = slice(4_000, 12_000)
    for sound, is_near in ((tone, True), (tone * torch.exp(-12 * times), False)):
        means = restore_magnitudes(sound, config, n_frames=8)
        error = spectral_convergence(sound[None, inside], means[None, inside]).item()
        assert (error < 0.05) == is_near


@pytest.mark.skipif(not opus.is_installed(), reason="opus-tools is not installed")
def test_ceilings_stand_beside_it(effect, examples) -> None:  # type: ignore[no-untyped-def]
    (result,) = evaluate_sounds(effect, examples[:1], with_pitch=False)
    assert set(result.ceilings) == {
        "true magnitudes",
        "means over 4 frames",
        "Opus at 6 kbit/s",
        "Opus at 12 kbit/s",
    }
    assert result.opus_bits["Opus at 6 kbit/s"] < result.opus_bits["Opus at 12 kbit/s"]


def test_all_distances_of_a_sound_to_itself_are_zero(examples) -> None:  # type: ignore[no-untyped-def]
    waveform = examples[1].waveform
    same = distances(waveform, waveform, 8000)
    assert (same.lsd, same.active_lsd, same.spectral_convergence, same.mel_distance) == (
        0.0,
        0.0,
        0.0,
        0.0,
    )
