"""The page in windows of every size, with fingers, and in the colours of the system."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from .browser import Page, at, drag, open_sound, paint, until
from .conftest import wav

SIZES = [
    (640, 360),  # 1280 × 720 at 200 %
    (800, 500),
    (800, 600),
    (820, 1180),
    (1000, 700),
    (1139, 700),
    (1280, 720),
    (1920, 1080),
    (3840, 2160),
]

HIDDEN = """
() => [...document.querySelectorAll('button, input, select, a.button, canvas')]
    .filter((e) => {
    if (!e.checkVisibility({ visibilityProperty: true })) return;
    if (e.matches('#over, #image, .segments input, .hidden, .panel *, .options *')) return;
    const { left, top, width, height } = e.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    const found = document.elementFromPoint(x, y);
    return !(found && (e.contains(found) || found.contains(e)));
}).map((e) => e.id || e.outerHTML)
"""
"""Controls whose middle is outside the window or lies under something else."""


@contextmanager
def opened(browser: object, address: str, **options: Any) -> Iterator[Page]:
    with browser.new_context(**options) as context:
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("body[data-ready]")
        open_sound(page, wav())
        yield page


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_all_can_be_seen_and_reached_in_a_window_of(
    page: Page, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    surface, panel = (page.locator(f"#{name}").bounding_box() for name in ("surface", "panel"))
    assert surface["width"] >= 300 and surface["height"] >= 150
    assert surface["width"] * surface["height"] > 0.2 * width * height
    is_beside = surface["x"] + surface["width"] <= panel["x"]
    is_above = surface["y"] + surface["height"] <= panel["y"]
    assert is_beside or is_above or not page.is_visible("#panel")
    assert page.evaluate(HIDDEN) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width < 800:
        page.click("#show-panel")
        page.wait_for_selector("#panel.open #paint:visible")
        page.locator("#duplicate").scroll_into_view_if_needed()
        page.click("#show-panel")
    paint(page)


def test_six_strokes_are_seen_at_once_in_a_window_of_1280_by_720(page: Page) -> None:
    page.evaluate(
        """async () => {
            const strokes = [1, 2, 3, 4, 5, 6].map((seed) => ({ seed, seconds: [0.5, 0.6] }));
            await timbrush.studio.change(() => strokes);
        }"""
    )
    at(page, 6)
    box = page.locator("#history").bounding_box()
    for row in page.locator("#history li").all():
        place = row.bounding_box()
        assert box["y"] <= place["y"] < place["y"] + place["height"] <= box["y"] + box["height"]


@pytest.mark.parametrize("width", [800, 1139, 1280, 1920])
def test_nothing_moves_when_another_tool_or_stroke_is_chosen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    paint(page)
    places = """() => 'surface history paint overview mode colormap'.split(' ').map((id) => {
        const { x, y, width, height } = document.getElementById(id).getBoundingClientRect();
        return [id, x, y, width, height];
    })"""
    before = page.evaluate(places)
    for key in "12345":
        page.keyboard.press(key)
        assert page.evaluate(places) == before
    page.click("#history button")
    page.click("#vary")
    page.wait_for_selector("#strip .keep")
    assert page.evaluate(places) == before


def test_a_painted_zone_keeps_its_outline_and_loses_its_veil(page: Page) -> None:
    colour = """([x, y]) => {
        const canvas = document.getElementById('over');
        const { view } = timbrush;
        timbrush.stage.redrawOver();
        const frame = requestAnimationFrame;
        return new Promise((resolve) => frame(() => frame(() => {
            const ratio = devicePixelRatio;
            const [left, top] = [x * view.width * ratio, y * view.height * ratio];
            resolve(canvas.getContext('2d').getImageData(left, top, 1, 1).data[3]);
        })));
    }"""
    page.uncheck("#on-release")
    drag(page, (0.3, 0.3), (0.6, 0.7))
    page.mouse.move(5, 5)
    assert page.evaluate(colour, [0.45, 0.5]) > 0
    page.keyboard.press("Enter")
    at(page, 1)
    until(page, "timbrush.zone.isPainted")
    assert page.evaluate(colour, [0.45, 0.5]) == 0
    assert max(page.evaluate(colour, [0.3 + d / 1000, 0.5]) for d in range(-3, 4)) > 100
    page.keyboard.down("Shift")
    drag(page, (0.7, 0.3), (0.8, 0.7))
    page.keyboard.up("Shift")
    page.mouse.move(5, 5)
    assert page.evaluate(colour, [0.45, 0.5]) > 0  # there is something to paint again


def test_zones_end_where_the_model_does_and_what_lies_above_is_hatched(page: Page) -> None:
    open_sound(page, wav(sample_rate=44_100))
    page.uncheck("#on-release")
    drag(page, (0.3, 0.01), (0.6, 0.7))
    top = page.evaluate("timbrush.settings.top")
    assert page.evaluate("timbrush.zone.shapes[0].hertz[1]") == pytest.approx(top, abs=0.01)
    above = """() => {
        const canvas = document.getElementById('over');
        const height = Math.round(timbrush.view.yOf(timbrush.view.top) * devicePixelRatio);
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, height - 2);
        return new Set(data.filter((_, i) => i % 4 === 3)).size;
    }"""
    assert page.evaluate(above) > 2  # a veil, and lines over it


def test_fingers_reach_every_control(browser: object, address: str) -> None:
    size = {"width": 1024, "height": 768}
    with opened(browser, address, viewport=size, has_touch=True, is_mobile=True) as page:
        assert page.evaluate("matchMedia('(pointer: coarse)').matches")
        assert page.evaluate(HIDDEN) == []
        box = page.locator("#zoom-in").bounding_box()
        assert min(box["width"], box["height"]) >= 36
        before = page.evaluate("timbrush.view.time[1] - timbrush.view.time[0]")
        page.tap("#zoom-in")
        assert page.evaluate("timbrush.view.time[1] - timbrush.view.time[0]") < before


def contrast(page: Page, selector: str) -> float:
    """Return the contrast (WCAG 2) of an element's text with what lies behind it."""
    return page.evaluate(
        """(selector) => {
            const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
            const light = (colour) => {
                const [r, g, b] = parts(colour).map((v) => v / 255).map((v) =>
                    v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const element = document.querySelector(selector);
            let behind = element;
            const clear = (e) => (parts(getComputedStyle(e).backgroundColor)[3] ?? 1) < 1;
            while (behind.parentElement && clear(behind)) behind = behind.parentElement;
            const pair = [getComputedStyle(element).color,
                getComputedStyle(behind).backgroundColor].map(light).sort((a, b) => b - a);
            return (pair[0] + 0.05) / (pair[1] + 0.05);
        }""",
        selector,
    )


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_text_can_be_read_in_both_schemes(browser: object, address: str, scheme: str) -> None:
    size = {"width": 1280, "height": 720}
    with opened(browser, address, viewport=size, color_scheme=scheme) as page:
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(14, 16, 19)") == (scheme == "dark")
        selectors = ["#message", "#sound-facts", "#paint", "h2", "#level label span", "#clock"]
        for selector in [*selectors, "#history", ".row .name", "#more summary", ".readout dd"]:
            assert contrast(page, selector) >= 4.5, selector


def test_what_is_chosen_is_seen_in_forced_colours(browser: object, address: str) -> None:
    size = {"width": 1280, "height": 720}
    with opened(browser, address, viewport=size, forced_colors="active") as page:
        colours = """(selector) => getComputedStyle(
            document.querySelector(selector)).backgroundColor"""
        for chosen, other in (
            ("#level input:checked + span", "#level input:not(:checked) + span"),
            ("#rail [aria-checked=true]", "#rail [aria-checked=false]"),
            ("#loop", "#grid"),
        ):
            assert page.evaluate(colours, chosen) != page.evaluate(colours, other)
        assert page.locator("#brush-strength").evaluate("e => getComputedStyle(e).appearance")
        paint(page)
