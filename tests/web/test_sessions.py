import io

import numpy as np
import pytest
from starlette.exceptions import HTTPException

from timbrush.audio import files
from timbrush.effect.model import Effect
from timbrush.effect.stroke import Stroke
from timbrush.web.limits import Limits
from timbrush.web.session import Session
from timbrush.web.sessions import Sessions

from .conftest import wav

STROKES = [Stroke(seconds=(0.2, 0.8), hertz=(100, 3000), seed=seed) for seed in range(5)]


def sound() -> files.Sound:
    return files.read(io.BytesIO(wav(1.5)))


def a_session(effect: Effect, *, cache_bytes: int) -> Session:
    opened = sound()
    canvas = effect.open(opened.samples, sample_rate=opened.sample_rate)
    return Session(id="x", sound=opened, canvas=canvas, cache_bytes=cache_bytes)


def test_canvases_that_were_forgotten_are_painted_again_to_the_same_bytes(
    effect: Effect,
) -> None:
    roomy, narrow = (a_session(effect, cache_bytes=size) for size in (2**30, 0))
    for session in (roomy, narrow):
        for stroke in STROKES:
            session.paint(stroke)
    assert len(narrow._kept) == 1 and len(roomy._kept) == 5
    for count in (3, 4, 0, 5, 1):
        changes = [session.replace(STROKES[:count]) for session in (roomy, narrow)]
        np.testing.assert_array_equal(changes[0].samples, changes[1].samples)
        np.testing.assert_array_equal(roomy.canvas.samples, narrow.canvas.samples)


def test_memory_follows_the_budget(effect: Effect) -> None:
    session = a_session(effect, cache_bytes=200_000)
    for stroke in STROKES:
        session.paint(stroke)
    spans = [cost.last_sample - cost.first_sample for _, cost in session._kept.values()]
    assert 1 < len(session._kept) and sum(spans) * 4 <= 200_000


def test_a_list_that_shares_its_beginning_paints_only_the_rest(effect: Effect) -> None:
    session = a_session(effect, cache_bytes=2**30)
    session.replace(STROKES[:3])
    change = session.replace([*STROKES[:2], STROKES[4]])
    assert (change.first_stroke, change.n_strokes, len(change.costs)) == (2, 3, 1)
    assert session.strokes == (*STROKES[:2], STROKES[4])


def test_going_back_answers_what_the_last_stroke_had_changed(effect: Effect) -> None:
    session = a_session(effect, cache_bytes=2**30)
    painted = session.paint(STROKES[0])
    back = session.replace([])
    assert back.first_sample == painted.first_sample
    span = slice(back.first_sample, back.first_sample + back.samples.shape[1])
    np.testing.assert_array_equal(back.samples, sound().samples[:, span])
    assert session.replace([]).samples.size == 0


def test_a_client_that_has_gone_costs_no_stroke(effect: Effect) -> None:
    sessions = Sessions(effect, Limits())
    session = sessions.open(sound())
    with (
        pytest.raises(HTTPException, match="cancelled"),
        sessions.turn(session.id, lambda: False),
    ):
        raise AssertionError
    with sessions.turn(session.id, lambda: True) as same:  # and nobody waits for it
        assert same is session


def test_the_session_not_used_for_longest_makes_room(effect: Effect) -> None:
    sessions = Sessions(effect, Limits(n_sessions=2, encode_ahead_seconds=0.0))
    first, second = sessions.open(sound()), sessions.open(sound())
    sessions.find(first.id)
    sessions.open(sound())
    assert sessions.find(first.id) is first
    with pytest.raises(HTTPException, match="not known"):
        sessions.find(second.id)


def test_warming_up_leaves_no_session(effect: Effect) -> None:
    sessions = Sessions(effect, Limits())
    sessions.warm_up()
    assert len(sessions) == 0
