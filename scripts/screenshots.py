"""Take the pictures of the page that docs/ and the README show.

Example: python scripts/screenshots.py
"""

import argparse
from pathlib import Path

from browser import browsing, drag, open_page, open_sound, served
from playwright.sync_api import Browser, Page, ViewportSize

from timbrush.web.notes import FOLDER
from timbrush_lab.drawing.figure import small_png

SIZES: dict[str, ViewportSize] = {
    "page-small": {"width": 800, "height": 600},
    "page-tablet": {"width": 820, "height": 1180},
    "page-large": {"width": 1600, "height": 900},
}
"""Other windows than the one of 1280 by 720 pixels."""


def main() -> None:
    """Serve, paint, take pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=Path("docs"))
    parser.add_argument("--model", type=Path, default=None)
    parser.add_argument("--sound", type=Path, default=FOLDER / "keyboard.flac")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    with served(options.model) as address, browsing() as browser:
        start(browser, address, options.output)
        page = paint(browser, address, options.sound, options.output)
        resized(page, options.output)


def start(browser: Browser, address: str, folder: Path) -> None:
    """The first screen."""
    page = open_page(browser, address)
    take(page, folder / "page-start.png")
    page.close()


def paint(browser: Browser, address: str, sound: Path, folder: Path) -> Page:
    """A sound with several strokes, then grid and surprise, then help."""
    page = open_page(browser, address)
    open_sound(page, sound)
    page.fill("#seed", "7")
    page.click("#lock")
    stroke(page, "1", (0.10, 0.12), (0.30, 0.46))
    stroke(page, "4", (0.34, 0.515), (0.58, 0.515))
    stroke(page, "2", (0.62, 0.30), (0.86, 0.62))
    stroke(page, "1", (0.40, 0.10), (0.62, 0.52))
    box = page.locator("#surface").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.56 * box["width"], box["y"] + 0.42 * box["height"])
    pause(page)
    take(page, folder / "page.png")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.click("#vary")
    page.wait_for_selector("#strip .keep")
    pause(page)
    take(page, folder / "page-grid.png")
    page.keyboard.press("?")
    pause(page)
    take(page, folder / "page-help.png")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("s")
    return page


def resized(page: Page, folder: Path) -> None:
    """The same page in windows of other sizes."""
    for name, size in SIZES.items():
        page.set_viewport_size(size)
        pause(page)
        take(page, folder / f"{name}.png")


def stroke(
    page: Page, tool: str, start: tuple[float, float], stop: tuple[float, float]
) -> None:
    """Paint with a tool and wait for the result."""
    count = page.locator("#history li").count()
    page.keyboard.press(tool)
    drag(page, start, stop)
    page.wait_for_selector(f"#history li >> nth={count}")


def take(page: Page, path: Path) -> None:
    """Write a small picture of the page."""
    path.write_bytes(small_png(page.screenshot()))


def pause(page: Page) -> None:
    """Let what was asked for be drawn."""
    page.wait_for_timeout(900)


if __name__ == "__main__":
    main()
