"""Strokes that do something else than redraw, on the page: gain, fades, copies, channels."""

import numpy as np

from timbrush.effect.model import Effect

from .browser import Page, at, drag, heard, open_sound, until
from .conftest import wav
from .test_chosen import replayed, settled

STROKES = "timbrush.studio.strokes"


def do(page: Page, what: str) -> None:
    page.select_option("#doing", what)


def test_a_gain_is_painted_as_python_paints_it_and_comes_back(
    page: Page, effect: Effect
) -> None:
    before = heard(page)
    do(page, "gain")
    assert page.is_hidden("#inpainter") and page.is_hidden("#seed")
    page.evaluate("document.querySelector('#stroke-gain').value = -61")
    page.dispatch_event("#stroke-gain", "input")
    assert page.inner_text("#gain-words") == "silence"
    drag(page, (0.3, 0.1), (0.6, 0.9))
    at(page, 1)
    assert page.evaluate(f"{STROKES}[0].action") == {"action": "gain", "decibels": -120}
    np.testing.assert_array_equal(replayed(page, effect), heard(page))
    length = before.shape[1]
    middle = slice(int(0.4 * length), int(0.5 * length))
    assert np.square(heard(page)[:, middle]).sum() < 0.5 * np.square(before[:, middle]).sum()
    assert "silence" in page.inner_text("#history li")

    page.keyboard.press("Escape")
    do(page, "redraw")
    assert page.is_visible("#inpainter")
    page.click("#history button")
    assert page.input_value("#doing") == "gain"


def test_fades_are_kinds_of_their_own(page: Page, effect: Effect) -> None:
    for position, what in enumerate(("in", "out")):
        do(page, what)
        drag(page, (0.2, 0.2), (0.5, 0.8))
        at(page, position + 1)
    actions = page.evaluate(f"{STROKES}.map(({{ action }}) => action.direction)")
    assert actions == ["in", "out"]
    np.testing.assert_array_equal(replayed(page, effect), heard(page))


def test_cut_copy_and_paste_move_a_zone_to_the_playhead(page: Page, effect: Effect) -> None:
    page.uncheck("#on-release")
    drag(page, (0.1, 0.1), (0.3, 0.9))
    page.keyboard.press("Control+c")
    page.evaluate("timbrush.player.seek(1.2 * timbrush.player.sampleRate)")
    page.keyboard.press("Control+v")
    at(page, 1)
    stroke = page.evaluate(f"{STROKES}[0]")
    start = stroke["zone"][0]["seconds"][0]
    assert abs(start - 1.2) < 1e-3
    assert abs(stroke["action"]["seconds"] - 0.2) < 0.02
    np.testing.assert_array_equal(replayed(page, effect), heard(page))
    drag(page, (0.1, 0.1), (0.3, 0.9))
    page.keyboard.press("Control+x")
    at(page, 2)
    assert page.evaluate(f"{STROKES}[1].action.decibels") == -120
    settled(page)


def test_a_stroke_may_be_heard_in_one_of_two_channels(page: Page) -> None:
    assert page.is_hidden("#channels-row")
    page.on("dialog", lambda dialog: dialog.accept())
    open_sound(page, wav(n_channels=2))
    assert page.is_visible("#channels-row")
    before = heard(page)
    page.select_option("#channels", "left")
    drag(page, (0.3, 0.2), (0.6, 0.8))
    at(page, 1)
    after = heard(page)
    assert np.array_equal(after[1], before[1])
    assert not np.array_equal(after[0], before[0])
    page.select_option("#channels", "all")
    open_sound(page, wav())
    until(page, "document.querySelector('#channels-row').hidden")
