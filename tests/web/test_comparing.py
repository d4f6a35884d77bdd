"""What strokes added, the original, and variations: heard, seen and saved."""

import io
import zipfile

import numpy as np
import pytest
import soundfile

from timbrush.web import packets

from .browser import Page, at, download, drag, heard, paint, until
from .conftest import STROKE, Client, samples_of, wav

SHOWN = "Array.from(timbrush.stage.spectrogram.levels[0].bytes)"


def shown(page: Page) -> np.ndarray:
    return np.array(page.evaluate(SHOWN))


def test_what_strokes_added_is_heard_and_seen(page: Page) -> None:
    original = heard(page)
    paint(page, (0.2, 0.2), (0.4, 0.8))
    one = heard(page)
    paint(page, (0.6, 0.2), (0.8, 0.8))
    both = heard(page)
    page.keyboard.press("n")
    until(page, "timbrush.player.side === 'added'")
    page.evaluate("timbrush.studio.preview(null)")  # whatever was begun is done
    np.testing.assert_allclose(heard(page, "added"), both - original, atol=1e-6)
    until(page, "timbrush.stage.spectrogram !== timbrush.spectrogram")
    columns = shown(page).reshape(-1, page.evaluate("timbrush.stage.spectrogram.nRows"))
    assert columns[: len(columns) // 10].max() == 0  # nothing was painted there
    assert columns[int(0.3 * len(columns))].max() > 100

    page.click("#history button >> nth=1")
    until(page, "timbrush.studio.chosen === 1")
    page.evaluate("timbrush.studio.preview(null)")
    until(page, "timbrush.player.side === 'added'")
    np.testing.assert_allclose(heard(page, "added"), both - one, atol=1e-6)
    page.keyboard.press("n")
    assert page.evaluate("timbrush.stage.spectrogram === timbrush.spectrogram")
    np.testing.assert_array_equal(heard(page), both)


def test_the_original_is_seen_while_it_is_heard(page: Page) -> None:
    before = shown(page)
    paint(page)
    after = shown(page)
    assert (before != after).any()
    page.keyboard.press("b")
    until(page, "timbrush.stage.spectrogram !== timbrush.spectrogram")
    np.testing.assert_array_equal(shown(page), before)
    page.keyboard.press("b")
    np.testing.assert_array_equal(shown(page), after)
    page.keyboard.press("b")
    paint(page, (0.7, 0.3), (0.8, 0.7))  # what was painted is heard and seen
    assert page.evaluate("timbrush.player.side") == "edited"
    assert page.evaluate("timbrush.stage.spectrogram === timbrush.spectrogram")


def test_the_level_match_is_a_switch(page: Page) -> None:
    gain = "timbrush.player.originalGain"
    page.select_option("#doing", "gain")
    page.evaluate("document.querySelector('#stroke-gain').value = -12")
    page.dispatch_event("#stroke-gain", "input")
    drag(page, (0.0, 0.0), (1.0, 1.0))
    at(page, 1)
    page.keyboard.press("b")
    assert page.evaluate(gain) < 0.6
    page.click("#match")
    assert page.get_attribute("#match", "aria-pressed") == "false"
    assert page.evaluate(gain) == 1
    page.click("#match")
    assert page.evaluate(gain) < 0.6
    page.keyboard.press("b")


def test_variations_have_pictures_and_the_nearest_comes_first(page: Page) -> None:
    page.uncheck("#on-release")
    drag(page, (0.2, 0.2), (0.6, 0.8))
    page.click("#vary")
    page.wait_for_selector("#strip .keep")
    chips = page.locator("#strip button[aria-pressed]")
    assert chips.count() == 4
    far = [
        float(words.split(", ")[-1].split(" dB")[0])
        for words in chips.evaluate_all("all => all.map((each) => each.ariaLabel)")
    ]
    assert far == sorted(far) and far[0] > 0
    drawn = chips.evaluate_all(
        """all => all.map((each) => {
            const canvas = each.querySelector('canvas');
            const { data } = canvas.getContext('2d').getImageData(0, 0, 48, 40);
            return new Set(new Uint32Array(data.buffer)).size;
        })"""
    )
    assert min(drawn) > 20

    page.click("#vary-row")
    for number in (1, 2):
        until(
            page, f"document.querySelectorAll('#strip button')[{number}].ariaPressed === 'true'"
        )
    page.click("#strip button >> nth=0")
    assert page.get_attribute("#vary-row", "aria-pressed") == "false"

    base = heard(page, "original")
    archive = zipfile.ZipFile(io.BytesIO(download(page, "#vary-export")))
    names = archive.namelist()
    assert len(names) == 4 and all(name.endswith(".wav") for name in names)
    sounds = [soundfile.read(io.BytesIO(archive.read(name)))[0] for name in names]
    assert all(len(sound) == base.shape[1] for sound in sounds)
    assert len({sound.tobytes() for sound in sounds}) == 4
    page.click("#strip button >> nth=0")
    seeds = [name.split("-")[-1].removesuffix(".wav") for name in names]
    first = page.get_attribute("#strip button >> nth=0", "aria-label")
    assert f"seed {seeds[0]}," in first


def test_added_is_after_minus_before(client: Client) -> None:
    session, _, opened = client.open(wav())
    client.paint(session, STROKE)
    other = {"seed": 3, "zone": [{**STROKE["zone"][0], "seconds": [1.2, 1.5]}]}
    client.paint(session, other)
    edited = samples_of(client.download(session))
    answer = client.get(f"/api/sessions/{session}/added")
    head, arrays = packets.decode(answer.content)
    difference = np.zeros_like(edited)
    first = head["first_sample"]
    difference[:, first : first + arrays["samples"].shape[1]] = arrays["samples"]
    np.testing.assert_allclose(difference, edited - opened["samples"], atol=2 / 32768)
    answer = client.get(f"/api/sessions/{session}/added?stroke=1")
    head, _ = packets.decode(answer.content)
    assert head["first_sample"] > 16_000
    answer = client.get(f"/api/sessions/{session}/added?stroke=2")
    assert answer.status_code == 422
    assert answer.json()["detail"] == "expected a stroke from 0 to 1, got 2"


def test_more_variations_than_memory_are_refused(make_app: object) -> None:
    with Client(make_app(sound_bytes=300_000)) as client:
        session, _, _ = client.open(wav())  # 128,000 bytes as floats
        body = {"stroke": STROKE, "seeds": [1, 2, 3]}
        answer = client.post(f"/api/sessions/{session}/variations.zip", json=body)
        assert answer.status_code == 413
        assert "keep one" in answer.json()["detail"]
        body["seeds"] = [1, 2]
        answer = client.post(f"/api/sessions/{session}/variations.zip", json=body)
        assert answer.status_code == 200
        assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None


@pytest.mark.parametrize("query", ["of=other", "of=original&window=5"])
def test_a_picture_of_nothing_is_refused(client: Client, query: str) -> None:
    session, _, _ = client.open(wav())
    assert client.get(f"/api/sessions/{session}/picture?{query}").status_code == 422
