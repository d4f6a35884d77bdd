import numpy as np
import pytest
import torch

from timbrush.audio import phase
from timbrush.audio.spectrogram import SpectrogramConfig, istft, n_frames, stft

SMALL = SpectrogramConfig(sample_rate=8000, n_fft=256, hop_length=64)


def a_sound(length=8000, config=SMALL, seed=0):
    """Three decaying partials and a little noise."""
    generator = torch.Generator().manual_seed(seed)
    seconds = torch.arange(length) / config.sample_rate
    partials = sum(torch.sin(6.2832 * f * seconds) / f for f in (220.0, 660.0, 1430.0))
    noise = 1e-4 * torch.randn(length, generator=generator)
    return (60 * partials * torch.exp(-3 * seconds) + noise)[None]


def convergence(waveform, magnitudes, config=SMALL):
    """Spectral convergence: 0 for a waveform that has these magnitudes."""
    difference = stft(waveform, config).abs() - magnitudes
    return float(difference.norm() / magnitudes.norm())


@pytest.mark.parametrize("length", [1, 63, 64, 1000])
@pytest.mark.parametrize("shape", [(256, 64), (256, 32), (250, 60)])
def test_its_transforms_are_those_of_the_spectrogram(length, shape):
    config = SpectrogramConfig(sample_rate=8000, n_fft=shape[0], hop_length=shape[1])
    spectrum = stft(torch.randn(2, length, generator=torch.Generator().manual_seed(1)), config)
    spectrum = (
        spectrum * torch.linspace(0.5, 2, spectrum.shape[1])[:, None]
    )  # consistent no more

    answer = phase.refine(spectrum, config, length=length, n_steps=0)

    torch.testing.assert_close(
        answer, istft(spectrum, config, length=length), atol=1e-5, rtol=0
    )


def test_its_inverse_is_that_of_the_spectrogram():
    spectrum = torch.randn(2, 129, 126, dtype=torch.complex64)

    found = phase.inverse(spectrum, SMALL, length=8000)

    torch.testing.assert_close(found, istft(spectrum, SMALL, length=8000), atol=1e-5, rtol=1e-4)


def test_a_consistent_spectrum_is_a_fixed_point():
    sound = a_sound()

    answer = phase.refine(stft(sound, SMALL), SMALL, length=8000, n_steps=5)

    torch.testing.assert_close(answer, sound, atol=1e-4, rtol=0)


@pytest.mark.parametrize(("hop", "most"), [(64, 0.2), (32, 0.15)])
def test_an_attack_at_the_very_start_is_not_cut_in_half(hop, most):
    config = SpectrogramConfig(sample_rate=8000, n_fft=256, hop_length=hop)
    noise = torch.randn(1, 4000, generator=torch.Generator().manual_seed(0))
    burst = noise * torch.exp(-20 * torch.arange(4000) / config.sample_rate)
    magnitudes = stft(burst, config).abs()

    integrated = phase.reconstruct(magnitudes, config, length=4000, n_steps=0)

    difference = (stft(integrated, config).abs() - magnitudes)[:, :, 0]
    # Twice that without regard to where it begins, or with that of a hop of 64 for one of 32.
    assert difference.norm() / magnitudes[:, :, 0].norm() < most


def test_integration_beats_random_phases_by_far():
    magnitudes = stft(a_sound(), SMALL).abs()
    random = torch.rand(magnitudes.shape, generator=torch.Generator().manual_seed(2)) * 6.2832
    by_chance = istft(torch.polar(magnitudes, random), SMALL, length=8000)

    integrated = phase.reconstruct(magnitudes, SMALL, length=8000, n_steps=0)

    assert convergence(by_chance, magnitudes) > 0.4
    assert convergence(integrated, magnitudes) < 0.1


def test_integration_crosses_bins_where_a_sound_is_a_click():
    clicks = torch.zeros(1, 8000)
    clicks[0, [1000, 2300, 4100, 6000]] = 1.0
    magnitudes = stft(clicks, SMALL).abs()

    answer = istft(phase.initial(magnitudes, SMALL), SMALL, length=8000)

    assert convergence(answer, magnitudes) < 0.1


def test_a_long_sound_gets_as_many_cells_a_frame_as_a_short_one():
    # Sixteen partials a second: far more cells than one second may have.
    seconds = torch.arange(8000) / 8000
    second = sum(torch.sin(6.2832 * 230.0 * k * seconds + k * k) for k in range(1, 17))[None]
    errors = []
    for n_seconds in (1, 12):
        magnitudes = stft(second.repeat(1, n_seconds), SMALL).abs()
        answer = phase.reconstruct(magnitudes, SMALL, length=8000 * n_seconds, n_steps=0)
        errors.append(convergence(answer, magnitudes))
    assert errors[1] < 1.5 * errors[0]


def test_sounds_that_share_a_shape_share_no_memory():
    magnitudes = stft(a_sound(), SMALL).abs()

    first = phase.initial(magnitudes, SMALL)
    kept = first.clone()
    first *= 2
    again = phase.initial(magnitudes, SMALL)

    assert torch.equal(again, kept)


def test_more_steps_come_closer():
    magnitudes = stft(a_sound(), SMALL).abs()
    errors = [
        convergence(phase.reconstruct(magnitudes, SMALL, length=8000, n_steps=n), magnitudes)
        for n in (0, 2, 8)
    ]
    assert errors[0] > errors[1] > errors[2]


def test_integration_keeps_magnitudes_and_repeats_itself():
    magnitudes = stft(a_sound(), SMALL).abs()

    once, twice = (phase.initial(magnitudes, SMALL) for _ in range(2))

    torch.testing.assert_close(once.abs(), magnitudes)
    assert torch.equal(once, twice)


def test_a_partial_runs_on_from_a_known_phase():
    # A steady sine whose second half is unknown: its phase must go on, whatever it began with.
    for start in (0.3, 2.1, -1.4):
        sound = torch.sin(2 * torch.pi * 500.0 * torch.arange(8000) / 8000 + start)[None]
        spectrum = stft(sound, SMALL)
        is_known = torch.zeros(spectrum.shape, dtype=torch.bool)
        is_known[:, :, :60] = True
        garbage = torch.where(is_known, spectrum, torch.conj(spectrum) * 1j)

        answer = phase.initial(spectrum.abs(), SMALL, known=garbage, is_known=is_known)

        loudest = spectrum[0, :, 80].abs().argmax()
        turn = (answer[0, loudest, 40:100] / spectrum[0, loudest, 40:100]).angle()
        assert turn.abs().max() < 0.15


def unevenness(waveform):
    """Standard deviation in decibels of the magnitudes inside a sound."""
    return float(20 * torch.log10(stft(waveform, SMALL).abs()[:, 4:-4, 8:-8]).std())


def test_where_nothing_is_loud_a_noise_is_even():
    # Flat magnitudes with one far louder cell: all others are too soft to be integrated.
    magnitudes = torch.full((2, SMALL.n_bins, 126), 1e-3)
    magnitudes[:, 3, 2] = 1.0
    magnitudes[1, 3, 9] = 1.0

    noises = phase.reconstruct(magnitudes, SMALL, length=8000, n_steps=0)

    white = torch.randn(1, 8000, generator=torch.Generator().manual_seed(0))
    assert unevenness(white) > 5
    for noise in noises:
        assert unevenness(noise[None]) < 2.5
        level = stft(noise[None], SMALL).abs()[:, 4:-4, 8:-8].log().mean().exp()
        assert abs(20 * torch.log10(level / 1e-3)) < 1
    assert not torch.allclose(*noises)  # two channels are no mono


def test_sounds_that_are_alike_stay_alike():
    one, other = (stft(a_sound(seed=seed), SMALL).abs() for seed in (0, 1))

    answer = phase.reconstruct(torch.cat((one, other, one)), SMALL, length=8000)

    assert torch.equal(answer[0], answer[2])
    assert not torch.equal(answer[0], answer[1])


@pytest.mark.parametrize("level", [0.0, 1e-18, 1e-12])
def test_nothing_known_is_no_silence(level):
    # Known is digital silence, or next to it: what is to come there gets whole phases.
    magnitudes = torch.full((1, SMALL.n_bins, 126), 1e-3)
    magnitudes[:, 3, 2] = 1.0
    silence = torch.full(magnitudes.shape, level, dtype=torch.complex64)
    is_known = torch.zeros(magnitudes.shape, dtype=torch.bool)

    answer = phase.initial(magnitudes, SMALL, known=silence, is_known=is_known)

    torch.testing.assert_close(answer.abs(), magnitudes)


def test_what_is_held_stays():
    sound = a_sound()
    spectrum = stft(sound, SMALL)
    wanted = spectrum.clone()
    wanted[:, :, :80] = 0  # the first part is held, the second is to be found
    held = spectrum - wanted
    start = torch.polar(wanted.abs(), torch.zeros_like(wanted.abs()))

    answer = phase.refine(start, SMALL, length=8000, n_steps=20, held=held)

    safe = 76 * SMALL.hop_length  # two hops before the edge all windows are held
    torch.testing.assert_close(answer[:, :safe], sound[:, :safe], atol=1e-4, rtol=0)


def test_what_is_held_can_be_left_out():
    known, new = stft(a_sound(), SMALL), stft(a_sound(seed=3) * 0.5, SMALL)
    known[:, 60:], new[:, :60] = 0, 0

    whole, alone = (
        phase.refine(new, SMALL, length=8000, n_steps=3, held=known, alone=alone)
        for alone in (False, True)
    )

    assert alone.abs().max() > 1e-3
    held = istft(known, SMALL, length=8000)
    torch.testing.assert_close(alone + held, whole, atol=1e-4, rtol=0)


def test_silence_has_no_sound():
    magnitudes = torch.zeros(2, SMALL.n_bins, n_frames(500, SMALL))

    answer = phase.reconstruct(magnitudes, SMALL, length=500)

    assert torch.equal(answer, torch.zeros(2, 500))


def test_where_magnitudes_are_silent_nothing_spreads_from_step_to_step():
    magnitudes = stft(a_sound(), SMALL).abs()
    magnitudes[:, :, 60:] = 0

    answer = phase.reconstruct(magnitudes, SMALL, length=8000, n_steps=12)

    # A window that is centred on the last loud frame ends half a window behind it.
    assert torch.count_nonzero(answer[:, 59 * 64 + 128 :]) == 0


def test_each_sound_of_a_batch_is_on_its_own():
    both = torch.cat([a_sound(seed=0), 0.01 * a_sound(seed=1).flip(-1)])
    magnitudes = stft(both, SMALL).abs()

    together = phase.reconstruct(magnitudes, SMALL, length=8000)
    alone = phase.reconstruct(magnitudes[:1], SMALL, length=8000)

    np.testing.assert_allclose(together[:1], alone, atol=1e-5)
