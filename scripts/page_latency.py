"""Measure how soon a painted zone is heard: pointer release to samples in the audio graph.

Example: python scripts/page_latency.py -o results/page_latency.json
"""

import argparse
import itertools
import os
import statistics
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from browser import browsing, drag, open_page, open_sound, served
from playwright.sync_api import Browser, Page

from timbrush.energy import Meter, run_record, write_record
from timbrush.web.notes import FOLDER

SONG_SECONDS = 180
SONG_RATE = 44_100
WATCH = """() => {
  window.released = 0;
  addEventListener('pointerup', (event) => { released = event.timeStamp; }, true);
  const heard = () => { window.took = performance.now() - released; };
  timbrush.studio.addEventListener('shown', heard);
}"""
CANCEL = """() => {
  const { studio } = timbrush;
  window.cancelled = { pressed: 0, answered: 0, freed: 0 };
  addEventListener('keydown', ({ key, timeStamp }) => {
    if (key === 'Escape') cancelled = { pressed: timeStamp, answered: 0, freed: 0 };
  }, true);
  studio.addEventListener('problem', () => { cancelled.answered = performance.now(); });
  studio.addEventListener('busy', ({ detail }) => {
    if (!detail) cancelled.freed = performance.now();
  });
}"""
ZOOM = """async () => {
  const times = [];
  for (let i = 0; i < 40; i++) {
    timbrush.view.zoomTime(i < 20 ? 1.15 : 1 / 1.15);
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    times.push(timbrush.stage.drawMilliseconds);
  }
  return times;
}"""


def write_song(path: Path) -> Path:
    """Write three stereo minutes of the bundled notes, one starting every half second."""
    random = np.random.default_rng(0)
    notes = [soundfile.read(path)[0] for path in sorted(FOLDER.glob("*.flac"))]
    notes = [soxr.resample(note, 16_000, SONG_RATE) for note in notes]
    mix = np.zeros((SONG_SECONDS * SONG_RATE, 2))
    for start in range(0, len(mix) - 5 * SONG_RATE, SONG_RATE // 2):
        note = notes[random.integers(len(notes))]
        mix[start : start + len(note)] += note[:, None] * random.uniform(0.1, 0.5, 2)
    soundfile.write(path, mix / np.abs(mix).max(), SONG_RATE)
    return path


def measure(page: Page, sound: Path, *, repeats: int) -> dict[str, Any]:
    """Paint strokes of one second, here and there; answer what each took."""
    open_sound(page, sound)
    seconds = page.evaluate("timbrush.studio.seconds")
    page.evaluate(f"timbrush.view.zoomTime({seconds / 4})")
    places = itertools.cycle([0.1, 0.25, 0.4, 0.55, 0.7])
    took, server = [], []
    for i in range(repeats + 2):
        page.evaluate("window.took = 0")
        left = next(places)
        drag(page, (left, 0.25), (left + 0.25, 0.75))  # a quarter of four seconds
        while not page.evaluate("took"):
            page.wait_for_timeout(5)
        if i >= 2:  # the first two load the rung and encode the place
            took.append(page.evaluate("took"))
            server.append(page.evaluate("timbrush.studio.entries.at(-1).cost.milliseconds"))
    drawn = page.evaluate(ZOOM)
    return {
        "sound_seconds": seconds,
        "stroke_seconds": 1.0,
        "n_strokes": repeats,
        "median_milliseconds": statistics.median(took),
        "p95_milliseconds": float(np.percentile(took, 95)),
        "server_median_milliseconds": statistics.median(server),
        "draw_median_milliseconds": statistics.median(drawn),
        "draw_p95_milliseconds": float(np.percentile(drawn, 95)),
        "milliseconds": took,
    }


def measure_cancelling(page: Page, *, repeats: int) -> dict[str, Any]:
    """Cancel strokes of the whole sound at several moments; return how soon it was free."""
    page.evaluate(CANCEL)
    page.uncheck("#on-release")
    answered, freed = [], []
    for i in range(repeats):
        page.locator("#surface").focus()
        page.keyboard.press("Control+a")
        page.keyboard.press("Enter")
        page.wait_for_timeout(500 + 1000 * i)
        page.keyboard.press("Escape")
        while not page.evaluate("cancelled.freed && cancelled.pressed"):
            page.wait_for_timeout(5)
        answered.append(page.evaluate("cancelled.answered - cancelled.pressed"))
        freed.append(page.evaluate("cancelled.freed - cancelled.pressed"))
    return {
        "stroke": "the whole sound",
        "answered_milliseconds": answered,
        "answered_median_milliseconds": statistics.median(answered),
        "freed_milliseconds": freed,
        "freed_median_milliseconds": statistics.median(freed),
    }


def main() -> None:
    """Serve, browse, paint, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=None)
    parser.add_argument("--repeats", type=int, default=40)
    options = parser.parse_args()
    before = os.getloadavg()[0]
    with Meter() as meter, served(options.model) as address, browsing() as browser:
        values = run(browser, address, options.repeats)
    record = run_record(
        meter.reading,
        what="Pointer release to changed samples in the audio graph, a 1 s stroke on the page",
    )
    record |= {"n_cores": os.cpu_count(), "load_average_before": before, "niceness": os.nice(0)}
    record |= values
    write_record(options.output, record)
    for place in ("note", "song"):
        print(f"{place}: {values[place]['median_milliseconds']:.0f} ms")
    freed = values["cancelling_in_the_song"]["freed_median_milliseconds"]
    print(f"free after Esc: {freed:.0f} ms")


def run(browser: Browser, address: str, repeats: int) -> dict[str, Any]:
    """Measure in a note and in a song."""
    page = open_page(browser, address)
    page.evaluate(WATCH)
    with tempfile.TemporaryDirectory() as folder:
        song = write_song(Path(folder) / "song.wav")
        return {
            "inpainter": page.input_value("#inpainter"),
            "note": measure(page, FOLDER / "brass.flac", repeats=repeats),
            "song": measure(page, song, repeats=repeats),
            "cancelling_in_the_song": measure_cancelling(page, repeats=repeats // 4),
        }


if __name__ == "__main__":
    main()
