"""Film a stroke on the page, for the README.

Example: python scripts/animation.py sound.flac
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

from browser import browsing, open_page, open_sound, served
from playwright.sync_api import Page

FRAMES_PER_SECOND = 12
WIDTH = 800
COLOURS = 96
START, STOP = (0.36, 0.22), (0.58, 0.62)
"""Where the stroke begins and ends, in shares of the picture."""


def main() -> None:
    """Serve, draw, and put the pictures together; needs ffmpeg."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sound", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("docs/stroke.gif"))
    options = parser.parse_args()
    with served(None) as address, browsing() as browser, tempfile.TemporaryDirectory() as made:
        page = open_page(browser, address, width=1180, height=640)
        open_sound(page, options.sound)
        page.wait_for_timeout(800)
        film(page, Path(made))
        join(Path(made), options.output)


def film(page: Page, folder: Path) -> None:
    """Draw a rectangle slowly, let it be painted, and hear the original and the edit."""
    box = page.locator("#surface").bounding_box()
    assert box is not None
    (x0, y0), (x1, y1) = (
        (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (START, STOP)
    )
    n_pictures = 0

    def take(n: int = 1) -> None:
        nonlocal n_pictures
        picture = page.screenshot(clip={"x": 0, "y": 48, "width": 884, "height": 592})
        for _ in range(n):
            (folder / f"{n_pictures:03}.png").write_bytes(picture)
            n_pictures += 1

    page.mouse.move(x0, y0)
    take(6)
    page.mouse.down()
    for step in range(1, 13):
        page.mouse.move(x0 + step / 12 * (x1 - x0), y0 + step / 12 * (y1 - y0))
        take()
    page.mouse.up()
    page.wait_for_selector("#history li")
    page.wait_for_timeout(300)
    take(12)
    for _ in range(2):
        page.keyboard.press("b")
        page.wait_for_timeout(400)
        take(10)
    page.keyboard.press("n")
    page.wait_for_timeout(600)
    take(12)


def join(folder: Path, output: Path) -> None:
    """Write a GIF of few colours that plays for ever."""
    palette = f"split[a][b];[a]palettegen=max_colors={COLOURS}[p];[b][p]paletteuse=dither=none"
    command = ["ffmpeg", "-y", "-loglevel", "error", "-framerate", str(FRAMES_PER_SECOND)]
    command += ["-i", str(folder / "%03d.png")]
    command += ["-vf", f"scale={WIDTH}:-1:flags=lanczos,{palette}", str(output)]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
