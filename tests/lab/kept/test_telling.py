"""What is told from untouched sound is told, and what is the same is not."""

import numpy as np
import pytest
from lab.hearing import sounds

from timbrush.effect.model import Effect
from timbrush.effect.stroke import Stroke
from timbrush_lab.clips import Clip
from timbrush_lab.kept.stand_ins import FILLS, fill_span
from timbrush_lab.kept.telling import auc, by_strokes, describe, draw_spans

RATE = 16_000
TOP = 8000.0
SECONDS = (0.4, 0.9)
INSIDE = slice(round(0.45 * RATE), round(0.85 * RATE))


def clips(n_clips: int = 8) -> list[Clip]:
    found = []
    for index in range(n_clips):
        samples = 0.1 * sounds.noise(index, 2 * RATE)[None].astype(np.float32)
        found.append(Clip(name=str(index), kind="foley", samples=samples, sample_rate=RATE))
    return found


def tone() -> np.ndarray:
    time = np.arange(2 * RATE) / RATE
    return (0.2 * np.sin(2 * np.pi * 500 * time)).astype(np.float32)


def test_what_is_the_same_cannot_be_told() -> None:
    spans = draw_spans(clips(), 16)
    untouched = auc(clips(), spans, lambda clip, _, __: clip.mono, top_hertz=TOP)
    assert untouched == pytest.approx(0.5)


def test_what_fluctuates_less_is_told() -> None:
    def steady(clip: Clip, seconds: tuple[float, float], seed: int) -> np.ndarray:
        rms = float(np.sqrt((clip.mono**2).mean()))
        return (rms * np.sign(np.sin(np.arange(2 * RATE) * 0.3))).astype(np.float32)

    assert auc(clips(), draw_spans(clips(), 16), steady, top_hertz=TOP) > 0.95


def test_loudness_alone_is_not_told() -> None:
    one = describe(clips()[0].mono, RATE, SECONDS, TOP)
    louder = describe(3 * clips()[0].mono, RATE, SECONDS, TOP)
    assert louder == pytest.approx(one, abs=1e-3)


def test_spans_lie_in_their_sounds() -> None:
    spans = draw_spans(clips(), 20, seed=3)
    assert spans == draw_spans(clips(), 20, seed=3) != draw_spans(clips(), 20)
    assert [index for index, _ in spans] == [*range(8), *range(8), *range(4)]
    assert all(
        0 <= first < last <= 2 and last - first == pytest.approx(1)
        for _, (first, last) in spans
    )


def test_a_stroke_redraws_the_span_alone(effect: Effect) -> None:
    clip = clips()[0]
    redraw = by_strokes(effect, Stroke(inpainter="uniform"))
    redrawn = redraw(clip, (0.8, 1.2), 1)
    assert np.array_equal(redrawn[: RATE // 4], clip.mono[: RATE // 4])
    assert not np.array_equal(redrawn[RATE:][:1000], clip.mono[RATE:][:1000])


@pytest.mark.parametrize("name", FILLS)
def test_a_fill_stays_in_its_span(name: str) -> None:
    sound = clips()[0].mono
    filled = fill_span(sound, RATE, SECONDS, FILLS[name])
    changed = np.flatnonzero(filled != sound) / RATE
    assert SECONDS[0] - 0.02 < changed.min() < SECONDS[0] + 0.02
    assert SECONDS[1] - 0.02 < changed.max() < SECONDS[1] + 0.02


@pytest.mark.parametrize("name", FILLS)
def test_every_fill_of_a_steady_tone_is_that_tone(name: str) -> None:
    filled = fill_span(tone(), RATE, SECONDS, FILLS[name])
    loss = 0.1 if name != "blur" else 0.5  # a blurred line is a narrow noise
    assert np.std(filled[INSIDE]) == pytest.approx(np.std(tone()), rel=loss)
    line = np.abs(np.fft.rfft(filled[INSIDE] * np.hanning(INSIDE.stop - INSIDE.start)))
    assert line.argmax() * RATE / (INSIDE.stop - INSIDE.start) == pytest.approx(500, abs=5)


def test_a_click_is_interpolated_away_and_copied_elsewhere() -> None:
    sound = 0.01 * tone()
    sound[round(0.65 * RATE)] = 1
    near = slice(round(0.6 * RATE), round(0.7 * RATE))
    peaks = {
        name: np.abs(fill_span(sound, RATE, SECONDS, fill)[near]).max()
        for name, fill in FILLS.items()
    }
    assert peaks["true magnitudes"] > 0.2 > 10 * peaks["interpolation"]
    assert peaks["copy"] < 0.02
