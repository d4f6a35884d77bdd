"""Do six tasks of a sound designer on the page, count the actions, judge the sounds by numbers.

Example: python scripts/page_tasks.py -o results/page_tasks.json
"""

import argparse
import io
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from browser import browsing, open_page, open_sound, served
from jaxtyping import Float
from playwright.sync_api import Page
from scipy.signal import butter, lfilter, sosfilt

from timbrush.energy import Meter, run_record, write_record
from timbrush.web.notes import FOLDER
from timbrush_lab.hearing.signal import decibels
from timbrush_lab.kept.figures import compare, level_change
from timbrush_lab.kept.zone import Channels, ZoneBox, energy

RATE = 44_100
SECONDS = 4.0
SEED = 7
ALL = (30.0, 20_000.0)
"""Frequencies that a rectangle from the bottom to the top of the picture takes."""

Mono = Float[np.ndarray, " time"]


class Hands:
    """What a user does on the page; each action counts.

    Args:
        page: With a sound that is open.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions: list[str] = []

    def press(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(key)
        self.actions.append(f"press {key}")

    def click(self, selector: str) -> None:
        """Click a button or a box."""
        self.page.click(selector)
        self.actions.append(f"click {selector}")

    def choose(self, selector: str, label: str) -> None:
        """Choose from a list."""
        self.page.select_option(selector, label=label)
        self.actions.append(f"choose {label}")

    def set(self, selector: str, value: float) -> None:
        """Give a number."""
        self.page.fill(selector, str(value))
        self.page.dispatch_event(selector, "change")
        self.actions.append(f"set {selector} to {value:g}")

    def drag(self, seconds: tuple[float, float], hertz: tuple[float, float]) -> None:
        """Drag on the picture, from one place to another."""
        box = self.page.locator("#surface").bounding_box()
        assert box is not None
        ends = [
            (
                box["x"] + self.page.evaluate(f"timbrush.view.xOf({second})"),
                box["y"] + self.page.evaluate(f"timbrush.view.yOf({height})"),
            )
            for second, height in zip(seconds, hertz, strict=True)
        ]
        self.page.mouse.move(*ends[0])
        self.page.mouse.down()
        for share in (0.3, 0.6, 1.0):
            x, y = (a + share * (b - a) for a, b in zip(*ends, strict=True))
            self.page.mouse.move(x, y)
        self.page.mouse.up()
        self.actions.append("drag")

    def painted(self, n_strokes: int = 1) -> None:
        """Wait until the page has painted."""
        self.page.wait_for_selector(f"#history li >> nth={n_strokes - 1}")
        self.page.wait_for_function("timbrush.studio.painting === 0")

    def download(self, selector: str) -> bytes:
        """Download what a button saves."""
        with self.page.expect_download() as waiting:
            self.click(selector)
        return Path(waiting.value.path()).read_bytes()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a task led to.

    Args:
        after: The sounds that were downloaded.
        box: The zone.
        span: First sample that the stroke may have changed, and the one after the last.
        figures: What is asked of this task alone.
    """

    after: list[Channels]
    box: ZoneBox
    span: tuple[int, int]
    figures: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Task:
    """A sound, and what is done to it.

    Args:
        name: What the user wants.
        sound: Before.
        do: Does it and judges it; takes the page's hands and the sound.
    """

    name: str
    sound: Channels
    do: Callable[[Hands, Channels], Outcome]


def note(name: str) -> Mono:
    """Return a bundled note at the tasks' rate."""
    samples, rate = soundfile.read(FOLDER / f"{name}.flac")
    long = soxr.resample(samples, rate, RATE)
    return np.pad(long, (0, int(SECONDS * RATE)))[: int(SECONDS * RATE)]


def burst(start: float, seconds: float, band: tuple[float, float], decay: float) -> Mono:
    """Return decaying noise of a band, and silence around it."""
    noise = np.random.default_rng(SEED).standard_normal(round(seconds * RATE))
    filtered = sosfilt(butter(4, band, "bandpass", fs=RATE, output="sos"), noise)
    time = np.arange(len(noise)) / RATE
    sound = np.zeros(int(SECONDS * RATE))
    first = round(start * RATE)
    rise = np.minimum(time / 0.005, 1)
    sound[first : first + len(noise)] = filtered * np.exp(-time / decay) * rise
    return sound


COUGH = (1.5, 1.9)
COUGH_BAND = (500.0, 6000.0)


def cough() -> Channels:
    """A burst of noise over a piano note."""
    return (note("keyboard") + 0.25 * burst(1.52, 0.3, COUGH_BAND, 0.08))[None]


def remove_cough(hands: Hands, before: Channels) -> Outcome:
    """Heal a rectangle around it; the note alone is what ought to be left."""
    hands.choose("#preset", "Heal")
    hands.drag(COUGH, (300.0, 8000.0))
    hands.painted()
    outcome = one(hands)
    clean = note("keyboard")[None]
    parts = (before - clean, outcome.after[0] - clean)
    excess = [decibels(energy(part, RATE, outcome.box)) for part in parts]
    figures = {
        "level_over_the_clean_note_before_db": level_change(clean, before, RATE, outcome.box),
        "level_over_the_clean_note_after_db": level_change(
            clean, outcome.after[0], RATE, outcome.box
        ),
        "distance_to_the_clean_note_db": float(excess[1] - excess[0]),
    }
    return with_figures(outcome, figures)


SNARES = (0.5, 1.5, 2.5, 3.5)


def snare(start: float) -> Mono:
    """A drum's tone and its wires."""
    time = np.arange(int(SECONDS * RATE)) / RATE - start
    tone = np.where(time >= 0, np.sin(2 * np.pi * 190 * time) * np.exp(-time / 0.06), 0.0)
    return 0.4 * tone + 0.35 * burst(start, 0.3, (1000.0, 12_000.0), 0.07)


def loop() -> Channels:
    """Snares on the off-beats over a soft bass drum and a hiss."""
    hits = sum(snare(start) for start in SNARES)
    kicks = sum(burst(start, 0.25, (40.0, 90.0), 0.08) for start in (0.0, 1.0, 2.0, 3.0))
    hiss = 0.001 * np.random.default_rng(SEED).standard_normal(int(SECONDS * RATE))
    return (hits + 0.5 * kicks + hiss)[None]


def vary_snare(hands: Hands, before: Channels) -> Outcome:
    """Four other takes of one hit, downloaded together; keep the nearest."""
    hands.click("#on-release")
    hands.drag((1.48, 1.85), (150.0, 14_000.0))
    hands.press("v")
    hands.page.wait_for_selector("#strip .keep")
    with zipfile.ZipFile(io.BytesIO(hands.download("#vary-export"))) as file:
        takes = [samples_of(file.read(name)) for name in file.namelist()]
    hands.click("#strip .keep")
    hands.painted()
    box, span = drawn(hands.page)
    pairs = [(a, b) for i, a in enumerate(takes) for b in takes[:i]]
    apart = [
        decibels(energy(a - b, RATE, box)) - decibels(energy(before, RATE, box))
        for a, b in pairs
    ]
    figures = {"least_difference_between_takes_db": float(min(apart))}
    return Outcome(after=takes, box=box, span=span, figures=figures)


PLUCK = 0.5


def pluck() -> Channels:
    """A guitar note that begins a little later."""
    first = round(PLUCK * RATE)
    return np.concatenate([np.zeros(first), note("guitar")[:-first]])[None]


def soften(hands: Hands, before: Channels) -> Outcome:
    """Fade the attack in."""
    hands.choose("#doing", "Fade in")
    hands.drag((PLUCK - 0.02, PLUCK + 0.15), ALL)
    hands.painted()
    outcome = one(hands)
    rise = [rise_seconds(sound[0]) for sound in (before, outcome.after[0])]
    return with_figures(
        outcome,
        {"rise_before_milliseconds": 1e3 * rise[0], "rise_after_milliseconds": 1e3 * rise[1]},
    )


def rise_seconds(sound: Mono) -> float:
    """Return the time from a tenth to nine tenths of the loudest 5 ms."""
    size = RATE // 200
    root = np.sqrt(np.convolve(sound**2, np.ones(size) / size, "same"))
    root = root[: int((PLUCK + 0.5) * RATE)]
    tenth, most = (int(np.argmax(root >= share * root.max())) for share in (0.1, 0.9))
    return (most - tenth) / RATE


BASS = 55.0


def bass() -> Channels:
    """A bass of forty overtones that decay, the higher the sooner."""
    time = np.arange(int(SECONDS * RATE)) / RATE
    beat = time % 1.0
    partials = sum(
        np.sin(2 * np.pi * BASS * k * time) * np.exp(-beat * (1 + 0.15 * k)) / k
        for k in range(1, 41)
    )
    return (0.3 * partials * np.minimum(beat / 0.004, 1))[None]


def darken_bass(hands: Hands, before: Channels) -> Outcome:
    """Make the overtones of two beats softer, and leave the fundamental."""
    hands.choose("#doing", "Louder or softer")
    hands.drag((1.0, 3.0), (1.2 * BASS, 8000.0))
    hands.painted()
    outcome = one(hands)
    after = outcome.after[0]
    inside = (1.1, 2.9)
    low, high = (
        level_change(before, after, RATE, ZoneBox(seconds=inside, hertz=band))
        for band in ((40.0, 70.0), (90.0, 2250.0))
    )
    return with_figures(outcome, {"fundamental_db": low, "overtones_db": high})


def voice() -> Channels:
    """Pulses through three formants, in syllables."""
    time = np.arange(int(SECONDS * RATE)) / RATE
    phase = np.cumsum(110 * 2 ** (0.1 * np.sin(2 * np.pi * 0.7 * time)) / RATE)
    pulses = np.diff(np.floor(phase), prepend=0.0)
    sound = np.zeros_like(pulses)
    for hertz, width, gain in ((600, 90, 1.0), (1200, 110, 0.6), (2600, 160, 0.3)):
        radius = np.exp(-np.pi * width / RATE)
        turn = 2 * radius * np.cos(2 * np.pi * hertz / RATE)
        sound += gain * lfilter([1 - radius], [1, -turn, radius**2], pulses)
    syllables = np.clip(3 * np.sin(2 * np.pi * 3 * time), 0, 1)
    sound = sound * syllables
    return (0.5 * sound / np.abs(sound).max())[None]


def smear(hands: Hands, before: Channels) -> Outcome:
    """Smear a second and a half of it above the lowest formant's foot."""
    hands.choose("#preset", "Smear")
    hands.drag((1.0, 2.5), (300.0, 6000.0))
    hands.painted()
    return one(hands)


def chord() -> Channels:
    """A brass note over noise."""
    noise = np.random.default_rng(SEED).standard_normal(int(SECONDS * RATE))
    return (note("brass") + 0.004 * noise)[None]


def redraw_harmonics(hands: Hands, before: Channels) -> Outcome:
    """Redraw the first partials of it, and leave what lies between them."""
    pitch = pitch_of(before[0])
    hands.press("4")
    hands.set("#harmonics-width", 40)
    hands.drag((1.0, 2.5), (pitch, pitch))
    hands.painted()
    outcome = one(hands)
    ratios = []
    for shift in (0.0, 0.5):  # at the partials, and between them
        changed, was = 0.0, 0.0
        for k in range(1, 9):
            middle = (k + shift) * pitch
            part = ZoneBox(seconds=(1.1, 2.4), hertz=(middle - 30, middle + 30))
            changed += energy(outcome.after[0] - before, RATE, part)
            was += energy(before, RATE, part)
        ratios.append(float(decibels(changed)))
    return with_figures(
        outcome, {"change_at_partials_over_change_between_db": ratios[0] - ratios[1]}
    )


def pitch_of(sound: Mono) -> float:
    """Return a steady note's pitch in hertz: where its autocorrelation is largest."""
    part = sound[RATE : RATE + 16_384]
    spectrum = np.abs(np.fft.rfft(part, 2 * len(part))) ** 2
    likeness = np.fft.irfft(spectrum)
    lags = np.arange(RATE // 1200, RATE // 60)
    return float(RATE / lags[np.argmax(likeness[lags])])


TASKS = (
    Task(name="a cough out of a piano", sound=cough(), do=remove_cough),
    Task(name="four variations of a snare", sound=loop(), do=vary_snare),
    Task(name="a softer attack", sound=pluck(), do=soften),
    Task(name="softer overtones of a bass", sound=bass(), do=darken_bass),
    Task(name="a smear over a voice", sound=voice(), do=smear),
    Task(name="harmonics redrawn over noise", sound=chord(), do=redraw_harmonics),
)


def one(hands: Hands) -> Outcome:
    """Download the sound after the only stroke."""
    box, span = drawn(hands.page)
    after = [samples_of(hands.download("#save-wav"))]
    return Outcome(after=after, box=box, span=span, figures={})


def with_figures(outcome: Outcome, figures: dict[str, float]) -> Outcome:
    """Return the same with figures."""
    return Outcome(after=outcome.after, box=outcome.box, span=outcome.span, figures=figures)


def drawn(page: Page) -> tuple[ZoneBox, tuple[int, int]]:
    """Return what encloses the zone of the last stroke, and the samples it may have changed."""
    page.evaluate("timbrush.studio.choose(timbrush.studio.entries.length - 1)")
    bounds = page.evaluate("timbrush.zone.bounds")
    cost = page.evaluate("timbrush.studio.entries.at(-1).cost")
    box = ZoneBox(seconds=tuple(bounds["seconds"]), hertz=tuple(bounds["hertz"]))
    return box, (cost["first_sample"], cost["last_sample"])


def samples_of(file: bytes) -> Channels:
    """Read a sound file's samples."""
    samples, _ = soundfile.read(io.BytesIO(file), always_2d=True)
    return np.ascontiguousarray(samples.T)


def run(page: Page, task: Task, folder: Path) -> dict[str, Any]:
    """Do a task; return its actions and figures."""
    path = folder / f"{task.name}.wav"
    soundfile.write(path, task.sound.T, RATE, subtype="FLOAT")
    open_sound(page, path)
    page.fill("#seed", str(SEED))
    page.dispatch_event("#seed", "change")
    page.click("#lock")
    hands = Hands(page)
    outcome = task.do(hands, samples_of(path.read_bytes()))
    top = page.evaluate("timbrush.settings.top")
    kept = [
        asdict(
            compare(
                samples_of(path.read_bytes()),
                after,
                RATE,
                outcome.box,
                top_hertz=top,
                span=outcome.span,
            )
        )
        for after in outcome.after
    ]
    return {
        "n_actions": len(hands.actions),
        "actions": hands.actions,
        "zone": asdict(outcome.box),
        "kept": kept,
        **outcome.figures,
    }


def main() -> None:
    """Serve, browse, do all tasks, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=None)
    options = parser.parse_args()
    with (
        Meter() as meter,
        tempfile.TemporaryDirectory() as folder,
        served(options.model) as address,
        browsing() as browser,
    ):
        tasks = {}
        for task in TASKS:
            page = open_page(browser, address)
            tasks[task.name] = run(page, task, Path(folder))
            page.close()
            print(f"{task.name}: {tasks[task.name]['n_actions']} actions")
    record = run_record(
        meter.reading,
        what="Six tasks done on the page by a script, judged by numbers",
        seed=SEED,
    )
    write_record(options.output, record | {"sample_rate": RATE, "tasks": tasks})


if __name__ == "__main__":
    main()
