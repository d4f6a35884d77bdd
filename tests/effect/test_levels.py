"""A sound goes through a codec of rhythm and timbre and back, a piece at a time."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from timbrush.audio.levels import impose, impose_in_pieces, measure, measure_part
from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.quantizer import QuantizerConfig
from timbrush.codec.rhythm_timbre import RhythmTimbre, RhythmTimbreConfig
from timbrush.effect.model import Effect
from timbrush.inpainting.registry import without_file

CONFIG = RhythmTimbreConfig(
    spectrogram=SpectrogramConfig(
        sample_rate=8000, n_fft=256, hop_length=64, floor_decibels=-100.0
    ),
    row_heights=(8, 8, 16, 16, 32, 32),
    n_bands=3,
    frames_per_column=8,
    rhythm_columns=4,
    step_length=32,
    n_channels=16,
    n_rhythm_channels=8,
    n_encoder_blocks=1,
    n_decoder_blocks=1,
    rhythm_quantizer=QuantizerConfig(codebook_size=64, n_features=4),
    timbre_quantizer=QuantizerConfig(codebook_size=16, n_features=4),
)


@pytest.fixture(scope="module")
def effect() -> Effect:
    torch.manual_seed(0)
    codec = RhythmTimbre(CONFIG).eval()
    with torch.no_grad():  # untrained, it would decode levels far below any floor
        codec.rhythm.leave.weight *= 0.1
    return Effect(codec, without_file(codec.shape), CONFIG.spectrogram, "0" * 16)


def beats(seconds: float, channels: int = 1) -> np.ndarray:
    time = np.arange(round(seconds * 8000)) / 8000
    noise = np.random.default_rng(0).standard_normal((channels, len(time)))
    return (0.2 * noise * np.exp(-12 * (time % 0.25))).astype(np.float32)


def test_a_decoded_sound_has_the_levels_that_its_rhythm_codes_stand_for(effect: Effect) -> None:
    samples = beats(2.0)
    codes = effect.encode(samples, sample_rate=8000)
    decoded = torch.from_numpy(effect.decode(codes))[None]

    wanted = effect._levels_of(codes)(0, decoded.shape[1] // 32)
    got = measure(decoded, CONFIG.levels)
    loud = wanted > 1e-3 * wanted.max()
    gap = 10 * torch.log10(got[loud] / wanted[loud])
    assert gap.abs().median() < 3.0  # unimposed, a picture of noise is 25 dB off


def test_the_rhythm_of_one_sound_and_the_timbre_of_another_can_be_joined(
    effect: Effect,
) -> None:
    codes = effect.encode(beats(2.0), sample_rate=8000)
    rhythm, timbre = codes.codemaps
    other = replace(codes, codemaps=(rhythm, (timbre + 3) % 16))
    before, after = (
        measure(torch.from_numpy(effect.decode(each))[None], CONFIG.levels)
        for each in (codes, other)
    )
    loud = before > 1e-2 * before.max()
    assert (10 * torch.log10(after[loud] / before[loud])).abs().median() < 1.5


def test_channels_that_are_alike_stay_alike(effect: Effect) -> None:
    stereo = np.repeat(beats(1.0), 2, axis=0)
    decoded = effect.decode(effect.encode(stereo, sample_rate=8000))
    assert np.array_equal(decoded[0], decoded[1])


def test_codes_do_not_depend_on_where_a_sound_is_cut_into_pieces(effect: Effect) -> None:
    samples = beats(3.0)
    whole = effect.open(samples, sample_rate=8000).codemaps
    part = effect.open(samples, sample_rate=8000)
    for first in range(0, effect.codec.shape.n_columns(whole), 5):
        last = min(first + 5, effect.codec.shape.n_columns(whole))
        wanted = effect.codec.shape.cut(whole, first, last)
        for one, other in zip(part.codes(first, last), wanted, strict=True):
            assert torch.equal(one, other)


def test_some_steps_of_a_sound_are_measured_as_in_the_whole() -> None:
    waveform = torch.from_numpy(beats(1.0))
    whole = measure(waveform, CONFIG.levels)

    def read(first: int, last: int) -> torch.Tensor:
        padded = torch.nn.functional.pad(waveform, (1000, 1000))
        return padded[:, first + 1000 : last + 1000]

    for first, last in ((0, 10), (40, 61), (200, 250)):
        part = measure_part(read, first, last, CONFIG.levels)
        assert torch.allclose(part, whole[:, :, first:last], rtol=1e-4, atol=1e-9)


def test_levels_are_imposed_in_pieces_as_on_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    waveform = torch.from_numpy(beats(1.0))
    wanted = measure(torch.from_numpy(beats(1.0)[:, ::-1].copy()), CONFIG.levels)
    whole = impose(waveform, wanted, CONFIG.levels)
    monkeypatch.setattr("timbrush.audio.levels.PIECE_STEPS", 50)

    def part(first: int, last: int) -> torch.Tensor:
        return wanted[:, :, first:last]

    assert torch.allclose(impose_in_pieces(waveform, part, CONFIG.levels), whole, atol=1e-5)
