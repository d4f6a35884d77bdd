import io
import itertools
import os
import queue
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from starlette.exceptions import HTTPException

from timbrush.audio import files
from timbrush.effect.canvas import Canvas
from timbrush.effect.model import Effect
from timbrush.effect.stroke import Stroke
from timbrush.errors import StrokeError
from timbrush.web import sessions
from timbrush.web.limits import Limits
from timbrush.web.session import Session, unwatched
from timbrush.web.sessions import Sessions

from .conftest import Client, wav

STROKES = [Stroke(seconds=(0.2, 0.8), hertz=(100, 3000), seed=seed) for seed in range(5)]


def sound() -> files.Sound:
    return files.read(io.BytesIO(wav(1.5)))


def a_session(effect: Effect, *, budget_bytes: int) -> Session:
    opened = sound()
    canvas = effect.open(opened.samples, sample_rate=opened.sample_rate)
    return Session(id="x", sound=opened, canvas=canvas, budget_bytes=budget_bytes)


def held_bytes(session: Session) -> int:
    """Memory of all that a session's canvases refer to, found without its own count."""
    canvases = [session.canvas, *(canvas for canvas, _ in session._kept.values())]
    changes = {id(change): change for canvas in canvases for change in canvas.changes}
    codes = sum(codes.nbytes for change in changes.values() for codes in change.codemaps)
    return codes + sum(change.added.nbytes for change in changes.values())


class GoneError(Exception):
    pass


def leaves_after(n_strokes: int) -> Callable[[], None]:
    """A client that waits for so many strokes and no longer."""
    asked = itertools.count()

    def check() -> None:
        if next(asked) >= n_strokes:
            raise GoneError

    return check


def test_canvases_that_were_forgotten_are_painted_again_to_the_same_bytes(
    effect: Effect,
) -> None:
    mindful, forgetful = (a_session(effect, budget_bytes=2**30) for _ in range(2))
    for session in (mindful, forgetful):
        session.replace(STROKES)
    for count in (3, 4, 0, 5, 1):
        forgetful._kept.clear()
        changes = [session.replace(STROKES[:count]) for session in (mindful, forgetful)]
        np.testing.assert_array_equal(changes[0].samples, changes[1].samples)
        np.testing.assert_array_equal(mindful.canvas.samples, forgetful.canvas.samples)


def test_what_is_kept_for_redo_follows_the_budget(effect: Effect) -> None:
    session = a_session(effect, budget_bytes=200_000)
    session.paint(STROKES[0])
    for seed in range(10, 20):
        session.replace([STROKES[0], Stroke(seconds=(0.2, 0.8), seed=seed)])
        assert held_bytes(session) <= 200_000
        assert session.nbytes == sound().samples.nbytes + held_bytes(session)
    assert 1 < len(session._kept) < 11


def test_an_edit_beyond_the_budget_is_refused_and_changes_nothing(effect: Effect) -> None:
    session = a_session(effect, budget_bytes=200_000)
    with pytest.raises(StrokeError, match=r"at most 0\.2.* MB, got 0\.2.* MB; undo some"):
        for seed in range(12):
            strokes, before = session.strokes, session.canvas.samples
            session.paint(Stroke(seconds=(0.2, 0.8), seed=seed))
    assert session.strokes == strokes and len(strokes) > 2
    np.testing.assert_array_equal(session.canvas.samples, before)
    assert held_bytes(session) <= 200_000
    session.replace(strokes[:-1])
    session.paint(STROKES[0])


def test_a_list_that_shares_its_beginning_paints_only_the_rest(effect: Effect) -> None:
    session = a_session(effect, budget_bytes=2**30)
    session.replace(STROKES[:3])
    change = session.replace([*STROKES[:2], STROKES[4]])
    assert (change.first_stroke, change.n_strokes, len(change.costs)) == (2, 3, 1)
    assert session.strokes == (*STROKES[:2], STROKES[4])


def test_going_back_answers_what_the_last_stroke_had_changed(effect: Effect) -> None:
    session = a_session(effect, budget_bytes=2**30)
    painted = session.paint(STROKES[0])
    back = session.replace([])
    assert back.first_sample == painted.first_sample
    span = slice(back.first_sample, back.first_sample + back.samples.shape[1])
    np.testing.assert_array_equal(back.samples, sound().samples[:, span])
    assert session.replace([]).samples.size == 0


def test_a_client_that_has_gone_costs_no_stroke(effect: Effect) -> None:
    sessions = Sessions(effect, Limits())
    session = sessions.open(sound())
    with pytest.raises(GoneError), sessions.turn(session.id, leaves_after(0)):
        raise AssertionError
    with sessions.turn(session.id, unwatched) as same:  # and nobody waits for it
        assert same is session


@pytest.mark.parametrize("work", ["replace", "return", "variations"])
def test_a_client_that_goes_costs_no_further_stroke(
    effect: Effect, monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    session = a_session(effect, budget_bytes=2**30)
    session.replace(STROKES[:4])
    session._kept.clear()
    before, paint, painted = session.canvas.samples, Canvas.paint, []
    monkeypatch.setattr(Canvas, "paint", lambda *args: painted.append(1) or paint(*args))
    check = leaves_after(2)
    with pytest.raises(GoneError):
        if work == "replace":
            session.replace(STROKES[::-1], check)
        elif work == "return":
            session.replace(STROKES[:3], check)
        else:
            session.variations(STROKES[0], [7, 8, 9], check)
    assert len(painted) == 1  # and not even the rest of this one
    assert session.strokes == tuple(STROKES[:4])
    np.testing.assert_array_equal(session.canvas.samples, before)


def test_the_session_not_used_for_longest_makes_room(effect: Effect) -> None:
    sessions = Sessions(effect, Limits(n_sessions=2, encode_ahead_seconds=0.0))
    first, second = sessions.open(sound()), sessions.open(sound())
    sessions.find(first.id)
    sessions.open(sound())
    assert sessions.find(first.id) is first
    with pytest.raises(HTTPException, match="not known"):
        sessions.find(second.id)


def test_sounds_and_their_strokes_share_the_memory(effect: Effect) -> None:
    held = 5 * sound().samples.nbytes // 2
    sessions = Sessions(effect, Limits(held_bytes=held, encode_ahead_seconds=0.0))
    first, second, third = (sessions.open(sound()) for _ in range(3))
    with pytest.raises(HTTPException, match="not known"):
        sessions.find(first.id)
    sessions.find(third.id)
    with sessions.turn(second.id, unwatched) as session:
        session.replace(STROKES[:2])
    assert len(sessions) == 1 and sessions.find(second.id) is second


def test_a_session_that_made_room_is_not_held_by_who_waits_for_it(effect: Effect) -> None:
    sessions = Sessions(effect, Limits(n_sessions=1, encode_ahead_seconds=0.0))
    session = sessions.open(sound())
    with (
        pytest.raises(HTTPException, match="not known"),
        sessions.turn(session.id, lambda: sessions.open(sound()) and None),
    ):
        raise AssertionError


def test_nothing_is_encoded_ahead_where_no_processor_is_free(
    effect: Effect, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded = []
    monkeypatch.setattr(Sessions, "_encode_ahead", lambda _, session: encoded.append(session))
    sessions = Sessions(effect, Limits(n_running=1))
    with sessions.gate(unwatched):
        sessions.open(sound())
    assert encoded == []


def test_the_process_waits_for_what_encodes_ahead(
    effect: Effect, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Requests come on daemon threads, and a thread is what the one that made it is.
    workers = queue.SimpleQueue()
    monkeypatch.setattr(
        Sessions, "_encode_ahead", lambda *_: workers.put(threading.current_thread())
    )
    sessions = Sessions(effect, Limits())
    threading.Thread(target=sessions.open, args=[sound()], daemon=True).start()
    assert not workers.get(timeout=60).daemon


def test_warming_up_leaves_no_session(effect: Effect) -> None:
    sessions = Sessions(effect, Limits())
    sessions.warm_up()
    assert len(sessions) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc can be asked")
def test_a_large_sound_that_is_closed_gives_its_memory_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "LARGE_BYTES", 0)
    session, _, _ = client.open(wav())
    held = [np.ones(2**20) for _ in range(24)]  # 8 MB each: glibc keeps what is freed of them
    below = np.ones(2**10)  # what lies above it cannot just be cut off
    full = resident_bytes()
    del held
    assert client.delete(f"/api/sessions/{session}").status_code == 204
    assert resident_bytes() < full - 150e6
    assert below.all()


def resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
