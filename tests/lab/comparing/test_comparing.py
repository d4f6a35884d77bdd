"""Every way restores a sound of any rate, and the figures are summed up by way."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from lab.hearing import sounds

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.effect.model import Effect
from timbrush_lab.clips import Clip
from timbrush_lab.codec import opus
from timbrush_lab.comparing.comparison import as_row, compare, summarize
from timbrush_lab.comparing.representation import representations
from timbrush_lab.comparing.restorers import (
    Restored,
    Restorer,
    by_magnitudes,
    by_model,
    restorers,
)


def clip(name: str = "a.wav", sample_rate: int = 8000) -> Clip:
    samples = sounds.loop()[None, : sample_rate // 2].astype(np.float32)
    return Clip(name=name, kind="loop", samples=samples, sample_rate=sample_rate)


def same(samples: np.ndarray, sample_rate: int) -> Restored:
    return Restored(samples=samples, bits=len(samples), milliseconds=3.0)


def softer(samples: np.ndarray, sample_rate: int) -> Restored:
    return Restored(samples=samples / 2, bits=None, milliseconds=5.0)


def test_a_model_restores_at_the_sounds_own_rate_and_counts_its_bits(effect: Effect) -> None:
    sound = clip(sample_rate=11_025)
    restored = by_model(effect)(sound.mono, sound.sample_rate)
    codes = effect.encode(sound.mono, sample_rate=sound.sample_rate)
    n_codes = sum(codemap.numel() for codemap in codes.codemaps)
    assert restored.samples.shape == sound.mono.shape
    assert restored.bits == 4 * n_codes  # codebooks of 16
    assert restored.milliseconds > 0


def test_true_magnitudes_of_a_short_window_are_close() -> None:
    sound = clip(sample_rate=44_100)
    config = SpectrogramConfig(sample_rate=44_100, n_fft=1024, hop_length=256)
    restored = by_magnitudes(config)(sound.mono, sound.sample_rate)
    torch.manual_seed(0)
    assert restored.samples.shape == sound.mono.shape
    assert restored.bits is None
    (found,) = compare([sound], {"true": by_magnitudes(config)})
    assert found.figures.tonal_convergence < 0.4
    assert abs(found.figures.level_db) < 1


def test_ways_are_named(effect: Effect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opus, "is_installed", lambda: True)
    names = list(restorers(effect, beside=effect))
    assert names[:5] == ["model", "beside", "opus 6", "opus 12", "opus 24"]
    assert names[5:] == ["true magnitudes of model", "true magnitudes of beside"]
    assert list(restorers(effect, with_others=False)) == ["model"]
    monkeypatch.setattr(opus, "is_installed", lambda: False)
    assert list(restorers(effect)) == ["model", "true magnitudes of model"]


@pytest.mark.skipif(not opus.is_installed(), reason="needs opus-tools")
def test_more_bits_make_opus_better(effect: Effect) -> None:
    sound = clip(sample_rate=44_100)
    ways = {name: way for name, way in restorers(effect).items() if name.startswith("opus")}
    summary = summarize(list(compare([sound], ways)))
    assert summary["opus 24"]["mel_db"] < summary["opus 6"]["mel_db"]
    assert summary["opus 24"]["kilobits_per_second"] > summary["opus 6"]["kilobits_per_second"]


def test_figures_are_summed_up_by_way() -> None:
    ways: dict[str, Restorer] = {"same": same, "softer": softer}
    found = list(compare([clip("a.wav"), clip("b.wav")], ways))
    summary = summarize(found)
    assert summary["same"]["n_sounds"] == 2
    assert summary["same"]["kilobits_per_second"] == pytest.approx(8.0)  # a bit a sample
    assert summary["same"]["mel_db"] == 0
    assert summary["softer"]["kilobits_per_second"] is None
    assert summary["softer"]["level_db"] == pytest.approx(-6.02, abs=0.01)
    assert summary["softer"]["milliseconds"] == 5.0
    assert [as_row(c)["way"] for c in found] == ["same", "softer"] * 2
    assert as_row(found[0])["sound"] == "a.wav"


def test_short_windows_keep_attacks_and_long_ones_tones() -> None:
    ways = representations()
    names = ("44.1 kHz, window 4096", "44.1 kHz, window 512")
    sound = clip(sample_rate=44_100)
    found = summarize(list(compare([sound], {name: ways[name] for name in names})))
    long, short = (found[name] for name in names)
    assert short["onset_correlation"] > long["onset_correlation"]
    assert short["pre_echo_db"] < long["pre_echo_db"]
    assert short["tonal_convergence"] > long["tonal_convergence"]


def test_long_cells_cost_attacks_tall_ones_tones_and_levels_mend_attacks() -> None:
    cells = {name: way for name, way in representations().items() if "kHz" not in name}
    time = np.arange(44_100) / 44_100
    chord = sum(np.sin(2 * np.pi * hertz * time) for hertz in (220.0, 277.18, 1318.5))
    tones = replace(clip(sample_rate=44_100), samples=0.1 * chord[None].astype(np.float32))
    hits, held = (
        [summarize(list(compare([sound], {"way": way})))["way"] for way in cells.values()]
        for sound in (clip(sample_rate=44_100), tones)
    )
    flat, longer, tall, levelled = (figures["onset_correlation"] for figures in hits)
    assert max(flat, longer) < min(tall, levelled)
    flat, longer, tall, levelled = (figures["tonal_convergence"] for figures in held)
    assert tall > 2 * max(flat, longer, levelled)
