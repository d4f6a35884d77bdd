"""Measure how soon strokes are heard and cancelled and sounds are seen, and the memory taken.

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
from browser import browsing, drag, open_page, open_sound, serving
from playwright.sync_api import Browser, Page

from timbrush.energy import Meter, run_record, write_record
from timbrush.web.notes import FOLDER

SONG_SECONDS = 180
SONG_RATE = 44_100
LONG_SECONDS = 1200
N_OPENED = 7
N_MORE_STROKES = 200
WATCH = """() => {
  window.released = 0;
  addEventListener('pointerup', (event) => { released = event.timeStamp; }, true);
  const heard = () => { window.took = performance.now() - released; };
  timbrush.studio.addEventListener('shown', heard);
}"""
FIRST = """() => {
  const { studio } = timbrush;
  window.first = { chosen: 0, took: 0 };
  document.getElementById('file').addEventListener('change', () => {
    first = { chosen: performance.now(), took: 0 };
  }, true);
  studio.addEventListener('opened', () => requestAnimationFrame(() => requestAnimationFrame(
    () => { first.took = performance.now() - first.chosen; })));
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


def write_long_song(path: Path, song: Path) -> Path:
    """Write twenty minutes of it."""
    samples, rate = soundfile.read(song, dtype="int16")
    with soundfile.SoundFile(path, "w", rate, samples.shape[1], "PCM_16") as file:
        for left in range(LONG_SECONDS, 0, -SONG_SECONDS):
            file.write(samples[: min(left, SONG_SECONDS) * rate])
    return path


def resident_megabytes(process: int) -> float:
    """Return what a process holds of the memory, on Linux."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure_opening(page: Page, note: Path, song: Path) -> dict[str, Any]:
    """Measure how soon the first picture is there, from the choice of the file."""
    page.evaluate(FIRST)
    notes = [open_timed(page, note) for _ in range(N_OPENED)]
    songs = []
    for _ in range(N_OPENED // 2):
        songs.append(open_timed(page, song))
        open_sound(page, note)
    medians = statistics.median(notes), statistics.median(songs)
    return {
        "what": "choice of the file to the first picture",
        "song_seconds": LONG_SECONDS,
        "song_megabytes": song.stat().st_size / 1e6,
        "note_milliseconds": notes,
        "song_milliseconds": songs,
        "note_median_milliseconds": medians[0],
        "song_median_milliseconds": medians[1],
        "song_in_notes": medians[1] / medians[0],
    }


def open_timed(page: Page, sound: Path) -> float:
    """Open a sound; return the time to its first picture, once it is here as a whole."""
    page.evaluate("first.took = 0")
    page.set_input_files("#file", sound)
    while not page.evaluate("first.took"):
        page.wait_for_timeout(5)
    took: float = page.evaluate("first.took")
    page.evaluate("timbrush.studio.whole")
    return took


def measure_memory(
    page: Page, process: int, note: Path, song: Path, long: Path
) -> dict[str, Any]:
    """Return what the server holds: twenty minutes open and closed; many strokes on a song."""
    open_sound(page, note)
    held = {"before": resident_megabytes(process)}
    open_timed(page, long)
    held["twenty_minutes_open"] = resident_megabytes(process)
    open_sound(page, note)
    page.wait_for_timeout(1000)
    held["twenty_minutes_closed"] = resident_megabytes(process)
    measure(page, song, repeats=10)
    held["before_many_strokes"] = resident_megabytes(process)
    measure(page, song, repeats=N_MORE_STROKES)
    held["after_many_strokes"] = resident_megabytes(process)
    return {"n_strokes": N_MORE_STROKES, "resident_megabytes": held}


def measure(page: Page, sound: Path, *, repeats: int) -> dict[str, Any]:
    """Paint strokes of one second, here and there; return what each took."""
    open_sound(page, sound)
    page.evaluate("timbrush.studio.whole")
    page.check("#on-release")
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
        if i >= 2:  # the first two load the inpainter and encode the place
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
    with (
        Meter() as meter,
        serving(options.model) as (address, process),
        browsing() as browser,
    ):
        values = run(browser, address, process, options.repeats)
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
    print(f"20 minutes: {values['opening']['song_in_notes']:.1f} times a note")
    print(values["memory"]["resident_megabytes"])


def run(browser: Browser, address: str, process: int, repeats: int) -> dict[str, Any]:
    """Measure in a note and in songs."""
    page = open_page(browser, address)
    page.evaluate(WATCH)
    note = FOLDER / "brass.flac"
    with tempfile.TemporaryDirectory() as folder:
        song = write_song(Path(folder) / "song.wav")
        long = write_long_song(Path(folder) / "long.wav", song)
        return {
            "inpainter": page.input_value("#inpainter"),
            "note": measure(page, note, repeats=repeats),
            "song": measure(page, song, repeats=repeats),
            "cancelling_in_the_song": measure_cancelling(page, repeats=repeats // 4),
            "opening": measure_opening(page, note, long),
            "memory": measure_memory(page, process, note, song, long),
        }


if __name__ == "__main__":
    main()
