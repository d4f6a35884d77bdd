"""Read the answers of a listening test, and sum them up.

Source: ITU-R BS.1534-3 (MUSHRA), section 4.1.2 (post-screening) and section 9 (statistics).
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from timbrush.errors import DatasetError
from timbrush_lab.listening.conditions import REFERENCE
from timbrush_lab.listening.preparing import KEY

COLUMNS = ("session_test_id", "session_uuid", "trial_id", "rating_stimulus", "rating_score")
"""Columns that are read of webMUSHRA's files; others may stand beside them."""
LEAST_REFERENCE, MOST_MISSED = 90.0, 0.15
"""Who rates more than this share of the hidden references below this is left out."""
CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True)
class Rating:
    """One slider of one listener.

    Args:
        listener: Who it was: a random name.
        trial: The page.
        kind: What the page asked for.
        condition: What was heard.
        score: 0 to 100.
    """

    listener: str
    trial: str
    kind: str
    condition: str
    score: float


def read_answers(folder: Path, answers: Iterable[Path]) -> list[Rating]:
    """Return the ratings of some files of answers.

    Args:
        folder: Of the test.
        answers: CSV files that its page saved.

    Raises:
        DatasetError: If the folder holds no test, or a file is no answer to it.
    """
    key = _read_key(folder / KEY)
    ratings: dict[tuple[str, str, str], Rating] = {}
    for path in answers:
        for number, row in _rows(path):
            rating = _rating(row, key, f"{path}, line {number}")
            place = (rating.listener, rating.trial, row["rating_stimulus"])
            if place in ratings:
                raise DatasetError(f"{path}, line {number}: this sound was rated before")
            ratings[place] = rating
    _check_complete(ratings.values(), key)
    return list(ratings.values())


def summarize(ratings: Sequence[Rating]) -> dict[str, Any]:
    """Return means and their confidence, by kind and condition, of all who heard the reference.

    Returns:
        ``n_listeners``; ``left_out``, how many of them did not tell the hidden reference;
        ``kinds``, for each a table of ``mean``, ``median``, ``low`` and ``high`` (the 95 %
        interval of the mean; None of a single rating) and ``n``.
    """
    listeners = list(dict.fromkeys(rating.listener for rating in ratings))
    deaf = {listener for listener in listeners if not hears_reference(ratings, listener)}
    scores: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for rating in ratings:
        if rating.listener not in deaf:
            scores[rating.kind][rating.condition].append(rating.score)
    return {
        "n_listeners": len(listeners),
        "left_out": len(deaf),
        "kinds": {
            kind: {name: _interval(values) for name, values in conditions.items()}
            for kind, conditions in scores.items()
        },
    }


def hears_reference(ratings: Sequence[Rating], listener: str) -> bool:
    """Return whether a listener told the hidden reference often enough to be counted."""
    own = [r.score for r in ratings if r.listener == listener and r.condition == REFERENCE]
    missed = sum(score < LEAST_REFERENCE for score in own)
    return missed <= MOST_MISSED * len(own)


def _interval(scores: Sequence[float]) -> dict[str, float | int | None]:
    mean, low, high = float(np.mean(scores)), None, None
    if len(scores) > 1:
        error = float(stats.sem(scores))
        reach = error * float(stats.t.ppf((1 + CONFIDENCE) / 2, len(scores) - 1))
        low, high = mean - reach, mean + reach
    return {
        "mean": mean,
        "median": float(np.median(scores)),
        "low": low,
        "high": high,
        "n": len(scores),
    }


def _read_key(path: Path) -> Mapping[str, Any]:
    try:
        key = json.loads(path.read_text("utf-8"))
        if isinstance(key["testId"], str) and isinstance(key["trials"], dict):
            return dict(key)
    except (OSError, ValueError, KeyError, TypeError):
        pass  # said below
    raise DatasetError(
        f"expected a listening test at {path.parent}, whose {KEY} says what was heard; "
        "timbrush-lab listen makes one"
    )


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise DatasetError(f"{path}: expected the column {missing[0]}, found none")
            return [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"cannot read answers from {path}: {error}") from error


def _rating(row: Mapping[str, str], key: Mapping[str, Any], place: str) -> Rating:
    if row["session_test_id"] != key["testId"]:
        raise DatasetError(
            f"{place}: expected an answer to the test {key['testId']}, "
            f"got one to {row['session_test_id']!r}"
        )
    trial = key["trials"].get(row["trial_id"], {"stimuli": {}})
    condition = trial["stimuli"].get(row["rating_stimulus"])
    if condition is None:
        raise DatasetError(
            f"{place}: the test has no sound {row['rating_stimulus']!r} in {row['trial_id']!r}"
        )
    try:
        score = float(row["rating_score"])
    except (TypeError, ValueError):
        score = -1.0
    if not 0 <= score <= 100:
        raise DatasetError(
            f"{place}: expected a score from 0 to 100, got {row['rating_score']!r}"
        )
    return Rating(
        listener=row["session_uuid"],
        trial=row["trial_id"],
        kind=trial["kind"],
        condition=condition,
        score=score,
    )


def _check_complete(ratings: Iterable[Rating], key: Mapping[str, Any]) -> None:
    """Refuse pages that were rated in part: a mean over those would favour what was skipped."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for rating in ratings:
        counts[rating.listener, rating.trial] += 1
    for (listener, trial), count in counts.items():
        wanted = len(key["trials"][trial]["stimuli"])
        if count != wanted:
            raise DatasetError(
                f"{listener} rated {count} of the {wanted} sounds of {trial}; "
                "leave this listener's page out, or ask for it again"
            )
