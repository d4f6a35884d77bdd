"""A long sound is seen, heard and painted where it has arrived."""

import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from fastapi import FastAPI

from timbrush.effect.model import Effect
from timbrush.effect.stroke import Stroke
from timbrush.errors import SoundError
from timbrush.web import packets
from timbrush.web.opening import PIECE_COLUMNS, Opening
from timbrush.web.picture import Picture

from .browser import Page, heard, open_sound, paint, until
from .conftest import Client, joined, octets, samples_of, wav

RATE = 16_000
LONG = wav(30.0, n_channels=2)
OPEN = {"name": "long.wav", "mimeType": "", "buffer": LONG}


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Keeps all pieces of a sound but the first back until it is set."""
    plain, may_come = Opening._piece, threading.Event()

    def piece(self: Opening, column: int, head: dict) -> bytes:
        if column:
            may_come.wait(60)
        return plain(self, column, head)

    monkeypatch.setattr(Opening, "_piece", piece)
    yield may_come
    may_come.set()


def test_what_has_arrived_is_seen_and_painted_while_the_rest_comes(
    page: Page, held: threading.Event, effect: Effect
) -> None:
    page.set_input_files("#file", OPEN)
    until(page, "timbrush.studio.name === 'long.wav'")
    n_first = PIECE_COLUMNS * page.evaluate("timbrush.studio.head.hop_length")
    original = samples_of(LONG)
    assert n_first < original.shape[1] / 3
    np.testing.assert_array_equal(heard(page)[:, :n_first], original[:, :n_first])
    assert not heard(page)[:, n_first:].any()
    assert page.is_visible("#arrival")
    assert page.inner_text("#arrived-words") == "1.0 MB of 3.8 MB"
    level = "timbrush.stage.spectrogram.levelAt({}, 220)"
    assert page.evaluate(level.format(1)) > -40
    assert page.evaluate(level.format(20)) < -100
    strokes = [
        {"seconds": [0.5, 1.5], "seed": 1},
        {"seconds": [n_first / RATE - 0.5, n_first / RATE + 1], "seed": 2},
        {"seconds": [20.0, 21.0], "seed": 3},
    ]
    page.evaluate(
        "async (all) => { for (const one of all) await timbrush.studio.paint(one); }", strokes
    )
    held.set()
    until(page, "timbrush.studio.arrived === 1")
    assert not page.is_visible("#arrival")
    np.testing.assert_array_equal(heard(page, "original"), original)
    painted = effect.open(original, sample_rate=RATE).replay(map(Stroke.from_dict, strokes))
    np.testing.assert_array_equal(heard(page), painted.samples)
    picture = Picture(sample_rate=RATE, length=original.shape[1])
    columns = page.evaluate("Array.from(timbrush.stage.spectrogram.levels[0].bytes)")
    drawn = np.array(columns, np.uint8).reshape(picture.n_columns, -1)
    np.testing.assert_array_equal(drawn, picture.columns(painted.read))
    for _ in strokes:
        page.keyboard.press("Control+z")
    page.evaluate("timbrush.studio.preview(null)")
    np.testing.assert_array_equal(heard(page), original)


def test_another_sound_ends_the_arrival_of_the_one_before(
    page: Page, held: threading.Event
) -> None:
    page.set_input_files("#file", OPEN)
    until(page, "timbrush.studio.name === 'long.wav'")
    open_sound(page, wav(0.5))
    held.set()
    page.evaluate("timbrush.studio.preview(null)")
    np.testing.assert_array_equal(heard(page), samples_of(wav(0.5)))
    assert not page.is_visible("#arrival")


def test_the_server_forgets_a_sound_whose_page_is_left(
    browser: object, address: str, application: FastAPI
) -> None:
    sessions = application.state.sessions
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("body[data-ready]")
        before = len(sessions)
        open_sound(page, wav(0.5))
        assert len(sessions) == before + 1
        page.goto("about:blank")
        until(page, "true")
        page.wait_for_timeout(0)
        for _ in range(1000):
            if len(sessions) == before:
                break
            page.wait_for_timeout(10)
        assert len(sessions) == before


def test_the_pieces_of_a_sound_are_the_whole_sound(client: Client) -> None:
    content = client.post("/api/sessions", content=LONG, headers=octets()).content
    each = list(packets.decode_each(content))
    assert len(each) == 5 and "session" not in each[0][0]
    assert list(each[1][0]) == ["session"] and not each[1][1]
    session, head, arrays = joined(content)
    samples = samples_of(LONG)
    np.testing.assert_array_equal(arrays["samples"], samples)
    picture = Picture(sample_rate=RATE, length=head["n_samples"])
    whole = picture.columns(lambda first, last: samples[:, first:last])
    np.testing.assert_array_equal(arrays["columns"], whole)
    starts = [(part["first_sample"], part["first_column"]) for part, a in each if a]
    step = PIECE_COLUMNS
    assert starts == [(n * step * picture.hop_length, n * step) for n in range(4)]
    assert client.delete(f"/api/sessions/{session}").status_code == 204


def test_what_goes_wrong_after_the_first_piece_is_said_in_the_last(
    client: Client, monkeypatch: pytest.MonkeyPatch, page: Page
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise SoundError("no room for this sound")

    monkeypatch.setattr(Effect, "open", fail)
    content = client.post("/api/sessions", content=LONG, headers=octets()).content
    assert [head.get("detail") for head, _ in packets.decode_each(content)] == [
        None,
        "no room for this sound",
    ]
    page.set_input_files("#file", OPEN)
    page.wait_for_selector("#message.problem >> text=no room for this sound")
    page.keyboard.press("Control+a")
    page.keyboard.press("Enter")
    until(page, "timbrush.studio.painting === 0")
    assert page.inner_text("#message") == "no room for this sound"
    assert page.evaluate("timbrush.studio.entries.length") == 0


def test_what_is_odd_about_a_file_is_said(page: Page) -> None:
    whole = io.BytesIO()
    soundfile.write(whole, samples_of(wav(4)).T, RATE, format="OGG")
    data = whole.getvalue()
    open_sound(page, data)
    assert not page.is_visible("#message.problem")
    open_sound(page, data[: data.rindex(b"OggS")])
    page.wait_for_selector("#message.problem >> text=ends without its last page")


def test_the_beginning_is_sent_before_the_rest_is_decoded(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[int] = []
    plain = Opening._piece

    def piece(self: Opening, column: int, head: dict) -> bytes:
        packet = plain(self, column, head)
        decoded.append(self._reading.start().length)
        return packet

    monkeypatch.setattr(Opening, "_piece", piece)
    long = wav(120.0)
    content = client.post("/api/sessions", content=long, headers=octets()).content
    _, head, arrays = joined(content)
    assert decoded[0] < 60 * RATE and decoded[1] == head["n_samples"] == 120 * RATE
    np.testing.assert_array_equal(arrays["samples"], samples_of(long))


def first_packet(content: bytes) -> bytes:
    """The bytes of the first of several packets."""
    head, arrays = next(packets.decode_each(content))
    return packets.encode(head, arrays)


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "AIFF"])
def test_the_first_bytes_of_a_file_give_its_first_packet(client: Client, kind: str) -> None:
    file = io.BytesIO()
    noise = 0.3 * np.random.default_rng(0).uniform(-1, 1, (60 * RATE, 2))
    soundfile.write(file, noise, RATE, format=kind)
    data = file.getvalue()
    whole = client.post("/api/sessions", content=data, headers=octets())
    path = f"/api/beginnings?size={len(data)}"
    part = data[: len(data) // 2]
    answer = client.post(path, content=part, headers=octets())
    assert answer.status_code == 200, answer.text
    assert answer.content == first_packet(whole.content)
    too_little = client.post(path, content=data[: len(data) // 8], headers=octets())
    assert too_little.status_code == 422, "zeros are no samples"


@pytest.mark.parametrize("data", [wav(2.0), b"no sound at all" * 100, b""])
def test_a_beginning_that_shows_nothing_is_refused(client: Client, data: bytes) -> None:
    path = f"/api/beginnings?size={max(len(data), 1)}"
    assert client.post(path, content=data, headers=octets()).status_code == 422


def test_a_beginning_that_does_not_say_how_long_it_is_is_refused(client: Client) -> None:
    file = io.BytesIO()
    soundfile.write(file, samples_of(LONG).T, RATE, format="OGG")
    data = file.getvalue()
    path = f"/api/beginnings?size={2 * len(data)}"
    assert client.post(path, content=data, headers=octets()).status_code == 422


def test_a_long_file_is_seen_while_it_is_sent(page: Page, tmp_path: Path) -> None:
    length = 25_000_000
    samples = np.resize(samples_of(wav(3.0)), (1, length))
    sound = tmp_path / "hour.wav"
    soundfile.write(sound, samples.T, 44_100, subtype="PCM_16")
    held: list[Any] = []
    page.route("**/api/sessions?*", lambda route: held.append(route))
    page.set_input_files("#file", sound)
    until(page, "timbrush.studio.name === 'hour.wav'")
    n_first = round(page.evaluate("timbrush.studio.arrived * timbrush.player.length"))
    assert 0 < n_first < length / 10
    assert page.evaluate("timbrush.stage.spectrogram.levelAt(1, 606)") > -40
    original = samples_of(sound.read_bytes())
    peeked = "(first, last) => timbrush.player.peek(first, last, 'edited')"
    few = f"async ([first, last]) => Array.from((await ({peeked})(first, last))[0])"
    assert page.evaluate(few, [1000, 1100]) == original[0, 1000:1100].tolist()
    while not held:
        page.wait_for_timeout(10)
    held[0].continue_()
    until(page, "timbrush.studio.arrived === 1")
    page.unroute("**/api/sessions?*")
    for first in (1000, n_first - 50, n_first + 10_000, length - 100):
        there = page.evaluate(few, [first, first + 100])
        assert there == original[0, first : first + 100].tolist()
    paint(page)
    assert page.evaluate("timbrush.studio.entries.length") == 1
