"""Debian's Chromium, headless, driven by Playwright, and what tests do on the page."""

import base64
import time
from pathlib import Path
from typing import Any

import numpy as np

Page = Any
"""A page of Playwright, which need not be installed."""

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


def accept(dialog: object) -> None:
    dialog.accept()


def until(page: Page, expression: str) -> None:
    """Wait; unlike Playwright's own function this needs no ``eval`` on the page."""
    stop = time.monotonic() + 60
    while not page.evaluate(expression):
        assert time.monotonic() < stop, f"never came true: {expression}"
        time.sleep(0.01)


def open_sound(page: Page, sound: bytes) -> None:
    page.evaluate("timbrush.studio.name = ''")
    page.set_input_files("#file", {"name": "bell.wav", "mimeType": "", "buffer": sound})
    until(page, "timbrush.studio.name && timbrush.studio.arrived === 1")
    at(page, 0)


def drag(page: Page, start: tuple[float, float], stop: tuple[float, float]) -> None:
    """Drag on the picture, from and to shares of its width and height."""
    box = page.locator("#surface").bounding_box()
    (x0, y0), (x1, y1) = (
        (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, stop)
    )
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move((x0 + x1) / 2, (y0 + y1) / 2)
    page.mouse.move(x1, y1)
    page.mouse.up()


def paint(page: Page, start: tuple = (0.3, 0.3), stop: tuple = (0.6, 0.7)) -> None:
    position = page.evaluate("timbrush.studio.entries.length")
    drag(page, start, stop)
    at(page, position + 1)


def at(page: Page, position: int) -> None:
    until(page, f"timbrush.studio.entries.length === {position}")


HEARD = """
async (side) => (await timbrush.player.peek(0, 1e9, side)).map((channel) => {
  const bytes = new Uint8Array(channel.buffer);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
})
"""


def heard(page: Page, side: str = "edited") -> np.ndarray:
    """The samples in the audio graph: edited, original or added."""
    channels = [base64.b64decode(channel) for channel in page.evaluate(HEARD, side)]
    return np.stack([np.frombuffer(channel, "<f4") for channel in channels])


def download(page: Page, button: str) -> bytes:
    with page.expect_download() as waiting:
        page.click(button)
    return Path(waiting.value.path()).read_bytes()
