"""What listeners answered is read or refused in a line, and summed up as BS.1534 says."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from timbrush.errors import DatasetError
from timbrush_lab.listening.answers import Rating, read_answers, summarize
from timbrush_lab.listening.preparing import KEY

HEAD = (
    "session_test_id,session_uuid,trial_id,rating_stimulus,rating_score,rating_time,"
    "rating_comment\n"
)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    trials = {
        "trial1": {"kind": "codecs", "sound": "a", "stimuli": {"x": "reference", "y": "wide"}},
        "trial2": {"kind": "codecs", "sound": "b", "stimuli": {"u": "reference", "v": "wide"}},
    }
    key = {"testname": "t", "testId": "id", "trials": trials}
    (tmp_path / KEY).write_text(json.dumps(key))
    return tmp_path


def answers(folder: Path, *lines: str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_text(HEAD + "".join(f"{line},3.0,\n" for line in lines))
    return path


def test_answers_become_ratings_of_what_was_heard(made: Path) -> None:
    path = answers(made, "id,anna,trial1,x,100", "id,anna,trial1,y,40.5")
    assert read_answers(made, [path]) == [
        Rating(
            listener="anna", trial="trial1", kind="codecs", condition="reference", score=100.0
        ),
        Rating(listener="anna", trial="trial1", kind="codecs", condition="wide", score=40.5),
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["other,anna,trial1,x,100"], "expected an answer to the test id, got one to 'other'"),
        (["id,anna,trial1,nix,100"], "the test has no sound 'nix' in 'trial1'"),
        (["id,anna,trial9,x,100"], "the test has no sound 'x' in 'trial9'"),
        (["id,anna,trial1,x,101"], "expected a score from 0 to 100, got '101'"),
        (["id,anna,trial1,x,nan"], "expected a score from 0 to 100, got 'nan'"),
        (["id,anna,trial1,x,"], "expected a score from 0 to 100, got ''"),
        (["id,anna,trial1,x,9", "id,anna,trial1,x,8"], "line 3: this sound was rated before"),
        (["id,anna,trial1,x,100"], "anna rated 1 of the 2 sounds of trial1"),
    ],
)
def test_what_is_no_answer_is_refused(made: Path, lines: list[str], said: str) -> None:
    with pytest.raises(DatasetError) as error:
        read_answers(made, [answers(made, *lines)])
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_files_that_are_none_are_refused(made: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(DatasetError, match="expected the column session_test_id"):
        read_answers(made, [other])
    with pytest.raises(DatasetError, match="cannot read answers"):
        read_answers(made, [tmp_path / "none.csv"])
    (made / KEY).write_text("[]")
    with pytest.raises(DatasetError, match="expected a listening test"):
        read_answers(made, [])


def rated(listener: str, reference: float, wide: float) -> list[Rating]:
    scores = {"reference": reference, "wide": wide}
    return [
        Rating(listener=listener, trial="t", kind="codecs", condition=name, score=score)
        for name, score in scores.items()
    ]


def test_means_have_the_interval_of_students_distribution() -> None:
    scores = [60.0, 70.0, 95.0]
    ratings = [r for n, score in enumerate(scores) for r in rated(f"l{n}", 100.0, score)]
    found = summarize(ratings)["kinds"]["codecs"]["wide"]
    wanted = stats.t.interval(0.95, 2, np.mean(scores), stats.sem(scores))
    assert (found["low"], found["high"]) == pytest.approx(wanted)
    assert (found["mean"], found["median"], found["n"]) == (75.0, 70.0, 3)


def test_who_misses_the_hidden_reference_is_left_out() -> None:
    ratings = rated("anna", 100.0, 50.0) + rated("bert", 60.0, 90.0)
    found = summarize(ratings)
    assert (found["n_listeners"], found["left_out"]) == (2, 1)
    assert found["kinds"]["codecs"]["wide"] == {
        "mean": 50.0,
        "median": 50.0,
        "low": None,
        "high": None,
        "n": 1,
    }


def test_one_slip_in_many_is_forgiven() -> None:
    ratings = [r for n in range(8) for r in rated("anna", 100.0 if n else 60.0, 50.0)]
    assert summarize(ratings)["left_out"] == 0
    assert summarize([*ratings, *rated("anna", 60.0, 50.0)])["left_out"] == 1
