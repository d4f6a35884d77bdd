"""A listener goes through the page in a browser; what is saved is read back."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lab.hearing import sounds
from web.browser import CHROMIUM, FLAGS, until

from timbrush_lab.clips import Clip
from timbrush_lab.listening.answers import read_answers, summarize
from timbrush_lab.listening.conditions import ANCHORS, REFERENCE
from timbrush_lab.listening.preparing import Trial, prepare

RATE = 16_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("listening") / "test"
    samples = 0.1 * sounds.noise(0, RATE)[None].astype(np.float32)
    clip = Clip(name="hiss", kind="foley", samples=samples, sample_rate=RATE)
    conditions = {"half": lambda heard, _: heard / 2}
    trials = [
        Trial(kind=kind, clip=clip, conditions=conditions) for kind in ("codecs", "strokes")
    ]
    prepare(made, trials, name="A test of hiss")
    return made


@pytest.fixture
def page(folder: Path) -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser at {CHROMIUM}")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto((folder / "index.html").as_uri())
        yield page
        browser.close()
        assert errors == []


def rate(page: Any, index: int, score: int) -> None:
    page.locator("[data-score]").nth(index).fill(str(score))


def test_a_listener_is_led_through_and_saves_scores(
    page: Any, folder: Path, tmp_path: Path
) -> None:
    assert page.title() == "A test of hiss"
    page.click("#begin")
    n_copies = len(ANCHORS) + 2
    for number in (1, 2):
        assert page.text_content("#place") == f"Page {number} of 2"
        assert page.locator(".copy").count() == n_copies
        page.click("#next")
        assert "hear copy 1" in page.text_content("#note")
        page.click("#play")
        for digit in range(1, n_copies + 1):
            page.keyboard.press(str(digit))
            pressed = page.locator("[aria-pressed='true']")
            assert pressed.text_content() == str(digit)
        page.click("#next")
        assert "is the reference" in page.text_content("#note")
        for index in range(n_copies):
            rate(page, index, 100 if index == 2 else 30 + index)
        page.click("#next")
    with page.expect_download() as download:
        page.click("#save")
    saved = tmp_path / "answers.csv"
    download.value.save_as(saved)
    with saved.open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 2 * n_copies
    ratings = read_answers(folder, [saved])
    assert {rating.condition for rating in ratings} == {REFERENCE, *ANCHORS, "half"}
    assert sorted(rating.score for rating in ratings) == [30, 30, 31, 31, 33, 33, 100, 100]
    assert set(summarize(ratings)["kinds"]) <= {"codecs", "strokes"}


def test_another_sound_goes_on_where_the_first_was(page: Any) -> None:
    page.click("#begin")
    page.click("#play")
    until(page, "document.querySelector('#play').textContent === 'Stop'")
    page.keyboard.press("1")
    page.keyboard.press("r")
    assert page.get_attribute("#reference", "aria-pressed") == "true"
    page.keyboard.press(" ")
    assert page.text_content("#play") == "Play"
