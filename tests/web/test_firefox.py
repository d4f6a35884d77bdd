"""The main path in Firefox: open, paint, undo, compare, save, return after a reload.

Mozilla's own client drives Debian's ``firefox-esr``. Without a sound card Firefox plays
nothing, so what is heard is read from the audio graph; playing is tested in Chromium alone.
"""

import base64
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from timbrush.effect.edit import Edit
from timbrush.effect.model import Effect
from timbrush.effect.stroke import Stroke

from .browser import HEARD
from .conftest import samples_of, wav

FIREFOX = Path("/usr/bin/firefox-esr")
PREFERENCES = {"media.autoplay.default": 0, "browser.download.folderList": 2}


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def firefox(address: str, downloads: Path) -> Iterator["Firefox"]:
    if not FIREFOX.exists():
        pytest.skip(f"there is no Firefox at {FIREFOX}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it imports
        driver = pytest.importorskip("marionette_driver.marionette")
        prefs = PREFERENCES | {"browser.download.dir": str(downloads)}
        client = driver.Marionette(
            bin=str(FIREFOX),
            headless=True,
            port=0,
            prefs=prefs,
            gecko_log=str(downloads / "gecko.log"),
        )
        client.start_session()
        client.set_window_rect(width=1280, height=805)
        yield Firefox(client, address)
        client.delete_session()
        client.instance.close(clean=True)
        client.instance = None


class Firefox:
    """A window of the page, by the words of the tests in Chromium."""

    def __init__(self, client: Any, address: str) -> None:
        self.client, self.address = client, address
        self.visit()

    def visit(self) -> None:
        self.client.navigate(self.address)
        self.until("document.body.dataset.ready")

    def evaluate(self, expression: str) -> Any:
        return self.client.execute_script(f"return {expression};", sandbox=None)

    def until(self, expression: str) -> None:
        stop = time.monotonic() + 60
        while not self.evaluate(expression):
            assert time.monotonic() < stop, f"never came true: {expression}"
            time.sleep(0.01)

    def click(self, selector: str) -> None:
        self.client.find_element("css selector", selector).click()

    def press(self, key: str, *, control: bool = False) -> None:
        keys = self.client.actions.sequence("key", "keyboard")
        if control:
            keys.key_down("\ue009")
        keys.key_down(key).key_up(key)
        if control:
            keys.key_up("\ue009")
        keys.perform()

    def drag(self, start: tuple[float, float], stop: tuple[float, float]) -> None:
        box = self.client.find_element("css selector", "#surface").rect
        (x0, y0), (x1, y1) = (
            (round(box["x"] + x * box["width"]), round(box["y"] + y * box["height"]))
            for x, y in (start, stop)
        )
        mouse = self.client.actions.sequence("pointer", "mouse", {"pointerType": "mouse"})
        mouse.pointer_move(x0, y0).pointer_down()
        mouse.pointer_move((x0 + x1) // 2, (y0 + y1) // 2).pointer_move(x1, y1)
        mouse.pointer_up().perform()

    def heard(self, side: str = "edited") -> np.ndarray:
        channels = self.client.execute_async_script(
            f"const [side, resolve] = arguments; ({HEARD})(side).then(resolve);",
            script_args=[side],
            sandbox=None,
        )
        return np.stack([np.frombuffer(base64.b64decode(c), "<f4") for c in channels])


def at(firefox: Firefox, position: int) -> None:
    firefox.until(f"timbrush.studio.entries.length === {position}")


def downloaded(folder: Path, suffix: str) -> Path:
    stop = time.monotonic() + 30
    while True:
        found = [path for path in folder.iterdir() if path.name.endswith(suffix)]
        if found and found[0].stat().st_size and not list(folder.glob("*.part")):
            return found[0]
        assert time.monotonic() < stop, f"no file {suffix} came"
        time.sleep(0.02)


def test_the_main_path_works_in_firefox(
    firefox: Firefox, effect: Effect, downloads: Path, tmp_path: Path
) -> None:
    sound = tmp_path / "bell.wav"
    sound.write_bytes(wav(n_channels=2))
    original = samples_of(sound.read_bytes())
    firefox.client.find_element("css selector", "#file").send_keys(str(sound))
    firefox.until("timbrush.studio.name === 'bell.wav' && timbrush.studio.arrived === 1")
    np.testing.assert_array_equal(firefox.heard(), original)

    for position, left in enumerate((0.1, 0.5)):
        firefox.drag((left, 0.3), (left + 0.3, 0.7))
        at(firefox, position + 1)
    strokes = list(map(Stroke.from_dict, firefox.evaluate("timbrush.studio.strokes")))
    edited = effect.open(original, sample_rate=16_000).replay(strokes).samples
    assert not np.array_equal(edited, original)
    np.testing.assert_array_equal(firefox.heard(), edited)
    np.testing.assert_array_equal(firefox.heard("original"), original)

    firefox.press("z", control=True)
    at(firefox, 1)
    firefox.press("y", control=True)
    at(firefox, 2)
    np.testing.assert_array_equal(firefox.heard(), edited)

    firefox.press("b")
    firefox.until("document.querySelector('#compare input:checked').value === 'original'")
    firefox.press("b")

    firefox.click("#save-wav")
    saved = samples_of(downloaded(downloads, "-timbrush.wav").read_bytes())
    np.testing.assert_allclose(saved, edited, atol=2**-15)
    firefox.click("#save-strokes")
    edit = Edit.load(downloaded(downloads, ".strokes.json"))
    assert list(edit.strokes) == strokes

    firefox.until("timbrush.autosave.isDone")
    firefox.visit()
    firefox.click(".go-on")
    at(firefox, 2)
    np.testing.assert_array_equal(firefox.heard(), edited)
