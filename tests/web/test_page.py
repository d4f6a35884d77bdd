"""The page in a real browser, against the real effect with a tiny model."""

import io
import json
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from timbrush import cancelling
from timbrush.audio import files
from timbrush.cli.main import app as command_line
from timbrush.effect.canvas import Canvas

from .browser import Page, accept, at, download, drag, heard, open_sound, paint, until
from .conftest import samples_of, wav
from .zones import ZONES

RATE = 16_000


def test_a_painted_zone_changes_what_the_audio_graph_plays(page: Page) -> None:
    original = samples_of(wav())
    np.testing.assert_array_equal(heard(page), original)
    paint(page)
    changed = heard(page)
    differing = np.flatnonzero((changed != original).any(axis=0)) / RATE
    assert 0.5 < differing[0] < differing[-1] < 1.3  # 0.6 to 1.2 s were painted
    assert page.evaluate("timbrush.player.playing")
    entry = page.locator("#history button").nth(0)
    for unit in (" ms", " J", " %"):
        assert unit in entry.inner_text()


def test_undo_and_redo_are_exact_by_keys_and_buttons(page: Page) -> None:
    original = heard(page)
    states = [original]
    for top in (0.2, 0.4, 0.6):
        paint(page, (0.2, top), (0.5, top + 0.2))
        states.append(heard(page))
    for position, press in ((2, "Control+z"), (1, "Meta+z"), (2, "Control+y")):
        page.keyboard.press(press)
        at(page, position)
        np.testing.assert_array_equal(heard(page), states[position])
    page.keyboard.press("Control+Shift+z")
    at(page, 3)
    np.testing.assert_array_equal(heard(page), states[3])
    for _ in range(3):
        page.click("#undo")
    at(page, 0)
    np.testing.assert_array_equal(heard(page), original)
    assert page.locator("#redo").is_enabled() and not page.locator("#undo").is_enabled()


STROKE = {"seconds": [0.5, 1.0], "hertz": [200, 2000], "seed": 3}
OTHER = {**STROKE, "seconds": [1.2, 1.6]}


def test_undo_takes_back_the_stroke_that_was_still_being_painted(page: Page) -> None:
    original = heard(page)
    both = "([one, two]) => Promise.all([{}])"
    studio = "timbrush.studio."
    steps = (studio + "paint(one)", studio + "paint(two)", studio + "undo()", studio + "undo()")
    page.evaluate(both.format(", ".join(steps[:3])), [STROKE, OTHER])
    assert page.evaluate("[timbrush.studio.entries.length, timbrush.studio.canRedo]") == [
        1,
        True,
    ]
    page.evaluate(both.format(", ".join(steps[2:])), [STROKE, OTHER])
    assert page.evaluate("timbrush.studio.entries.length") == 0
    np.testing.assert_array_equal(heard(page), original)


def test_a_variation_of_another_edit_is_not_laid_over_this_one(page: Page) -> None:
    page.evaluate(
        """async ([one, two]) => {
            const { studio } = timbrush;
            window.late = await studio.variations(one, [1, 2]);
            await studio.paint(two);
        }""",
        [STROKE, OTHER],
    )
    before = heard(page)
    page.evaluate("timbrush.studio.preview(late[0])")
    np.testing.assert_array_equal(heard(page), before)


def test_a_sound_that_the_browser_cannot_play_leaves_the_one_before(page: Page) -> None:
    paint(page)
    before = heard(page)
    slow = {"name": "slow.wav", "mimeType": "", "buffer": wav(sample_rate=2000)}
    page.once("dialog", accept)
    page.set_input_files("#file", slow)
    page.wait_for_selector("#message >> text=cannot play 2000 Hz")
    assert page.evaluate("[timbrush.studio.name, timbrush.studio.entries.length]") == [
        "bell.wav",
        1,
    ]
    np.testing.assert_array_equal(heard(page), before)
    paint(page, (0.7, 0.3), (0.8, 0.7))


def test_what_fails_before_a_sound_is_open_is_seen(browser: object, address: str) -> None:
    with browser.new_context(viewport={"width": 1280, "height": 720}) as context:
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("body[data-ready]")
        on_top = """() => {
            const line = document.querySelector('#message');
            const { left, top } = line.getBoundingClientRect();
            return document.elementFromPoint(left + 20, top + 14) === line && line.textContent;
        }"""
        page.set_input_files("#file", {"name": "no.wav", "mimeType": "", "buffer": b"no sound"})
        until(page, "document.querySelector('#message').textContent")
        assert "sound" in page.evaluate(on_top)
        page.focus("#save-wav")
        page.keyboard.press("Enter")
        until(page, "document.querySelector('#message').textContent === 'Open a sound first.'")
        assert page.evaluate(on_top) == "Open a sound first."


def test_tab_reaches_nothing_that_the_start_screen_hides(browser: object, address: str) -> None:
    with browser.new_context(viewport={"width": 1280, "height": 720}) as context:
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("body[data-ready]")
        reached = set()
        for _ in range(12):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.closest('[id]')?.id"))
        assert {"open", "help", "choose"} <= reached
        assert not reached & {"rail", "mode", "surface", "play", "level", "paint"}
        assert page.evaluate("document.querySelector('#message').closest('[inert]')") is None
        open_sound(page, wav())
        assert page.locator("[inert]").count() == 0


def test_strokes_that_no_file_holds_are_not_lost_without_a_word(page: Page) -> None:
    leaving = "timbrush.studio.isUnsaved"
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    assert not page.evaluate(leaving)
    paint(page)
    assert page.evaluate(leaving)
    page.set_input_files("#file", {"name": "b.wav", "mimeType": "", "buffer": wav(0.5)})
    until(page, "timbrush.studio.preview(null)")  # whatever was begun is done
    assert len(asked) == 1 and "not saved" in asked[0]
    assert page.evaluate("[timbrush.studio.entries.length, timbrush.studio.seconds]") == [1, 2]
    saved = json.loads(download(page, "#save-strokes"))
    assert not page.evaluate(leaving)
    paint(page, (0.7, 0.3), (0.8, 0.7))
    assert page.evaluate(leaving)
    saved["strokes"][0]["seed"] = 5
    edit = {"name": "EDIT.JSON", "mimeType": "", "buffer": json.dumps(saved).encode()}
    page.set_input_files("#strokes-file", edit)  # unless told otherwise, it is dismissed
    page.evaluate("timbrush.studio.preview(null)")
    assert page.evaluate("timbrush.studio.entries.length") == 2
    page.once("dialog", accept)
    page.set_input_files("#strokes-file", edit)
    at(page, 1)
    assert not page.evaluate(leaving)  # a file holds what was just loaded
    paint(page, (0.7, 0.3), (0.8, 0.7))
    download(page, "#save-flac")
    assert not page.evaluate(leaving)
    paint(page, (0.7, 0.3), (0.8, 0.7))
    drag_out = """(effect) => {
        const link = document.getElementById('save-wav');
        for (const type of ['dragstart', 'dragend']) {
            const value = { dropEffect: effect, setData: () => {} };
            const event = Object.defineProperty(new Event(type), 'dataTransfer', { value });
            link.dispatchEvent(event);
        }
    }"""
    page.evaluate(drag_out, "none")
    assert page.evaluate(leaving)
    page.evaluate(drag_out, "copy")
    assert not page.evaluate(leaving)


def test_comparing_with_the_original_is_no_edit(page: Page) -> None:
    paint(page)
    before = heard(page)
    page.keyboard.press("b")
    assert page.evaluate("timbrush.player.side") == "original"
    np.testing.assert_array_equal(heard(page, "original"), samples_of(wav()))
    page.keyboard.press("b")
    assert page.evaluate("timbrush.player.side") == "edited"
    np.testing.assert_array_equal(heard(page), before)
    assert page.evaluate("timbrush.studio.entries.length") == 1


def test_downloads_are_what_the_command_line_makes_of_the_saved_strokes(
    page: Page, model_folder: Path, tmp_path: Path
) -> None:
    paint(page)
    page.fill("#brush-strength + input", "60")
    page.keyboard.press("Tab")
    page.click("#surface", position={"x": 5, "y": 5})
    page.keyboard.press("2")
    paint(page, (0.6, 0.2), (0.8, 0.6))
    (tmp_path / "edit.json").write_bytes(download(page, "#save-strokes"))
    (tmp_path / "bell.wav").write_bytes(wav())
    for kind in ("wav", "flac"):
        arguments = ["edit.json", "bell.wav", "-o", f"again.{kind}"]
        paths = [str(tmp_path / a) if "." in a else a for a in arguments]
        result = CliRunner().invoke(
            command_line, ["replay", *paths, "--model", str(model_folder)]
        )
        assert result.exit_code == 0, result.output
        assert download(page, f"#save-{kind}") == (tmp_path / f"again.{kind}").read_bytes()
    samples = files.read(tmp_path / "again.wav").samples
    assert np.abs(samples - heard(page)).max() < 1e-4  # 16 bits


def test_a_file_that_cuts_off_what_is_too_loud_says_so(page: Page) -> None:
    loud = io.BytesIO()
    soundfile.write(loud, 4 * samples_of(wav()).T, RATE, format="WAV", subtype="FLOAT")
    open_sound(page, loud.getvalue())
    kept, _ = soundfile.read(io.BytesIO(download(page, "#save-wav")))
    assert np.abs(kept).max() > 1
    assert not page.is_visible("#message.problem")
    download(page, "#save-flac")
    page.wait_for_selector("#message.problem >> text=FLAC cuts off what is louder")


def test_saved_strokes_open_on_the_page(page: Page) -> None:
    paint(page)
    paint(page, (0.1, 0.5), (0.3, 0.8))
    edited, strokes = heard(page), download(page, "#save-strokes")
    open_sound(page, wav())
    at(page, 0)
    page.set_input_files(
        "#strokes-file", {"name": "edit.json", "mimeType": "", "buffer": strokes}
    )
    at(page, 2)
    np.testing.assert_array_equal(heard(page), edited)
    assert not page.is_visible("#message.problem")
    other = json.loads(strokes)
    other["inpainters"] = {stroke["inpainter"]: "0" * 16 for stroke in other["strokes"]}
    buffer = json.dumps(other).encode()
    page.set_input_files("#strokes-file", {"name": "o.json", "mimeType": "", "buffer": buffer})
    page.wait_for_selector("#message.problem >> text=painted with another model")
    page.set_input_files("#strokes-file", {"name": "x.json", "mimeType": "", "buffer": b"[]"})
    page.wait_for_selector("#message.problem >> text=holds no strokes")
    at(page, 2)


def test_strokes_of_the_command_line_say_where_they_are(page: Page) -> None:
    saved = json.loads(download(page, "#save-strokes"))
    saved["strokes"] = [{"seconds": [0.5, 1.25], "hertz": [200, 2000], "seed": 1}]
    strokes = json.dumps(saved).encode()
    page.set_input_files(
        "#strokes-file", {"name": "edit.json", "mimeType": "", "buffer": strokes}
    )
    at(page, 1)
    assert "0:00.50 – 0:01.25" in page.inner_text("#history")


def test_a_zone_that_the_sound_decides_is_drawn_from_the_server_s_cells(page: Page) -> None:
    saved = json.loads(download(page, "#save-strokes"))
    loud = {"shape": "threshold", "above_decibels": -20}
    saved["strokes"] = [{"zone": [loud], "seconds": [0.25, 1.5]}, {"seconds": [0.5, 1]}]
    page.set_input_files(
        "#strokes-file",
        {"name": "edit.json", "mimeType": "", "buffer": json.dumps(saved).encode()},
    )
    at(page, 2)
    assert page.evaluate("timbrush.overlay.cells.length") == 0
    page.click("#history button >> nth=0")
    until(page, "timbrush.overlay.cells.length === 1")
    assert "Threshold 0:00.25 – 0:01.50" in page.inner_text("#history").replace("\n", " ")
    values = page.evaluate("Array.from(timbrush.overlay.cells[0].values)")
    assert 0 < sum(values) < len(values)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    until(page, "timbrush.overlay.cells.length === 0")


def test_what_of_many_channels_is_heard_is_said(page: Page) -> None:
    open_sound(page, wav(0.5, n_channels=6))
    page.wait_for_selector("#message >> text=the first two of 6 channels")
    open_sound(page, wav(0.5, n_channels=2))
    page.wait_for_selector(
        "#message:not(:has-text('channels')):has-text('Draw on the picture')"
    )


def test_a_session_that_the_server_lost_is_rebuilt_unseen(page: Page, address: str) -> None:
    paint(page)
    page.evaluate("fetch(timbrush.studio.address(''), { method: 'DELETE' })")
    page.evaluate("fetch(timbrush.studio.address('').slice(0, -1), { method: 'DELETE' })")
    page.keyboard.press("Control+z")
    at(page, 0)
    np.testing.assert_array_equal(heard(page), samples_of(wav()))
    page.keyboard.press("Control+y")
    at(page, 1)


def test_a_cancelled_stroke_leaves_no_trace(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint(page)
    before = heard(page)
    plain, may_end = Canvas.paint, threading.Event()

    def held(self: Canvas, stroke: object) -> Canvas:
        may_end.wait(60)
        return plain(self, stroke)

    monkeypatch.setattr(Canvas, "paint", held)
    drag(page, (0.2, 0.2), (0.8, 0.8))
    page.wait_for_selector("#busy:visible")
    assert page.evaluate("timbrush.studio.isUnsaved && timbrush.studio.painting") == 1
    page.keyboard.press("Escape")
    page.wait_for_selector("#message >> text=cancelled")
    page.wait_for_selector("#busy >> text=Dropping what was cancelled")
    may_end.set()
    page.wait_for_selector("#busy", state="hidden")
    np.testing.assert_array_equal(heard(page), before)
    assert page.locator("#history button").count() == 1
    monkeypatch.undo()
    strokes = json.loads(download(page, "#save-strokes"))["strokes"]
    assert len(strokes) == 1
    assert not page.evaluate("timbrush.studio.isUnsaved")


def test_escape_is_answered_at_once_and_ends_the_work_in_its_middle(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = heard(page)
    events: list[str] = []
    n_steps = 2000

    def endless(self: Canvas, stroke: object) -> Canvas:
        for _ in range(n_steps):
            events.append("step")
            time.sleep(0.02)
            try:
                cancelling.check()
            except Exception:
                events.append("freed")
                raise
        raise AssertionError("nobody stopped it")

    page.evaluate(
        """() => {
            window.told = [];
            const { studio } = timbrush;
            for (const type of ['busy', 'problem']) {
                studio.addEventListener(type, ({ detail }) => told.push(detail));
            }
        }"""
    )
    monkeypatch.setattr(Canvas, "paint", endless)
    drag(page, (0.2, 0.2), (0.8, 0.8))
    page.wait_for_selector("#busy:visible")
    page.keyboard.press("Escape")
    page.wait_for_selector("#busy", state="hidden")
    assert page.evaluate("told") == [
        "Painting",
        "Painting was cancelled; nothing has changed.",
        "Dropping what was cancelled",
        None,
    ]
    assert events[-1] == "freed" and len(events) < n_steps
    monkeypatch.undo()
    np.testing.assert_array_equal(heard(page), before)
    paint(page)


def test_a_stroke_that_fails_says_why_and_leaves_no_trace(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = heard(page)
    page.evaluate("document.getElementById('inpainter').append(new Option('Magic', 'magic'))")
    page.select_option("#inpainter", "magic")
    drag(page, (0.2, 0.2), (0.8, 0.8))
    page.wait_for_selector("#message.problem >> text=inpainter must be one of")
    np.testing.assert_array_equal(heard(page), before)
    assert page.locator("#history button").count() == 0


def test_only_settings_that_the_inpainter_listens_to_are_shown(page: Page) -> None:
    page.click("#more summary")
    assert page.locator("#brush-radius").is_visible()
    page.select_option("#inpainter", "uniform")
    assert not page.locator("#brush-radius").is_visible()
    assert page.locator("#brush-strength").is_visible()
    page.click("#more summary")


def test_shift_adds_alt_subtracts_and_the_eraser_erases(page: Page) -> None:
    page.uncheck("#on-release")
    drag(page, (0.1, 0.1), (0.3, 0.3))
    page.keyboard.down("Shift")
    drag(page, (0.4, 0.4), (0.6, 0.6))
    page.keyboard.up("Shift")
    page.keyboard.down("Alt")
    drag(page, (0.5, 0.5), (0.55, 0.55))
    page.keyboard.up("Alt")
    page.keyboard.press("5")
    drag(page, (0.1, 0.1), (0.2, 0.2))
    shapes = page.evaluate("timbrush.zone.shapes.map((s) => [s.shape, s.mode])")
    rectangle, brush = "rectangle", "brush"
    assert shapes == [
        [rectangle, "add"],
        [rectangle, "add"],
        [rectangle, "subtract"],
        [brush, "subtract"],
    ]
    assert page.evaluate("timbrush.studio.entries.length") == 0
    page.keyboard.press("Enter")
    at(page, 1)
    page.keyboard.press("Escape")
    assert page.evaluate("timbrush.zone.isEmpty")


DRAWN = """
async (zone) => {
    const { covers, fillZone } = await import('/static/js/zone/shapes.js');
    const { view } = timbrush;
    const shapes = zone.map((shape) => ({ mode: 'add', ...shape }));
    const canvas = new OffscreenCanvas(view.width, view.height);
    const context = canvas.getContext('2d');
    fillZone(context, shapes, view);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const places = Array.from({ length: 5000 }, (_, i) => [
        (i * 37.3) % canvas.width, (i * 53.9) % canvas.height].map(Math.floor));
    return places.map(([x, y]) => [
        data[4 * (y * canvas.width + x) + 3] > 127,
        covers(shapes, { seconds: view.timeOf(x + 0.5), hertz: view.hertzOf(y + 0.5) }),
    ]);
}
"""


@pytest.mark.parametrize("name", [name for name in ZONES if name != "dot"])
def test_the_picture_shows_the_zone_that_is_painted(page: Page, name: str) -> None:
    zone = [stretched(shape) for shape in ZONES[name]]
    drawn, covered = np.array(page.evaluate(DRAWN, zone)).T
    assert (drawn != covered).mean() < 0.01  # but for edges, which canvas smooths
    is_thin = name in ("few harmonics", "rectangle thinner than a pixel")
    assert is_thin or 0.01 < covered.mean() < 0.99


def stretched(shape: dict) -> dict:
    """Return the shape ten times as long, so that it fills the two seconds of the sound."""
    longer = {**shape, "seconds": [10 * time for time in shape.get("seconds", (0, 0.2))]}
    if "points" in shape:
        del longer["seconds"]
        longer["points"] = [[10 * time, hertz] for time, hertz in shape["points"]]
        longer["size_seconds"] = 10 * shape.get("size_seconds", 1)
    return longer


def test_what_shift_collects_is_painted_once(page: Page) -> None:
    done = "timbrush.studio.preview(null).then(() => timbrush.studio.entries.length)"
    box = page.locator("#surface").bounding_box()
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 300)
    page.keyboard.up("Shift")
    page.mouse.up()
    assert page.evaluate(done) == 1  # it was let go before the button
    page.keyboard.press("Shift")
    assert page.evaluate(done) == 1
    page.keyboard.down("Shift")
    drag(page, (0.3, 0.2), (0.35, 0.3))
    page.mouse.down()
    page.keyboard.up("Shift")
    page.mouse.up()  # a click, and no shape
    assert page.evaluate(done) == 2
    page.keyboard.down("Shift")
    drag(page, (0.5, 0.2), (0.6, 0.4))
    drag(page, (0.7, 0.2), (0.8, 0.4))
    page.keyboard.up("Shift")
    assert page.evaluate(done) == 3
    page.keyboard.down("Shift")
    drag(page, (0.1, 0.6), (0.2, 0.8))
    page.keyboard.press("Enter")
    page.keyboard.up("Shift")
    assert page.evaluate(done) == 4
    page.keyboard.down("Shift")
    drag(page, (0.1, 0.2), (0.2, 0.4))
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.keyboard.up("Shift")
    assert page.evaluate(done) == 4
    assert page.evaluate("timbrush.zone.shapes.length") == 6


def test_numbers_cut_a_drawn_zone_and_say_what_is_wrong(page: Page) -> None:
    page.uncheck("#on-release")
    page.evaluate("document.querySelector('#zone-numbers').open = true")
    fields = ["#zone-start", "#zone-stop", "#zone-low", "#zone-high"]

    def shown() -> list[float]:
        return [float(page.input_value(field)) for field in fields]

    def enter(field: str, value: str) -> None:
        page.fill(field, value)
        page.keyboard.press("Tab")

    page.evaluate("timbrush.tools.set({ tool: 'lasso' })")
    drag(page, (0.2, 0.3), (0.6, 0.7))
    drawn = shown()
    for field, value in (("#zone-start", "0.5"), ("#zone-stop", "0.9"), ("#zone-low", "300")):
        enter(field, value)
    shapes = "timbrush.zone.shapes.map((shape) => [shape.shape, shape.mode])"
    assert page.evaluate(shapes) == [["lasso", "add"], ["rectangle", "intersect"]]
    assert shown() == [0.5, 0.9, 300, drawn[3]]
    for field, value, words in (
        ("#zone-start", "0.95", "must start before it ends"),
        ("#zone-start", "7", "from 0 to 2.000 s"),
        ("#zone-high", "200", "must be below the highest"),
    ):
        enter(field, value)
        page.wait_for_selector(f"#message.problem >> text={words}")
        assert shown() == [0.5, 0.9, 300, drawn[3]]
    enter("#zone-stop", str(drawn[1]))  # back to where it was drawn
    assert page.evaluate(shapes) == [["lasso", "add"], ["rectangle", "intersect"]]
    page.click("#paint")
    at(page, 1)
    enter("#zone-stop", "1.75")
    assert page.evaluate(shapes) == [["rectangle", "add"]]
    assert shown() == [0.5, 1.75, 300, drawn[3]]
    page.fill("#zone-low", "700")
    page.keyboard.press("Escape")  # leaves the field as it was
    assert page.evaluate("document.activeElement === document.body")
    assert page.evaluate("timbrush.zone.shapes.length") == 1
    assert shown() == [0.5, 1.75, 300, drawn[3]]


@pytest.mark.parametrize("key", ["2", "3", "4"])
def test_every_tool_paints(page: Page, key: str) -> None:
    page.keyboard.press(key)
    box = page.locator("#surface").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    for x, y in ((400, 180), (480, 260), (380, 330)):
        page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.up()
    at(page, 1)
    assert (heard(page) != samples_of(wav())).any()


def test_variations_can_be_heard_and_kept(page: Page) -> None:
    page.uncheck("#on-release")
    drag(page, (0.3, 0.3), (0.6, 0.7))
    original = heard(page)
    page.click("#vary")
    page.wait_for_selector("#strip button[aria-pressed=true]")
    page.click("#strip button >> nth=2")
    page.wait_for_selector("#strip button:nth-child(3)[aria-pressed=true]")
    preview = heard(page)
    assert (preview != original).any()
    assert page.evaluate("timbrush.studio.entries.length") == 0
    page.click("#strip .keep")
    at(page, 1)
    np.testing.assert_array_equal(heard(page), preview)
    page.keyboard.press("Control+z")
    at(page, 0)
    np.testing.assert_array_equal(heard(page), original)


def test_reports_from_before_a_stop_do_not_play_on(page: Page) -> None:
    page.evaluate("timbrush.player.play(0)")
    until(page, "timbrush.player.playing && timbrush.player.place > 800")
    moments = page.evaluate(
        """async () => {
            const { player } = timbrush;
            const until = performance.now() + 300;
            while (performance.now() < until);  // reports wait meanwhile
            player.stop();
            const moments = [];
            for (let i = 0; i < 50; i++) {
                await new Promise((done) => setTimeout(done));
                moments.push(player.playing);
            }
            return moments;
        }"""
    )
    assert not any(moments)


def test_keys_play_loop_zoom_and_resize_the_brush(page: Page) -> None:
    page.keyboard.press(" ")
    until(page, "timbrush.player.playing && timbrush.player.place > 800")
    page.keyboard.press(" ")
    assert not page.evaluate("timbrush.player.playing")
    page.keyboard.press("l")
    assert page.get_attribute("#loop", "aria-pressed") == "false"
    page.keyboard.press("+")
    assert page.evaluate("timbrush.view.time[1] - timbrush.view.time[0]") < 1.5
    page.keyboard.press("0")
    assert page.evaluate("timbrush.view.time") == [0, 2]
    size = page.evaluate("timbrush.tools.brushPixels")
    page.keyboard.press("]")
    assert page.evaluate("timbrush.tools.brushPixels") > size
    page.keyboard.press("?")
    assert page.locator("#help-box").is_visible()
    told = page.inner_text("#help-columns")
    assert "Ctrl+O" in told and "Delete" in told
    assert page.get_attribute("#undo", "title") == "Undo (Ctrl+Z)"
    page.keyboard.press("Escape")
    page.focus("#on-release")
    page.keyboard.press("Enter")
    assert not page.is_checked("#on-release")
    assert page.evaluate("timbrush.studio.entries.length") == 0


def test_space_presses_what_the_keyboard_reached_and_else_plays(page: Page) -> None:
    page.click("#loop")
    looping = page.get_attribute("#loop", "aria-pressed")
    for playing in (True, False):
        page.keyboard.press(" ")
        assert page.evaluate("timbrush.player.playing") is playing
    assert page.get_attribute("#loop", "aria-pressed") == looping
    page.focus("#play")
    page.keyboard.press("Tab")
    page.keyboard.press(" ")
    assert page.get_attribute("#loop", "aria-pressed") != looping
    assert not page.evaluate("timbrush.player.playing")
    download(page, "#save-wav")
    page.keyboard.press(" ")
    assert page.evaluate("timbrush.player.playing")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    for key in (" ", "Enter"):
        with page.expect_download():
            page.keyboard.press(key)


def test_keys_zoom_in_frequency_and_brackets_may_need_alt(page: Page) -> None:
    octaves = "timbrush.view.band[1] - timbrush.view.band[0]"
    whole = page.evaluate(octaves)
    page.keyboard.press("Shift+ArrowUp")
    assert page.evaluate(octaves) == pytest.approx(whole / 1.4)
    page.keyboard.press("Shift+ArrowDown")
    assert page.evaluate(octaves) == pytest.approx(whole)
    typed = """([key, options]) => {
        const before = timbrush.tools.brushPixels;
        const all = { key, bubbles: true, altKey: true, ...options };
        document.body.dispatchEvent(new KeyboardEvent('keydown', all));
        return timbrush.tools.brushPixels - before;
    }"""
    assert page.evaluate(typed, ["]", {}]) > 0  # Option
    assert page.evaluate(typed, ["[", {"ctrlKey": True, "modifierAltGraph": True}]) < 0


def test_an_emptied_setting_is_restored_and_nothing_is_promised_of_no_zone(page: Page) -> None:
    for value in ("80", ""):
        page.fill("#brush-strength + input", value)
        page.keyboard.press("Tab")
    assert page.input_value("#brush-strength") == "80"
    assert page.input_value("#brush-strength + input") == "80"
    page.fill("#brush-strength + input", "100")
    page.evaluate("timbrush.tools.set({ tool: 'eraser' })")
    drag(page, (0.3, 0.3), (0.4, 0.4))
    assert "Enter paints" not in page.inner_text("#message")


def test_every_control_has_a_name_and_can_be_reached_by_tab(page: Page) -> None:
    paint(page)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, a, [role]')]
            .filter((e) => e.checkVisibility() && !(e.getAttribute('aria-label') ||
                e.getAttribute('aria-labelledby') || e.textContent.trim() || e.labels?.length))
            .map((e) => e.outerHTML)"""
    )
    assert nameless == []
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id"))
    wanted = {"open", "undo", "save-wav", "surface", "overview", "play", "loop", "inpainter"}
    assert wanted | {"seed", "die", "lock", "paint", "vary", "brush-strength"} <= reached


def test_the_readout_names_time_frequency_note_and_level(page: Page) -> None:
    box = page.locator("#surface").bounding_box()
    y = page.evaluate("timbrush.view.yOf(220)")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + y)
    assert page.inner_text("#read-time") == "0:01.000"
    assert page.inner_text("#read-note").startswith("A3")
    assert -20 < float(page.inner_text("#read-level").replace("−", "-").split()[0]) < -8


NO_CLICK = """
async () => {
  const rate = 16000, length = 16000;
  const turn = 2 * Math.PI * 220 / rate;
  const tone = Float32Array.from({ length }, (_, i) => 0.5 * Math.sin(turn * i));
  const bump = (i) => 1 - 0.8 * Math.sin(Math.PI * i / 6400);
  const softer = tone.slice(4800, 11200).map((v, i) => v * bump(i));
  const context = new OfflineAudioContext(1, 3 * rate, rate);
  await context.audioWorklet.addModule('/static/js/sound/player-worklet.js');
  const node = new AudioWorkletNode(context, 'player', { numberOfInputs: 0 });
  node.connect(context.destination);
  const tell = (type, message) => node.port.postMessage({ type, ...message });
  const pause = () => new Promise((resolve) => setTimeout(resolve, 60));
  tell('load', { nChannels: 1, length });
  tell('fill', { first: 0, samples: [tone.slice()], gaps: [[0, length]] });
  tell('range', { first: 0, last: 12347, loop: true });  // the seam cuts the tone anywhere
  tell('play', { place: 0 });
  const steps = [
    [0.5, () => tell('patch', { id: 1, first: 4800, samples: [softer] })],
    [1.6, () => tell('hear', { side: 'original', gain: 1 })],
    [2.0, () => tell('seek', { place: 7001 })],
    [2.5, () => tell('stop', {})],
  ];
  for (const [time, act] of steps) {
    context.suspend(time).then(async () => { act(); await pause(); context.resume(); });
  }
  await pause();
  return Array.from((await context.startRendering()).getChannelData(0));
}
"""


def test_nothing_clicks_when_the_sound_changes_loops_jumps_or_stops(page: Page) -> None:
    output = np.array(page.evaluate(NO_CLICK))
    steepest = 2 * np.pi * 220 / RATE * 0.5
    assert np.abs(np.diff(output)).max() < 1.3 * steepest  # a hard cut would jump by up to 1
    assert np.abs(output[100:12_000]).max() == pytest.approx(0.5, abs=0.01)
    assert np.abs(output[20_500:21_000]).max() < 0.2  # the softer middle, one loop later
    assert np.abs(output[30_000:31_000]).max() > 0.45  # the original again
    assert np.abs(output[41_000:]).max() == 0
