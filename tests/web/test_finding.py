"""Zones that the sound decides, snapping, and partials of many kinds."""

import numpy as np
import pytest

from timbrush.effect.model import Effect

from .browser import Page, accept, at, drag, heard, open_sound, until
from .conftest import wav
from .test_chosen import replayed

SHAPES = "timbrush.zone.shapes"
TOOL = {"which": "all", "follows": False, "inCents": False, "widthHertz": 40, "snap": True}


@pytest.fixture
def page(page: Page) -> Page:
    yield page
    page.evaluate("(values) => timbrush.tools.set(values)", TOOL)


def find(page: Page, what: str) -> None:
    page.click("#find")
    page.click(f"#find-{what}")


def test_the_least_likely_tenth_is_selected_then_painted(page: Page, effect: Effect) -> None:
    find(page, "unlikely")
    assert page.evaluate(f"{SHAPES}[0].share") == 0.1
    until(page, "timbrush.overlay.cells.length > 0")
    values = np.array(page.evaluate("Array.from(timbrush.overlay.cells[0].values)"))
    assert 0.02 < (values > 0).mean() < 0.2
    page.keyboard.press("Enter")
    at(page, 1)
    np.testing.assert_array_equal(replayed(page, effect), heard(page))


def test_what_is_found_is_cut_from_the_zone_and_found_anew(page: Page, effect: Effect) -> None:
    page.uncheck("#on-release")
    drag(page, (0.2, 0.1), (0.6, 0.9))
    page.click("#find")
    page.fill("#loud-decibels", "-20")
    page.click("#find-loud")
    page.click("#find")
    page.fill("#soft-decibels", "-40")
    page.click("#find-soft")  # in place of the other threshold
    find(page, "tonal")
    found = page.evaluate(f"{SHAPES}.map(({{ shape, mode }}) => [shape, mode])")
    assert found == [["rectangle", "add"], ["threshold", "intersect"], ["part", "intersect"]]
    assert page.evaluate(f"{SHAPES}[1].below_decibels") == -40
    page.keyboard.press("Enter")
    at(page, 1)
    np.testing.assert_array_equal(replayed(page, effect), heard(page))
    find(page, "transient")
    assert page.evaluate(f"{SHAPES}.at(-1).part") == "transient"


def with_onset(seconds: float) -> bytes:
    """The note after silence."""
    header, samples = wav()[:44], np.frombuffer(wav()[44:], "<i2").copy()
    samples[: round(seconds * 16_000)] = 0
    return header + samples.tobytes()


def test_edges_snap_to_onsets_unless_shift_is_held(page: Page) -> None:
    page.on("dialog", accept)
    open_sound(page, with_onset(0.8))
    page.remove_listener("dialog", accept)
    page.uncheck("#on-release")
    drag(page, (0.403, 0.3), (0.6, 0.7))
    # A stroke fades in inside its zone: what begins at 0.8 s is in it from its beginning.
    assert page.evaluate(f"{SHAPES}[0].seconds[0]") == pytest.approx(0.78, abs=0.002)
    page.keyboard.press("Escape")
    drag(page, (0.2, 0.3), (0.403, 0.7))
    assert page.evaluate(f"{SHAPES}[0].seconds[1]") == pytest.approx(0.8, abs=0.002)
    page.keyboard.press("Escape")
    page.keyboard.down("Shift")
    drag(page, (0.403, 0.3), (0.6, 0.7))
    page.keyboard.up("Shift")
    assert page.evaluate(f"{SHAPES}[0].seconds[0]") == pytest.approx(0.806, abs=0.003)
    page.keyboard.press("Escape")
    page.uncheck("#snap")
    drag(page, (0.403, 0.3), (0.6, 0.7))
    assert page.evaluate(f"{SHAPES}[0].seconds[0]") == pytest.approx(0.806, abs=0.003)


def test_odd_partials_of_a_width_in_cents_are_painted(page: Page, effect: Effect) -> None:
    page.keyboard.press("4")
    page.select_option("#which", "odd")
    page.select_option("#width-unit", "cents")
    page.fill("#harmonics-width", "100")
    page.keyboard.press("Tab")
    box = page.locator("#surface").bounding_box()
    y = page.evaluate("timbrush.view.yOf(220)") / box["height"]
    drag(page, (0.2, y), (0.7, y))
    at(page, 1)
    shapes = page.evaluate("timbrush.studio.strokes[0].zone")
    assert {shape["shape"] for shape in shapes} == {"lasso"}
    middles = [np.sqrt(np.prod([point[1] for point in s["points"][1:3]])) for s in shapes]
    ratios = np.array(middles) / middles[0]
    np.testing.assert_allclose(ratios, 1 + 2 * np.arange(len(ratios)), rtol=1e-3)
    bands = [s["points"][-1][1] / s["points"][0][1] for s in shapes]
    np.testing.assert_allclose(1200 * np.log2(bands), 100, atol=1)
    np.testing.assert_array_equal(replayed(page, effect), heard(page))


def glide() -> bytes:
    """A tone that rises from 400 to 800 Hz in two seconds."""
    time = np.arange(32_000) / 16_000
    phase = 2 * np.pi * 400 * 2 / np.log(2) * (2 ** (time / 2) - 1)
    samples = (0.5 * np.sin(phase) * 32767).astype("<i2")
    return wav()[:44] + samples.tobytes()


def test_harmonics_follow_a_pitch_that_glides(page: Page) -> None:
    page.on("dialog", accept)
    open_sound(page, glide())
    page.remove_listener("dialog", accept)
    page.uncheck("#on-release")
    page.keyboard.press("4")
    page.check("#follow")
    box = page.locator("#surface").bounding_box()
    start = page.evaluate("timbrush.view.yOf(400 * 2 ** 0.2)") / box["height"]
    drag(page, (0.2, start), (0.8, start))
    points = np.array(page.evaluate(f"{SHAPES}[0].points"))
    lower, upper = points[: len(points) // 2], points[len(points) // 2 :][::-1]
    middle = (lower[:, 1] + upper[:, 1]) / 2
    cents = 1200 * np.log2(middle / (400 * 2 ** (lower[:, 0] / 2)))
    assert np.abs(cents).max() < 50
