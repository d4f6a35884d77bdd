import asyncio
import io
import json
import threading
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from fastapi import FastAPI

from timbrush.audio import files
from timbrush.effect.canvas import Canvas
from timbrush.effect.edit import Edit
from timbrush.effect.model import Effect, load
from timbrush.effect.stroke import Stroke
from timbrush.web import packets
from timbrush.web.limits import Limits
from timbrush.web.model import describe

from .conftest import STROKE, Client, octets, samples_of, wav


def with_seed(seed: int, **changes: object) -> dict:
    return {**STROKE, "seed": seed, **changes}


def test_opening_answers_the_very_samples_of_the_file(client: Client) -> None:
    sound = wav(n_channels=2, sample_rate=44_100)
    _, head, arrays = client.open(sound)
    assert (head["sample_rate"], head["n_channels"], head["subtype"]) == (44_100, 2, "PCM_16")
    np.testing.assert_array_equal(arrays["samples"], samples_of(sound))
    assert arrays["columns"].shape == (head["n_columns"], head["n_rows"])


def test_session_ids_are_long_and_never_repeat(client: Client) -> None:
    ids = {client.open(wav(0.5))[0] for _ in range(8)}
    assert len(ids) == 8
    assert min(map(len, ids)) * 6 >= 128  # url-safe base64 carries six bits a letter


def test_a_stroke_answers_only_the_span_that_it_changed(client: Client, effect: Effect) -> None:
    sound = wav()
    session, _, opened = client.open(sound)
    head, arrays = client.paint(session, STROKE)
    samples = samples_of(sound)
    canvas = effect.open(samples, sample_rate=16_000).paint(Stroke.from_dict(STROKE))
    first = head["first_sample"]
    last = first + arrays["samples"].shape[1]
    assert 0.4 * 16_000 < first < last < 1.1 * 16_000
    np.testing.assert_array_equal(arrays["samples"], canvas.samples[:, first:last])
    np.testing.assert_array_equal(canvas.samples[:, :first], samples[:, :first])
    np.testing.assert_array_equal(canvas.samples[:, last:], samples[:, last:])
    assert np.abs(arrays["samples"] - opened["samples"][:, first:last]).max() > 1e-4
    assert head["n_strokes"] == 1 and len(head["costs"]) == 1


def test_the_changed_columns_complete_the_picture(client: Client) -> None:
    session, _, opened = client.open(wav())
    head, arrays = client.paint(session, STROKE)
    picture = opened["columns"].copy()
    first = head["first_column"]
    picture[first : first + len(arrays["columns"])] = arrays["columns"]
    _, _, reopened = client.open(client.download(session))
    # The download is rounded to 16 bits, which moves only what is very soft.
    loud = np.maximum(picture, reopened["columns"]) > 255 - 2 * 60
    difference = np.abs(picture.astype(int) - reopened["columns"].astype(int))
    assert difference[loud].max() <= 2
    assert (picture != opened["columns"]).any()


def test_every_stroke_says_what_it_cost(client: Client) -> None:
    session, _, _ = client.open(wav())
    (cost,) = client.paint(session, STROKE)[0]["costs"]
    assert cost["milliseconds"] > 0 and cost["joules"] >= 0
    assert isinstance(cost["estimated"], bool)
    assert 0 < cost["share"] <= 1


def test_undo_goes_back_to_the_first_bytes_and_redo_forth_again(client: Client) -> None:
    sound = wav()
    session, _, opened = client.open(sound)
    client.paint(session, with_seed(1))
    client.paint(session, with_seed(2))
    edited = client.download(session)
    head, arrays = client.replace(session, [])
    first = head["first_sample"]
    span = slice(first, first + arrays["samples"].shape[1])
    np.testing.assert_array_equal(arrays["samples"], opened["samples"][:, span])
    np.testing.assert_array_equal(samples_of(client.download(session)), samples_of(sound))
    client.replace(session, [with_seed(1), with_seed(2)])
    assert client.download(session) == edited


def test_undone_strokes_are_not_painted_again(
    client: Client, effect: Effect, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, _, _ = client.open(wav())
    strokes = [with_seed(seed) for seed in (1, 2, 3)]
    for stroke in strokes:
        client.paint(session, stroke)
    monkeypatch.setattr("timbrush.effect.canvas.Canvas.paint", None)
    head, _ = client.replace(session, strokes[:1])
    assert (head["first_stroke"], head["n_strokes"]) == (1, 1)
    head, _ = client.replace(session, strokes)
    assert (head["first_stroke"], head["n_strokes"], len(head["costs"])) == (1, 3, 2)


def test_a_session_that_was_lost_is_rebuilt_to_the_same_bytes(client: Client) -> None:
    sound = wav()
    session, _, _ = client.open(sound)
    strokes = [with_seed(1), with_seed(2, level="fine")]
    for stroke in strokes:
        client.paint(session, stroke)
    before = client.download(session)
    client.delete(f"/api/sessions/{session}")
    lost = client.post(f"/api/sessions/{session}/strokes", json={"stroke": STROKE})
    assert lost.status_code == 404 and "send sound and strokes again" in lost.json()["detail"]
    again, _, _ = client.open(sound)
    client.replace(again, strokes)
    assert client.download(again) == before


def test_saved_strokes_give_the_download_in_the_library(
    client: Client, effect: Effect, tmp_path: Path
) -> None:
    sound = wav(n_channels=2, sample_rate=44_100)
    session, _, _ = client.open(sound)
    client.paint(session, with_seed(1))
    client.paint(session, with_seed(2, softness=0.5, strength=0.7))
    path = tmp_path / "edit.json"
    path.write_bytes(client.get(f"/api/sessions/{session}/strokes").content)
    edit = Edit.load(path)
    effect.check(edit)
    (tmp_path / "sound.wav").write_bytes(sound)
    original = files.read(tmp_path / "sound.wav")
    canvas = effect.open(original.samples, sample_rate=44_100)
    canvas = canvas.replay(edit.strokes)
    edited = files.Sound(canvas.samples, 44_100, original.subtype, original.format)
    for kind in ("wav", "flac"):
        files.write(tmp_path / f"edited.{kind}", edited)
        assert client.download(session, kind) == (tmp_path / f"edited.{kind}").read_bytes()


def test_concurrent_strokes_are_serialised_and_each_can_be_undone(client: Client) -> None:
    sound = wav()
    session, _, _ = client.open(sound)
    with ThreadPoolExecutor(6) as pool:
        heads = list(pool.map(lambda seed: client.paint(session, with_seed(seed))[0], range(6)))
    assert sorted(head["n_strokes"] for head in heads) == [1, 2, 3, 4, 5, 6]
    strokes = client.get(f"/api/sessions/{session}/strokes").json()["strokes"]
    assert sorted(stroke["seed"] for stroke in strokes) == list(range(6))
    alone, _, _ = client.open(sound)
    for count in range(6, -1, -1):
        client.replace(session, strokes[:count])
        client.replace(alone, strokes[:count])
        assert client.download(session) == client.download(alone)


def test_sessions_do_not_mix(client: Client) -> None:
    sounds = [wav(pitch=pitch) for pitch in (110, 220, 330, 440)]
    sessions = [client.open(sound)[0] for sound in sounds]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda session: client.paint(session, STROKE), sessions))
    for session, sound in zip(sessions, sounds, strict=True):
        samples = samples_of(client.download(session))
        np.testing.assert_array_equal(samples[:, :4000], samples_of(sound)[:, :4000])


def test_variations_leave_the_edit_alone_and_can_be_chosen(client: Client) -> None:
    session, _, _ = client.open(wav())
    before = client.download(session)
    answer = client.post(
        f"/api/sessions/{session}/variations", json={"stroke": STROKE, "seeds": [1, 2, 3]}
    )
    head, arrays = packets.decode(answer.content)
    assert [each["n_strokes"] for each in head["variations"]] == [1, 1, 1]
    assert client.download(session) == before
    assert (arrays["samples0"] != arrays["samples1"]).any()
    _, chosen = client.paint(session, with_seed(2))
    np.testing.assert_array_equal(chosen["samples"], arrays["samples1"])


def test_surprise_has_a_value_for_each_cell(client: Client, effect: Effect) -> None:
    session, _, _ = client.open(wav())
    answer = client.get(f"/api/sessions/{session}/surprise")
    _, arrays = packets.decode(answer.content)
    for i, grid in enumerate(effect.codec.grids):
        assert arrays[f"level{i}"].shape[0] == grid.n_rows
        assert np.isfinite(arrays[f"level{i}"]).all()
    assert arrays["level1"].shape[1] == 2 * arrays["level0"].shape[1]


def test_the_cells_of_a_stroke_are_those_it_would_paint_now(
    client: Client, effect: Effect
) -> None:
    session, _, _ = client.open(wav())
    client.paint(session, STROKE)
    stroke = {"zone": [{"shape": "threshold", "above_decibels": -20}], "level": "fine"}
    answer = client.post(f"/api/sessions/{session}/cells", json={"stroke": stroke})
    _, arrays = packets.decode(answer.content)
    canvas = effect.open(samples_of(wav())[0], sample_rate=16_000)
    wanted = canvas.paint(Stroke.from_dict(STROKE)).cells(Stroke.from_dict(stroke))
    for i, level in enumerate(wanted):
        np.testing.assert_array_equal(arrays[f"level{i}"], level)
    assert wanted[0].max() == 0 and 0 < wanted[1].mean() < 1
    assert client.get(f"/api/sessions/{session}/strokes").json()["strokes"][1:] == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "stroke: Field required"),
        ({"stroke": 3}, "stroke must be an object"),
        ({"stroke": {"strength": 2}}, "strength must lie in 0 to 1"),
        ({"stroke": {"strenght": 1}}, "strenght"),
        ({"stroke": {"zone": [{"shape": "blob"}]}}, "shape must be one of"),
        ({"stroke": {"seconds": [1, 0]}}, "first < last"),
        ({"stroke": {"seconds": [9, 10]}}, "paint inside the sound"),
        ({"stroke": {"hertz": [9000, 9500]}}, "9000 to 9500 Hz"),
        ({"stroke": {"inpainter": "magic"}}, "inpainter must be one of"),
        ({"stroke": {"seed": -1}}, "seed"),
        ({"stroke": STROKE, "more": 1}, "more"),
    ],
)
def test_a_stroke_that_cannot_be_is_refused_in_one_line(
    client: Client, body: dict, words: str
) -> None:
    session, _, _ = client.open(wav(1.5))
    answer = client.post(f"/api/sessions/{session}/strokes", json=body)
    assert answer.status_code == 422
    assert words in answer.json()["detail"] and "\n" not in answer.json()["detail"]
    assert client.get(f"/api/sessions/{session}/strokes").json()["strokes"] == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"stroke": ' + b"9" * 10_000 + b"}",
        b'{"stroke": {"\\ud800": 1}}',
    ],
)
def test_a_body_that_is_no_json_is_refused(client: Client, body: bytes) -> None:
    session, _, _ = client.open(wav(1.5))
    headers = {"content-type": "application/json"}
    answer = client.post(f"/api/sessions/{session}/strokes", content=body, headers=headers)
    assert 400 <= answer.status_code < 500 and answer.json()["detail"]


def test_a_list_with_a_bad_stroke_changes_nothing(client: Client) -> None:
    session, _, _ = client.open(wav())
    client.paint(session, STROKE)
    before = client.download(session)
    strokes = [with_seed(1), with_seed(2, inpainter="magic")]
    answer = client.put(f"/api/sessions/{session}/strokes", json={"strokes": strokes})
    assert answer.status_code == 422
    assert client.download(session) == before
    assert len(client.get(f"/api/sessions/{session}/strokes").json()["strokes"]) == 1


def test_a_stroke_for_which_memory_lacks_is_refused_and_changes_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, _, _ = client.open(wav())
    before = client.download(session)

    def allocate(*_: object) -> None:
        torch.empty(2**60)

    monkeypatch.setattr("timbrush.effect.canvas.Canvas.paint", allocate)
    answer = client.post(f"/api/sessions/{session}/strokes", json={"stroke": STROKE})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("not enough memory")
    assert client.download(session) == before


@pytest.mark.parametrize("body", [b"", b"no sound", wav()[:20], b"RIFF" + bytes(100)])
def test_what_is_no_sound_is_refused(client: Client, body: bytes) -> None:
    answer = client.post("/api/sessions", content=body, headers=octets())
    assert answer.status_code == 422 and "\n" not in answer.json()["detail"]


@pytest.mark.parametrize(
    ("container", "subtype"),
    [("WAV", "PCM_U8"), ("WAV", "GSM610"), ("WAV", "IMA_ADPCM"), ("FLAC", "PCM_16")],
)
def test_a_sound_beyond_the_limits_is_refused_before_it_is_kept(
    make_app: Callable[..., FastAPI], container: str, subtype: str
) -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, np.zeros(4_000_000), 16_000, format=container, subtype=subtype)
    body = buffer.getvalue()
    for limit in ({"sound_seconds": 30.0}, {"sound_values": 500_000}):
        with Client(make_app(**limit)) as client:
            tracemalloc.start()
            answer = client.post("/api/sessions", content=body, headers=octets())
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert answer.status_code == 422 and "too long" in answer.json()["detail"]
        assert peak < 16_000_000  # the samples alone


def test_notes_are_offered_and_no_other_file(client: Client) -> None:
    (note,) = client.get("/api/notes").json()
    assert note == {"name": "bell.wav", "title": "Bell", "credit": "Nobody"}
    assert client.get("/api/notes/bell.wav").content == wav()
    for name in ("..%2Fbell.wav", "%2Fetc%2Fpasswd", "....//bell.wav", "bell.wav%00"):
        assert client.get(f"/api/notes/{name}").status_code == 404
    assert client.get("/static/..%2Fapp.py").status_code == 404


def test_the_schema_names_every_field_of_a_stroke(client: Client) -> None:
    schema = client.get("/openapi.json").json()
    body = schema["components"]["schemas"]["PaintBody"]["properties"]["stroke"]
    assert set(body["properties"]) == set(Stroke().to_dict())
    shapes = body["properties"]["zone"]["items"]["oneOf"]
    names = {shape["properties"]["shape"]["const"] for shape in shapes}
    assert {"rectangle", "brush", "lasso", "harmonics"} <= names
    assert "$ref" not in str(body)
    assert "openapi.json" in client.get("/docs").text


def test_sessions_and_waiting_strokes_are_bounded(make_app: Callable[..., FastAPI]) -> None:
    with Client(make_app(n_sessions=2)) as client:
        first, second, third = (client.open(wav(0.5))[0] for _ in range(3))
        assert client.get(f"/api/sessions/{first}/strokes").status_code == 404
        assert client.get(f"/api/sessions/{second}/strokes").status_code == 200
        assert client.get(f"/api/sessions/{third}/strokes").status_code == 200


def test_other_requests_are_answered_while_a_stroke_is_painted(
    make_app: Callable[..., FastAPI], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def paint(self: object, stroke: Stroke) -> None:
        begun.set()
        go_on.wait(10)
        raise AssertionError

    with Client(make_app(n_waiting=1), raise_server_exceptions=False) as client:
        session, _, _ = client.open(wav(1.5))
        monkeypatch.setattr("timbrush.effect.canvas.Canvas.paint", paint)
        path = f"/api/sessions/{session}/strokes"
        with ThreadPoolExecutor(1) as pool:
            painting = pool.submit(client.post, path, json={"stroke": STROKE})
            assert begun.wait(10)
            assert client.get("/api/model").status_code == 200
            for refused in (
                client.post(path, json={"stroke": STROKE}),
                client.post("/api/sessions", content=wav(0.5), headers=octets()),
                client.get(f"/api/sessions/{session}/sound.wav"),
            ):
                assert refused.status_code == 503 and "try again" in refused.json()["detail"]
            go_on.set()
            assert painting.result(10).status_code == 500
        assert client.get(path).json()["strokes"] == []


@pytest.mark.parametrize(("method", "path"), [("PUT", "strokes"), ("GET", "sound.wav")])
def test_work_for_a_client_that_has_gone_ends(
    make_app: Callable[..., FastAPI], monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    app = make_app()
    with Client(app) as client:
        session, _, _ = client.open(wav())
    painted, paint = [], Canvas.paint
    monkeypatch.setattr(Canvas, "paint", lambda *args: painted.append(1) or paint(*args))
    body = json.dumps({"strokes": [with_seed(seed) for seed in range(6)]}).encode()
    sent = [{"type": "http.request", "body": body if method == "PUT" else b""}]
    answered = []

    async def receive() -> dict:
        if sent:
            return sent.pop()
        while method == "PUT" and len(painted) < 2:
            await asyncio.sleep(0.01)
        return {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        answered.append(message)

    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": method, "headers": headers, "query_string": b""}
    scope["path"] = f"/api/sessions/{session}/{path}"
    asyncio.run(app(scope, receive, send))
    assert answered[0]["status"] == 499
    assert len(painted) == (2 if method == "PUT" else 0)
    assert app.state.sessions.find(session).strokes == ()


def test_a_radius_is_offered_where_it_changes_something() -> None:
    effect = load(device="cpu")
    offered = {rung.name: rung.takes_radius for rung in describe(effect, Limits()).inpainters}
    generator = torch.Generator().manual_seed(0)
    shape = effect.codec.shape
    codemaps = tuple(
        torch.randint(size, (1, *shape.size(level, 4)), generator=generator)
        for level, size in enumerate(shape.codebook_sizes)
    )
    masks = tuple(torch.rand(codes.shape, generator=generator) < 0.3 for codes in codemaps)
    for name, rung in effect.inpainters.items():
        near, far = (
            rung.log_probabilities(codemaps, masks, radius=radius)[0] for radius in (0.5, 4.0)
        )
        assert offered[name] == (not torch.equal(near, far)), name
