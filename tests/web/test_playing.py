"""Playing, following, and selecting on the scales."""

import numpy as np
import pytest

from .browser import Page, open_sound, until
from .conftest import wav


def test_the_picture_turns_its_page_with_what_is_played(page: Page) -> None:
    page.evaluate("timbrush.view.zoomTime(8, 0)")
    first, last = page.evaluate("timbrush.view.time")
    page.evaluate("timbrush.player.play(0)")
    until(page, "timbrush.view.time[0] > 0.2")
    place = "timbrush.player.place / timbrush.player.sampleRate"
    shown = page.evaluate(f"[...timbrush.view.time, {place}]")
    assert shown[1] - shown[0] == pytest.approx(last - first)
    page.evaluate("timbrush.player.stop()")


def test_the_ruler_and_home_and_end_move_what_is_played(page: Page) -> None:
    box = page.locator("#axis-seconds").bounding_box()
    place = "timbrush.player.place / timbrush.player.sampleRate"
    page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 8)
    assert page.evaluate(place) == pytest.approx(0.5, abs=0.01)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 8)
    page.mouse.up()
    assert page.evaluate(place) == pytest.approx(1.5, abs=0.01)
    page.keyboard.press("Home")
    assert page.evaluate(place) == 0
    page.keyboard.press("End")
    assert page.evaluate(place) == pytest.approx(2, abs=0.01)


def test_both_channels_and_the_playhead_are_in_the_overview(page: Page) -> None:
    rows = """() => {
        const canvas = document.getElementById('overview');
        const { data } = canvas.getContext('2d').getImageData(
            Math.round(canvas.width * 0.3), 0, 1, canvas.height);
        const row = (y) => data.slice(4 * y, 4 * y + 3).join();
        return Array.from({ length: canvas.height }, (_, y) => row(y));
    }"""
    open_sound(page, wav(n_channels=2))
    page.wait_for_timeout(200)
    found = page.evaluate(rows)
    middle = len(found) // 2
    assert found[middle // 2] == found[middle + middle // 2] != found[middle]  # two lanes
    page.evaluate("timbrush.player.seek(0.3 * timbrush.player.length)")
    page.wait_for_timeout(200)
    assert len(set(page.evaluate(rows))) == 1  # a line from top to bottom


def test_a_time_or_a_band_alone_is_selected_on_the_scales(page: Page) -> None:
    page.uncheck("#on-release")
    shape = "timbrush.zone.shapes[0]"
    page.dblclick("#axis-seconds", position={"x": 100, "y": 8})
    assert page.evaluate(shape)["seconds"] == [0, 2] and page.evaluate(shape)["hertz"] is None
    box = page.locator("#axis-hertz").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 0.25 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 0.5 * box["height"])
    page.mouse.up()
    assert page.evaluate(shape)["seconds"] is None
    hertz = page.evaluate(shape)["hertz"]
    at = "timbrush.view.hertzOf({} * timbrush.view.height)"
    wanted = [page.evaluate(at.format(share)) for share in (0.5, 0.25)]
    np.testing.assert_allclose(hertz, wanted, rtol=0.02)


def test_zooming_to_the_zone_and_back(page: Page) -> None:
    page.uncheck("#on-release")
    page.evaluate(
        """timbrush.zone.set([{ shape: 'rectangle', mode: 'add',
            seconds: [0.5, 0.75], hertz: [200, 800] }])"""
    )
    page.keyboard.press("z")
    shown = page.evaluate("timbrush.view.time")
    assert shown[0] < 0.5 < 0.75 < shown[1] and shown[1] - shown[0] < 0.4
    page.keyboard.press("z")
    assert page.evaluate("timbrush.view.time") == [0, 2]
