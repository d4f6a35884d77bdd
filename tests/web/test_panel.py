"""The panel: inpainters in groups, presets, what a row says, and the keys as one stop."""

import re

import numpy as np

from .browser import Page, at, download, drag, heard, open_sound, paint, until
from .conftest import wav


def test_inpainters_are_grouped_and_each_says_what_it_does(page: Page) -> None:
    groups = page.evaluate(
        """[...document.querySelectorAll('#inpainter optgroup')].map(
            ({ label, children }) => [label, [...children].map(({ value }) => value)])"""
    )
    assert groups == [
        ["Fast", ["naive-bayes"]],
        ["For comparison", ["uniform", "histogram", "pairwise"]],
    ]
    words = page.inner_text("#inpainter-words")
    page.select_option("#inpainter", "uniform")
    assert page.inner_text("#inpainter-words") == "Every code is equally likely." != words


def test_a_preset_sets_the_panel_and_own_ones_are_kept(page: Page) -> None:
    chosen = "document.querySelector('#preset').value"
    page.select_option("#preset", "Smear")
    assert page.input_value("#brush-softness") == "50"
    assert page.evaluate("timbrush.settings.values.keep_rhythm") == 0
    page.fill("#brush-strength + input", "40")
    page.keyboard.press("Tab")
    assert page.evaluate(chosen) == ""
    page.once("dialog", lambda dialog: dialog.accept("Mine"))
    page.click("#save-preset")
    assert page.evaluate(chosen) == "Mine"
    page.select_option("#preset", "Another take")
    assert page.input_value("#brush-strength") == "100"
    page.reload()
    page.wait_for_selector("body[data-ready]")
    open_sound(page, wav())
    page.select_option("#preset", "Mine")
    assert page.input_value("#brush-strength") == "40"
    assert page.input_value("#brush-softness") == "50"
    page.click("#delete-preset")
    assert page.locator("#preset option", has_text="Mine").count() == 0
    page.select_option("#preset", "Another take")


def test_a_row_says_time_frequencies_and_change_of_level(page: Page) -> None:
    paint(page, (0.3, 0.3), (0.6, 0.7))
    row = page.inner_text("#history li")
    assert "0:00.60 – 0:01.20" in row
    assert re.search(r"\d+ Hz – [\d.]+ k?Hz", row)
    cost = "timbrush.studio.entries[0].cost.decibels"
    shown = re.search(r"([+−]?[\d.]+) dB", row)
    assert shown and abs(float(shown[1].replace("−", "-")) - page.evaluate(cost)) < 0.06


def test_the_picture_has_the_focus_once_a_sound_is_open(page: Page) -> None:
    assert page.evaluate("document.activeElement.id") == "surface"
    page.keyboard.press(" ")
    until(page, "timbrush.player.playing")
    page.keyboard.press(" ")


def test_the_piano_is_one_stop_of_the_tab_key(page: Page) -> None:
    page.evaluate("document.querySelector('#palette').hidden = false")
    page.evaluate("document.querySelector('#palette').open = true")
    stops = "document.querySelectorAll('#keys button[tabindex=\"0\"]').length"
    assert page.evaluate(stops) == 1
    assert page.locator("#keys button").count() == 25
    page.focus("#keys button[tabindex='0']")
    focused = "document.activeElement.getAttribute('aria-label')"
    names = [page.evaluate(focused)]
    for key in (
        "ArrowRight",
        "ArrowRight",
        "ArrowLeft",
        "End",
        "ArrowRight",
        "Home",
        "ArrowLeft",
    ):
        page.keyboard.press(key)
        names.append(page.evaluate(focused))
    assert names == ["C3", "C♯3", "D3", "C♯3", "C5", "C5", "C3", "C3"]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.evaluate("timbrush.settings.values.pitch") == 49
    assert page.evaluate(stops) == 1
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.closest('#keys')")
    page.evaluate("timbrush.settings.set({ pitch: null })")


def test_what_a_preset_paints_is_in_the_file(page: Page) -> None:
    page.select_option("#preset", "Smear")
    before = heard(page)
    drag(page, (0.3, 0.3), (0.6, 0.7))
    until(page, "timbrush.studio.entries.length === 1")
    assert (heard(page) != before).any()
    assert b'"softness": 0.5' in download(page, "#save-strokes")
    page.select_option("#preset", "Another take")


def test_what_is_odd_about_a_stroke_is_said_in_its_row(page: Page) -> None:
    paint(page)
    assert page.locator("#history .remark").count() == 0
    page.select_option("#doing", "gain")
    page.fill("#stroke-gain", "24")
    drag(page, (0.2, 0.1), (0.7, 0.9))
    at(page, 2)
    row = page.locator("#history li").nth(1)
    words = row.locator(".remark").inner_text()
    n_over = int((np.abs(heard(page)) > 1).sum())
    assert n_over > 0 and words.startswith(f"{n_over} samples lie beyond full scale")
    assert words in row.locator("button").get_attribute("title")
    assert words in page.inner_text("#message.problem")
    page.keyboard.press("Control+z")
    at(page, 1)
    assert page.locator("#message.problem").count() == 0
