"""How the picture is drawn: scales, windows, channels, colours; each remembered."""

import numpy as np
import pytest

from .browser import Page, accept, at, drag, open_sound, until
from .conftest import Client, wav
from .test_page import DRAWN, stretched
from .zones import ZONES

LOOK = "timbrush.studio.look"


@pytest.fixture
def page(page: Page) -> Page:
    yield page
    page.evaluate("timbrush.studio.redraw({ scale: 'log', window: 0.1, channels: 'all' })")
    page.keyboard.press("0")


def choose(page: Page, field: str, value: str) -> None:
    page.click("#look")
    page.select_option(f"#{field}", value)
    page.keyboard.press("Escape")
    key = {"seen": "channels"}.get(field, field)
    until(page, f"String({LOOK}.{key}) === '{value}'")


@pytest.mark.parametrize("scale", ["mel", "linear"])
@pytest.mark.parametrize("name", ["rectangle", "lasso", "brush", "harmonics", "few harmonics"])
def test_zones_lie_where_they_are_painted_on_every_scale(
    page: Page, name: str, scale: str
) -> None:
    choose(page, "scale", scale)
    zone = [stretched(shape) for shape in ZONES[name]]
    drawn, covered = np.array(page.evaluate(DRAWN, zone)).T
    assert (drawn != covered).mean() < 0.01
    assert name == "few harmonics" or 0.01 < covered.mean() < 0.99


@pytest.mark.parametrize("scale", ["mel", "linear"])
def test_the_picture_lies_under_its_scale(page: Page, scale: str) -> None:
    choose(page, "scale", scale)
    # The note's first five partials lie at 220 Hz and so on; between them there is less.
    levels = page.evaluate(
        """[220, 330, 440, 550, 660, 770, 880].map(
            (hertz) => timbrush.stage.spectrogram.levelAt(1, hertz))"""
    )
    loud, soft = levels[::2], levels[1::2]
    assert min(loud) > max(soft) + 20
    # What is drawn on release is painted where it was drawn, and the picture follows.
    drag(page, (0.2, 0.2), (0.6, 0.9))
    at(page, 1)
    hertz = page.evaluate("timbrush.studio.strokes[0].zone[0].hertz")
    ends = page.evaluate(
        "[0.9, 0.2].map((y) => timbrush.view.hertzOf(y * timbrush.view.height))"
    )
    assert hertz == pytest.approx(ends, rel=0.02, abs=30)
    kept = page.evaluate("Array.from(timbrush.stage.spectrogram.levels[0].bytes.slice())")
    page.evaluate("timbrush.studio.redraw({})")
    again = page.evaluate("Array.from(timbrush.stage.spectrogram.levels[0].bytes.slice())")
    assert kept == again


def test_a_window_draws_finer_in_time_or_in_pitch(page: Page) -> None:
    columns = "timbrush.stage.spectrogram.nColumns"
    before = page.evaluate(columns)
    choose(page, "window", "0.0125")
    assert page.evaluate(columns) > 2 * before
    assert page.evaluate("timbrush.stage.spectrogram.levelAt(1, 330)") > -60  # not resolved
    choose(page, "window", "0.2")
    assert page.evaluate("timbrush.stage.spectrogram.levelAt(1, 330)") < -70


def test_handles_follow_the_pointer_on_a_linear_scale(page: Page) -> None:
    choose(page, "scale", "linear")
    drag(page, (0.3, 0.5), (0.5, 0.9))
    at(page, 1)
    page.click("#history button")
    top = page.evaluate("timbrush.studio.strokes[0].zone[0].hertz[1]")
    drag(page, (0.4, 0.5), (0.4, 0.3))  # the upper edge, in its middle
    until(page, f"timbrush.studio.strokes[0].zone[0].hertz[1] !== {top}")
    moved = page.evaluate("timbrush.studio.strokes[0].zone[0].hertz[1]")
    under = page.evaluate("timbrush.view.hertzOf(0.3 * timbrush.view.height)")
    assert moved == pytest.approx(under, rel=0.02)


def test_one_of_two_channels_is_seen(page: Page) -> None:
    page.click("#look")
    assert page.is_hidden("#seen-row")
    page.keyboard.press("Escape")
    page.on("dialog", accept)
    open_sound(page, wav(n_channels=2))  # 220 Hz on the left, 440 Hz on the right
    at_220 = "timbrush.stage.spectrogram.levelAt(1, 220)"
    choose(page, "seen", "right")
    assert page.evaluate(at_220) < -60
    choose(page, "seen", "left")
    assert page.evaluate(at_220) > -30
    open_sound(page, wav())
    assert page.evaluate(f"{LOOK}.channels") == "all"
    page.remove_listener("dialog", accept)


def test_look_and_colours_come_back_after_a_reload(browser: object, address: str) -> None:
    with browser.new_context(viewport={"width": 1280, "height": 720}) as context:
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("body[data-ready]")
        open_sound(page, wav())
        choose(page, "scale", "mel")
        choose(page, "window", "0.05")
        page.click("#look")
        page.select_option("#colormap", "cividis")
        page.fill("#range", "60")
        page.fill("#gain", "33")
        page.evaluate("new Promise((done) => setTimeout(done, 300))")
        page.once("dialog", accept)
        page.reload()
        page.wait_for_selector("body[data-ready]")
        open_sound(page, wav())
        shown = page.evaluate(
            "['scale', 'window', 'colormap', 'range', 'gain'].map((id) =>"
            " document.getElementById(id).value)"
        )
        assert shown == ["mel", "0.05", "cividis", "60", "33"]
        assert page.evaluate("timbrush.display.gain") == 33
        page.click("#look")
        page.dblclick("#gain")
        assert page.evaluate("timbrush.display.gain") != 33


def test_a_channel_that_a_sound_lacks_is_refused_in_one_line(client: Client) -> None:
    session, _, _ = client.open(wav())
    answer = client.get(f"/api/sessions/{session}/picture?channels=side")
    assert answer.status_code == 422
    expected = "channels must be all for a sound of 1 channels, got side"
    assert answer.json() == {"detail": expected}
    for query in ("scale=bark", "window=9", "window=nan"):
        answer = client.get(f"/api/sessions/{session}/picture?{query}")
        assert answer.status_code == 422 and "\n" not in answer.json()["detail"]
