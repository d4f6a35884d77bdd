"""The page as a user has it: ``timbrush serve`` in its own process, and a browser on it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)


@contextmanager
def served(model: Path | None) -> Iterator[str]:
    """Serve the page on a free port and return its address."""
    with serving(model) as (address, _):
        yield address


@contextmanager
def serving(model: Path | None) -> Iterator[tuple[str, int]]:
    """Serve the page on a free port; return its address and the number of the process."""
    start = [sys.executable, "-c", "from timbrush.cli.main import main; main()"]
    options = [] if model is None else ["--model", str(model)]
    with subprocess.Popen(
        [*start, "serve", "--port", "0", *options], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            address = server.stdout.readline().strip()
            if not address:
                raise SystemExit("the server did not start; see above")
            yield address, server.pid
        finally:
            server.terminate()


@contextmanager
def browsing() -> Iterator[Browser]:
    """Start Debian's Chromium without a window."""
    if not CHROMIUM.exists():
        raise SystemExit(f"there is no browser at {CHROMIUM}; install Debian's chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


def open_page(browser: Browser, address: str, *, width: int = 1280, height: int = 720) -> Page:
    """Open the page and wait until it is ready."""
    size: ViewportSize = {"width": width, "height": height}
    page = browser.new_page(viewport=size, color_scheme="dark")
    page.on("pageerror", lambda error: print(f"the page failed: {error}", file=sys.stderr))
    page.on("dialog", lambda dialog: dialog.accept())  # strokes may go unsaved here
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    return page


def open_sound(page: Page, sound: Path) -> None:
    """Open a sound and wait until it can be painted on."""
    page.evaluate(
        """() => { window.opened = new Promise((resolve) =>
            timbrush.studio.addEventListener('opened', resolve, { once: true })); }"""
    )
    page.set_input_files("#file", sound)
    page.evaluate("opened.then(() => true)")


def drag(page: Page, start: tuple[float, float], stop: tuple[float, float]) -> None:
    """Drag on the picture, from and to shares of its width and height."""
    box = page.locator("#surface").bounding_box()
    assert box is not None
    places = [
        (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, stop)
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    for share in (0.25, 0.5, 0.75, 1.0):
        (x0, y0), (x1, y1) = places
        page.mouse.move(x0 + share * (x1 - x0), y0 + share * (y1 - y0))
    page.mouse.up()
