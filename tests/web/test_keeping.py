"""What the browser keeps: a reload or a crash loses nothing, and settings are remembered."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from timbrush.effect.edit import Edit
from timbrush.effect.model import Effect

from .browser import Page, at, download, heard, open_sound, paint, until
from .conftest import wav

KEPT = "timbrush.autosave.isDone"
PAINTED = "timbrush.studio.strokes"


@pytest.fixture
def window(browser: Any, address: str) -> Iterator[Any]:
    """A browser that kept nothing so far, with one window of the page."""
    with browser.new_context(viewport={"width": 1280, "height": 720}) as context:
        yield visit(context, address)


def visit(context: Any, address: str) -> Page:
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    return page


def go_on(page: Page, n_strokes: int) -> None:
    page.click(".go-on")
    at(page, n_strokes)
    until(page, "timbrush.player.length > 0")


def test_a_crash_loses_neither_strokes_nor_what_can_be_undone(
    window: Page, address: str
) -> None:
    open_sound(window, wav())
    states = [heard(window)]
    for left in (0.1, 0.3, 0.5):
        paint(window, (left, 0.3), (left + 0.2, 0.6))
        states.append(heard(window))
    window.keyboard.press("Control+z")
    at(window, 2)
    strokes = window.evaluate(PAINTED)
    until(window, KEPT)
    crash(window)
    page = visit(window.context, address)
    assert page.inner_text(".go-on strong") == "bell.wav"
    assert page.inner_text(".go-on span") == "2 strokes · just now"
    go_on(page, 2)
    assert page.evaluate(PAINTED) == strokes
    np.testing.assert_array_equal(heard(page), states[2])
    for key, position in (
        ("Control+y", 3),
        ("Control+z", 2),
        ("Control+z", 1),
        ("Control+z", 0),
    ):
        page.keyboard.press(key)
        at(page, position)
        page.evaluate("timbrush.studio.preview(null)")
        np.testing.assert_array_equal(heard(page), states[position])


def crash(page: Page) -> None:
    """Kill the process of a window, which has no time to save anything."""
    with page.expect_event("crash"), suppress(Exception):  # nobody is left to reply
        page.goto("chrome://crash")


def test_what_one_window_edits_is_not_offered_to_another(window: Page, address: str) -> None:
    open_sound(window, wav())
    paint(window)
    until(window, KEPT)
    other = visit(window.context, address)
    assert not other.is_visible("#offers")
    open_sound(other, wav(0.5))
    until(other, KEPT)
    window.reload()
    window.wait_for_selector("body[data-ready]")
    assert window.locator(".go-on").count() == 1
    window.click("#kept .icon")
    window.wait_for_selector("#offers", state="hidden")
    other.close()
    window.reload()
    window.wait_for_selector("body[data-ready]")
    assert window.inner_text(".go-on span").startswith("no strokes")


def test_only_the_newest_edits_are_kept(window: Page) -> None:
    for number in range(10):
        name = f"{number}.wav"
        window.set_input_files("#file", {"name": name, "mimeType": "", "buffer": wav(0.2)})
        until(window, f"timbrush.studio.name === '{name}'")
        until(window, KEPT)
    count = "timbrush.autosave.database.all('{}').then((all) => all.length)"
    for store in ("edits", "sounds"):
        until(window, f"{count.format(store)}.then((n) => n === 8)")
    window.reload()
    window.wait_for_selector("body[data-ready]")
    assert window.locator(".go-on strong").all_inner_texts() == [
        f"{number}.wav" for number in range(9, 1, -1)
    ]


def test_strokes_are_saved_while_the_server_is_gone(
    window: Page, effect: Effect, tmp_path: Path
) -> None:
    open_sound(window, wav())
    paint(window)
    strokes = [{"zone": [{"shape": "surprise", "share": 0.2}], "inpainter": "uniform"}]
    window.evaluate(f"timbrush.studio.change((all) => [...all, ...{json.dumps(strokes)}])")
    at(window, 2)
    before = heard(window)
    window.route("**/api/**", lambda route: route.abort("connectionrefused"))
    window.mouse.move(0, 0)
    window.keyboard.press("Control+z")
    window.wait_for_selector("#message.problem >> text=cannot be reached")
    np.testing.assert_array_equal(heard(window), before)
    path = tmp_path / "edit.json"
    path.write_bytes(download(window, "#save-strokes"))
    edit = Edit.load(path)
    effect.check(edit)
    assert edit == effect.edit(edit.strokes)  # as Python itself writes it
    assert len(edit.strokes) == 2
    assert not window.evaluate("timbrush.studio.isUnsaved")


def test_leaving_asks_only_what_the_browser_does_not_keep(browser: Any, address: str) -> None:
    leaving = """() => {
        const event = new Event('beforeunload', { cancelable: true });
        return !window.dispatchEvent(event);
    }"""
    with browser.new_context(viewport={"width": 1280, "height": 720}) as context:
        page = visit(context, address)
        open_sound(page, wav())
        paint(page)
        until(page, KEPT)
        assert not page.evaluate(leaving)
    with browser.new_context(viewport={"width": 1280, "height": 720}) as context:
        context.add_init_script("delete window.indexedDB; IDBFactory.prototype.open = null;")
        page = visit(context, address)
        assert not page.is_visible("#offers")
        open_sound(page, wav())
        page.wait_for_selector("#message.problem >> text=cannot keep the edit")
        assert not page.evaluate(leaving)
        paint(page)
        assert page.evaluate(leaving)


def test_settings_are_remembered_from_visit_to_visit(window: Page) -> None:
    open_sound(window, wav())
    window.select_option("#inpainter", "uniform")
    window.fill("#brush-strength + input", "70")
    window.keyboard.press("Tab")
    window.uncheck("#on-release")
    window.locator("#surface").focus()
    window.keyboard.press("2")
    window.keyboard.press("]")
    size = window.evaluate("timbrush.tools.brushPixels")
    seed = window.evaluate("timbrush.settings.values.seed")
    kept = "timbrush.autosave.database.get('settings', 'tools').then((all) => all.brushPixels)"
    until(window, f"{kept}.then((kept) => kept === {size})")
    window.reload()
    window.wait_for_selector("body[data-ready]")
    assert window.input_value("#inpainter") == "uniform"
    assert window.input_value("#brush-strength") == "70"
    assert not window.is_checked("#on-release")
    assert window.evaluate("[timbrush.tools.tool, timbrush.tools.brushPixels]") == [
        "brush",
        size,
    ]
    assert window.evaluate("timbrush.settings.values.seed") != seed
