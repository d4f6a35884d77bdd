"""Strokes that are chosen again, and changed: in the browser, and the same in Python."""

import json

import numpy as np

from timbrush.effect.model import Effect
from timbrush.effect.stroke import Stroke

from .browser import Page, at, download, drag, heard, paint, until
from .conftest import samples_of, wav

SEEDS = "timbrush.studio.strokes.map(({ seed }) => seed)"


def settled(page: Page) -> None:
    """Wait until all that was begun is done."""
    page.evaluate("timbrush.studio.preview(null).then(() => true)")


def replayed(page: Page, effect: Effect) -> np.ndarray:
    """What Python makes of the strokes that the page saves."""
    strokes = json.loads(download(page, "#save-strokes"))["strokes"]
    canvas = effect.open(samples_of(wav()), sample_rate=16_000)
    return canvas.replay(Stroke.from_dict(stroke) for stroke in strokes).samples


def test_a_chosen_stroke_brings_back_its_zone_and_settings_and_enter_paints_it(
    page: Page, effect: Effect
) -> None:
    page.fill("#brush-strength + input", "60")
    page.keyboard.press("Tab")
    paint(page, (0.1, 0.2), (0.3, 0.5))
    page.fill("#brush-strength + input", "90")
    page.keyboard.press("Tab")
    paint(page, (0.6, 0.4), (0.8, 0.7))
    zone = page.evaluate("timbrush.studio.strokes[0].zone")
    page.click("#history button >> nth=0")
    assert page.evaluate("timbrush.zone.shapes") == zone
    assert page.input_value("#brush-strength") == "60"
    assert page.inner_text("#paint") == "Repaint"
    before = heard(page)
    page.fill("#brush-strength + input", "100")
    page.keyboard.press("Tab")
    page.locator("#surface").focus()
    page.keyboard.press("Enter")
    settled(page)
    strengths = "timbrush.studio.strokes.map(({ strength }) => strength)"
    assert page.evaluate(strengths) == [1, 0.9]
    assert (heard(page) != before).any()
    np.testing.assert_array_equal(replayed(page, effect), heard(page))
    page.keyboard.press("Control+z")
    settled(page)
    np.testing.assert_array_equal(heard(page), before)
    drag(page, (0.4, 0.3), (0.5, 0.4))  # another zone is another stroke
    at(page, 3)


def test_strokes_are_switched_off_duplicated_reordered_and_deleted(
    page: Page, effect: Effect
) -> None:
    original = heard(page)
    paint(page, (0.1, 0.2), (0.3, 0.5))
    paint(page, (0.2, 0.3), (0.5, 0.7))
    both, seeds = heard(page), page.evaluate(SEEDS)
    page.uncheck("#history input >> nth=1")
    settled(page)
    assert (heard(page) != both).any() and (heard(page) != original).any()
    np.testing.assert_array_equal(replayed(page, effect), heard(page))
    page.check("#history input >> nth=1")
    settled(page)
    np.testing.assert_array_equal(heard(page), both)
    page.click("#history button >> nth=1")
    page.click("#earlier")
    settled(page)
    assert page.evaluate(SEEDS) == seeds[::-1]
    assert page.evaluate("timbrush.studio.chosen") == 0
    page.click("#duplicate")
    settled(page)
    assert (
        page.evaluate(SEEDS)[:2] == seeds[::-1] and page.evaluate("timbrush.studio.chosen") == 2
    )
    page.keyboard.press("Delete")
    at(page, 2)
    np.testing.assert_array_equal(replayed(page, effect), heard(page))
    for _ in range(5):
        page.keyboard.press("Control+z")
    settled(page)
    np.testing.assert_array_equal(heard(page), both)


def test_the_amount_of_a_stroke_scales_what_it_changed_and_is_one_step_to_undo(
    page: Page, effect: Effect
) -> None:
    original = heard(page)
    paint(page)
    full = heard(page)
    page.click("#history button")
    slider = "document.getElementById('amount')"
    for amount in (80, 40, 25):
        page.evaluate(f"{slider}.value = {amount}")
        page.evaluate(f"{slider}.dispatchEvent(new Event('input'))")
    until(page, "timbrush.studio.strokes[0].amount === 0.25")
    page.evaluate(f"{slider}.dispatchEvent(new Event('change'))")
    np.testing.assert_allclose(heard(page) - original, 0.25 * (full - original), atol=1e-6)
    np.testing.assert_array_equal(replayed(page, effect), heard(page))
    page.keyboard.press("Control+z")
    settled(page)
    np.testing.assert_array_equal(heard(page), full)


def test_handles_and_arrow_keys_move_and_resize_the_zone_of_a_stroke(page: Page) -> None:
    paint(page, (0.3, 0.3), (0.5, 0.6))
    page.click("#history button")
    rectangle = "timbrush.studio.strokes[0].zone[0]"
    before = page.evaluate(rectangle)
    drag(page, (0.5, 0.45), (0.7, 0.45))  # the handle in the middle of the right side
    until(page, f"{rectangle}.seconds[1] > 1.35")
    wider = page.evaluate(rectangle)
    assert wider["hertz"] == before["hertz"] and wider["seconds"][0] == before["seconds"][0]
    assert abs(wider["seconds"][1] - 1.4) < 0.01
    settled(page)
    drag(page, (0.5, 0.45), (0.4, 0.35))  # the middle
    until(page, f"{rectangle}.seconds[0] < 0.45")
    settled(page)
    moved = page.evaluate(rectangle)
    assert abs(np.diff(moved["seconds"])[0] - np.diff(wider["seconds"])[0]) < 1e-3
    assert moved["hertz"][0] > wider["hertz"][0]
    page.locator("#surface").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    until(page, f"{rectangle}.seconds[0] > {moved['seconds'][0]}")
    settled(page)
    assert page.evaluate("timbrush.studio.entries.length") == 1
    page.dblclick("#surface", position={"x": 10, "y": 10})
    assert page.evaluate("timbrush.studio.chosen") == 0
    page.keyboard.press("Escape")
    assert page.evaluate("timbrush.studio.chosen") is None
    box = page.locator("#surface").bounding_box()
    spot = {"x": 0.5 * box["width"], "y": 0.36 * box["height"]}
    page.dblclick("#surface", position=spot)
    assert page.evaluate("timbrush.studio.chosen") == 0
