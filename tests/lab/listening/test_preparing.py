"""A test's folder holds a page, sounds whose names tell nothing, and the key to them."""

import json
from pathlib import Path

import numpy as np
import pytest
from lab.hearing import sounds

from timbrush.audio import files
from timbrush.effect.model import Effect
from timbrush.errors import OutputError
from timbrush_lab.clips import Clip
from timbrush_lab.listening import conditions
from timbrush_lab.listening.conditions import ANCHORS, REFERENCE, low_passed
from timbrush_lab.listening.preparing import KEY, SOUNDS, TEST, Trial, prepare

RATE = 44_100


def clip() -> Clip:
    samples = sounds.noise(0, RATE // 2)[None].astype(np.float32)
    return Clip(name="hiss.wav", kind="foley", samples=2 * samples, sample_rate=RATE)


def trials() -> list[Trial]:
    heard = {"half": lambda samples, _: samples / 2, "cut": lambda samples, _: samples[:1000]}
    return [Trial(kind="codecs", clip=clip(), conditions=heard)]


def test_all_sounds_are_there_as_long_and_loud_as_they_were(tmp_path: Path) -> None:
    prepare(tmp_path / "test", trials(), name="noise")
    key = json.loads((tmp_path / "test" / KEY).read_text())
    stimuli = key["trials"]["trial1"]["stimuli"]
    assert set(stimuli.values()) == {REFERENCE, *ANCHORS, "half", "cut"}
    heard = {
        name: files.read(tmp_path / "test" / SOUNDS / f"{token}.wav").samples[0]
        for token, name in stimuli.items()
    }
    assert {len(samples) for samples in heard.values()} == {RATE // 2}
    assert np.abs(heard[REFERENCE]).max() == pytest.approx(1.0, abs=1e-5)  # none is cut
    assert np.allclose(heard["half"], heard[REFERENCE] / 2, atol=1e-6)
    assert not heard["cut"][1000:].any()


def test_the_page_does_not_know_what_it_plays(tmp_path: Path) -> None:
    prepare(tmp_path / "test", trials(), name="noise")
    page = (tmp_path / "test" / TEST).read_text()
    assert not any(word in page for word in ("anchor", "half", "cut", "hiss"))
    test = json.loads(page.removeprefix("window.TEST = ").removesuffix(";\n"))
    (trial,) = test["pages"]
    assert trial["reference"] not in trial["stimuli"].values()
    assert list(trial["stimuli"]) == sorted(trial["stimuli"])
    names = {path.name for path in (tmp_path / "test").iterdir()}
    assert names == {"index.html", "listen.js", "listen.css", TEST, KEY, SOUNDS}


def test_an_anchor_loses_what_is_above_it_and_nothing_else() -> None:
    samples = sounds.noise(1, RATE)
    for hertz in ANCHORS.values():
        spectra = [
            np.abs(np.fft.rfft(sound)) ** 2
            for sound in (samples, low_passed(hertz)(samples, RATE))
        ]
        bins = np.arange(len(spectra[0])) * RATE / len(samples)
        below, above = bins < 0.8 * hertz, bins > 1.3 * hertz
        kept, left = (
            10 * np.log10(spectra[1][part].sum() / spectra[0][part].sum())
            for part in (below, above)
        )
        assert abs(kept) < 0.3
        assert left < -40


def test_a_sound_of_a_low_rate_is_its_own_anchor() -> None:
    samples = sounds.noise(1, 4000)
    assert low_passed(3500.0)(samples, 7000) is samples


def test_models_are_heard_as_codecs_and_as_strokes(effect: Effect) -> None:
    samples = sounds.loop()[:8000]
    ways = conditions.codecs({"tiny": effect}) | conditions.strokes(
        {"tiny": effect}, ["uniform"]
    )
    assert {"codec tiny", "stroke tiny uniform"} <= set(ways)
    stroke = ways["stroke tiny uniform"](samples, 8000)
    assert np.array_equal(stroke[:1500], samples[:1500].astype(np.float32))
    assert not np.allclose(stroke, samples, atol=1e-3)
    assert ways["codec tiny"](samples, 8000).shape == samples.shape


def test_a_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "test").mkdir()
    with pytest.raises(OutputError, match="exists"):
        prepare(tmp_path / "test", trials(), name="noise")
    assert list(tmp_path.iterdir()) == [tmp_path / "test"]


def test_an_error_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    def fail(*_: object) -> np.ndarray:
        raise ValueError("no such codec")

    broken = [Trial(kind="codecs", clip=clip(), conditions={"fails": fail})]
    with pytest.raises(ValueError, match="no such codec"):
        prepare(tmp_path / "test", broken, name="noise")
    assert list(tmp_path.iterdir()) == []
