"""The help teaches: four steps on the first visit, and lessons that are heard."""

from typing import Any

import numpy as np

from .browser import Page, open_sound, until
from .conftest import wav


def test_the_first_visit_shows_four_steps_and_later_ones_do_not(
    browser: Any, address: str
) -> None:
    with browser.new_context(viewport={"width": 1280, "height": 720}) as context:
        page = context.new_page()
        for is_first in (True, False):
            page.goto(address)
            page.wait_for_selector("body[data-ready]")
            assert page.is_visible("#steps") is is_first
            assert page.locator("#steps li").count() == 4
            open_sound(page, wav(0.5))
            until(page, "timbrush.autosave.database.get('settings', 'visited')")


def test_each_lesson_is_heard(page: Page) -> None:
    page.keyboard.press("?")
    page.evaluate(
        """() => {
            window.played = [];
            timbrush.examples.addEventListener('played', ({ detail }) => {
                played.push(Array.from(detail));
            });
        }"""
    )
    buttons = page.locator("#lessons button")
    sounds = {}
    for index in range(buttons.count()):
        buttons.nth(index).click()
        until(page, f"played.length === {index + 1}")
        sounds[buttons.nth(index).inner_text()] = np.array(page.evaluate("played.at(-1)"))
    plain = sounds.pop("As it is")
    hit = len(plain) // 6
    np.testing.assert_array_equal(plain[:hit], plain[5 * hit :])
    assert len(sounds) == 6
    redrawn = list(sounds.values())
    assert all((sound != plain).any() for sound in redrawn)
    assert (sounds["30 %"] != sounds["100 %"]).any()
    page.keyboard.press("Escape")
    assert not page.is_visible("#help-box")
