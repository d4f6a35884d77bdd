"""What is odd about a stroke is said, and nothing else."""

from dataclasses import replace

import pytest

from timbrush.effect.canvas import Report
from timbrush.effect.remarks import beyond_full_scale, hardly_heard, remarks

PLAIN = Report(
    milliseconds=1.0,
    share_changed=0.5,
    shares_changed=(0.5,),
    first_sample=0,
    last_sample=10,
    seconds=(0.0, 1.0),
    peak_change=0.1,
    peak_before=0.5,
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"peak_change": 0.49e-3}, "lies 60 dB below the sound"),
        ({"peak_change": 0.51e-3}, ""),
        ({"peak_change": 0.0}, "no sample became another"),
        ({"peak_change": 0.0, "share_changed": 0.0}, ""),
        ({"peak_change": 0.0, "peak_before": 0.0}, ""),
    ],
)
def test_a_stroke_of_which_nothing_is_heard_is_told(changes: dict, words: str) -> None:
    said = hardly_heard(replace(PLAIN, **changes))
    assert (words in said) if words else said == ""


def test_samples_beyond_full_scale_are_counted() -> None:
    assert beyond_full_scale(PLAIN) == ""
    loud = replace(PLAIN, n_over=7)
    assert beyond_full_scale(loud).startswith("7 samples lie beyond full scale")
    assert remarks(loud) == (beyond_full_scale(loud),)
    both = replace(loud, peak_change=0.0)
    assert remarks(both) == (hardly_heard(both), beyond_full_scale(both))
