"""A sound is recorded from the microphone; sounds of before are opened again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .browser import CHROMIUM, FLAGS, Page, accept, heard, open_sound, paint, until
from .conftest import wav

PITCH = 440.0
RATE = 48_000
LISTENING = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


@pytest.fixture
def window(browser: Any, address: str, tmp_path: Path) -> Iterator[Page]:
    """The page in a browser whose microphone hears a tone, and which allows its use."""
    tone = tmp_path / "tone.wav"
    tone.write_bytes(wav(8.0, sample_rate=RATE, pitch=PITCH))
    flags = (*FLAGS, *LISTENING, f"--use-file-for-fake-audio-capture={tone}")
    listening = browser.browser_type.launch(executable_path=CHROMIUM, args=list(flags))
    page = listening.new_page(viewport={"width": 1280, "height": 720})
    page.on("dialog", accept)
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    yield page
    listening.close()


def record(page: Page, button: str, *, seconds: float) -> None:
    page.click(button)
    until(page, f"timbrush.recorder.seconds > {seconds}")
    assert page.get_attribute(button, "aria-pressed") == "true"
    assert page.inner_text("#recorded").startswith("0:0")
    page.click(button)
    until(page, "timbrush.studio.isOpen && !timbrush.recorder.isOn")
    until(page, "timbrush.studio.arrived === 1")


def loudest_hertz(samples: np.ndarray, rate: float) -> float:
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(power) * rate / len(samples))


def test_what_the_microphone_hears_is_opened_and_painted(window: Page) -> None:
    record(window, "#record-first", seconds=1.5)
    samples, rate = heard(window), window.evaluate("timbrush.player.sampleRate")
    assert samples.shape[1] >= 1.5 * rate
    tone = samples[0, int(0.5 * rate) : int(1.5 * rate)]
    assert np.abs(tone).max() > 0.1
    assert loudest_hertz(tone, rate) == pytest.approx(PITCH, abs=3)
    head = window.evaluate("timbrush.studio.head")
    assert (head["format"], head["subtype"]) == ("WAV", "FLOAT")
    assert window.inner_text("#sound-name").startswith("recording 20")
    assert window.inner_text("#recorded") == ""
    paint(window)
    assert not np.array_equal(heard(window), samples)


def test_what_was_open_before_is_opened_again_from_the_bar(window: Page) -> None:
    window.click("#recent")
    window.wait_for_selector("#recent-none")
    window.keyboard.press("Escape")
    open_sound(window, wav())
    paint(window)
    edited = heard(window)
    until(window, "timbrush.autosave.isDone")
    record(window, "#record", seconds=0.3)
    window.click("#recent")
    row = window.locator("#recently .go-on")
    assert row.locator("strong").inner_text() == "bell.wav"
    assert row.count() == 1
    assert row.locator("span").inner_text() == "1 stroke · just now"
    row.click()
    until(window, "timbrush.studio.name === 'bell.wav' && timbrush.studio.arrived === 1")
    until(window, "timbrush.studio.entries.length === 1")
    np.testing.assert_array_equal(heard(window), edited)
    window.click("#recent")
    assert row.locator("strong").inner_text().startswith("recording 20")
    window.click("#recently .icon")
    window.wait_for_selector("#recent-none")


def test_a_microphone_that_may_not_be_used_is_said(page: Page) -> None:
    for refusal, words in (
        ("NotAllowedError", "may not use the microphone: allow it"),
        ("NotFoundError", "no microphone: connect one"),
        ("AbortError", "The microphone cannot be used: it broke."),
    ):
        page.evaluate(
            """(name) => { navigator.mediaDevices.getUserMedia = async () => {
                throw new DOMException('it broke', name); }; }""",
            refusal,
        )
        page.click("#record")
        page.wait_for_selector(f"#message.problem >> text={words}")
        assert page.get_attribute("#record", "aria-pressed") == "false"


def test_a_recording_ends_before_it_is_too_long(window: Page) -> None:
    window.evaluate("timbrush.recorder.mostSeconds = 1.5")
    window.click("#record")
    until(window, "timbrush.studio.arrived === 1 && !timbrush.recorder.isOn")
    assert 0.5 < window.evaluate("timbrush.studio.seconds") <= 1.5
