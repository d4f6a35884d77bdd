from dataclasses import replace

import pytest
import torch

from timbrush.audio.levels import measure, to_levels
from timbrush.audio.spectrogram import SpectrogramConfig, stft, to_spectrogram
from timbrush.codec.quantizer import QuantizerConfig
from timbrush.codec.rhythm_timbre import RhythmTimbre, RhythmTimbreConfig
from timbrush.errors import ConfigError

TINY = RhythmTimbreConfig(
    spectrogram=SpectrogramConfig(
        sample_rate=8000, n_fft=256, hop_length=64, floor_decibels=-100.0
    ),
    row_heights=(4, 4, 8, 8, 16, 16),
    n_bands=3,
    frames_per_column=8,
    rhythm_columns=4,
    step_length=32,
    n_channels=16,
    n_rhythm_channels=8,
    n_encoder_blocks=1,
    n_decoder_blocks=2,
    rhythm_quantizer=QuantizerConfig(codebook_size=32, n_features=4),
    timbre_quantizer=QuantizerConfig(codebook_size=16, n_features=4),
)


@pytest.fixture
def codec(spread) -> RhythmTimbre:
    torch.manual_seed(0)
    codec = RhythmTimbre(TINY)
    spread(codec)
    return codec.eval()


def heard(n_columns: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the spectrogram and the levels of a noise that beats."""
    length = n_columns * 8 * 64
    generator = torch.Generator().manual_seed(seed)
    waveform = torch.randn(1, length, generator=generator) * (torch.arange(length) % 512 < 128)
    magnitudes = stft(waveform, TINY.spectrogram)[:, :, : length // 64].abs()
    gain = magnitudes.amax(dim=(1, 2))
    levels = to_levels(measure(waveform, TINY.levels), gain, -100.0)
    return to_spectrogram(magnitudes, gain, TINY.spectrogram), levels


def test_codemaps_have_the_shape_that_the_codec_states(codec: RhythmTimbre) -> None:
    codemaps = codec.encode(*heard(3))
    codec.shape.check(codemaps)
    assert [tuple(codes.shape) for codes in codemaps] == [(1, 3, 12), (1, 6, 3)]
    assert codec.decode(codemaps).shape == (1, 129, 24)
    assert codec.decode_levels(codemaps).shape == (1, 3, 48)


def test_no_timbre_code_changes_the_levels(codec: RhythmTimbre) -> None:
    rhythm, timbre = codec.encode(*heard(3))
    other = (timbre + 1) % 16
    assert torch.equal(
        codec.decode_levels((rhythm, timbre)), codec.decode_levels((rhythm, other))
    )
    assert not torch.equal(codec.decode((rhythm, timbre)), codec.decode((rhythm, other)))


def test_what_is_decoded_is_level_plus_shape(codec: RhythmTimbre) -> None:
    """Louder levels lift the spectrogram where the shapes stay."""
    with torch.no_grad():
        codec.timbre.know_out.weight.zero_()
        rhythm, timbre = codec.encode(*heard(3))
        soft = codec.decode((rhythm, timbre))
        codec.rhythm.leave.bias += 0.1
        loud = codec.decode((rhythm, timbre))
    inside = (soft[:, :56] > 0.05) & (loud[:, :56] < 0.95)
    lifted = (loud - soft)[:, :56][inside]
    # A few lie at the floor, or above what levels can say.
    assert (lifted - 0.1).abs().quantile(0.95) < 0.02


def test_a_code_reaches_no_farther_than_the_codec_states(codec: RhythmTimbre) -> None:
    n, reach = 2 * codec.context_columns + 3, codec.context_columns
    codemaps = codec.encode(*heard(n))
    middle = n // 2
    before = codec.decode(codemaps)
    for level in (0, 1):
        changed = tuple(codes.clone() for codes in codemaps)
        columns = codec.shape.columns_per_patch[level]
        inside = changed[level][:, :, middle * columns : (middle + 1) * columns]
        inside.copy_((inside + 1) % 16)
        differs = (codec.decode(changed) - before).abs().amax(dim=(0, 1)) > 1e-6
        frames = differs.nonzero()[:, 0]
        assert len(frames)
        assert int(frames[0]) >= (middle - reach) * 8
        assert int(frames[-1]) < (middle + 1 + reach) * 8


def test_a_window_with_context_is_encoded_as_the_whole_is(codec: RhythmTimbre) -> None:
    reach = codec.encode_context_columns + 1  # levels at a cut see silence for half a window
    n = 2 * reach + 3
    spectrogram, levels = heard(n)
    whole = codec.shape.cut(codec.encode(spectrogram, levels), reach, reach + 1)
    first = 8 * (reach - codec.encode_context_columns)
    last = 8 * (reach + 1 + codec.encode_context_columns)
    window = codec.encode(spectrogram[:, :, first:last], levels[:, :, 2 * first : 2 * last])
    at = codec.encode_context_columns
    for one, other in zip(whole, codec.shape.cut(window, at, at + 1), strict=True):
        assert torch.equal(one, other)


def test_both_quantizers_and_all_weights_learn(codec: RhythmTimbre) -> None:
    codec.train()
    spectrogram, levels = heard(4)
    restored = codec(spectrogram, levels)
    rows = TINY.band_edges[-1]
    loss = (restored.spectrogram - spectrogram[:, :rows]).square().mean()
    (loss + (restored.levels - levels).square().mean() + restored.loss).backward()
    without = [name for name, p in codec.named_parameters() if p.grad is None]
    assert without == []


def test_levels_learn_nothing_from_the_spectrogram(codec: RhythmTimbre) -> None:
    codec.train()
    codec(*heard(4)).spectrogram.mean().backward()
    assert all(p.grad is None for p in codec.rhythm.parameters())


@pytest.mark.parametrize(
    "settings",
    [
        {"n_bands": 4},
        {"n_bands": 1},
        {"row_heights": (4, 4, 8, 8, 16, 160)},
        {"rhythm_columns": 3},
        {"step_length": 48},
        {"step_length": 128},
        {"kernel": (4, 3)},
        {"n_channels": 0},
    ],
)
def test_sizes_that_do_not_fit_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        replace(TINY, **settings)  # type: ignore[arg-type]
