"""The README's figures come from results/ and are never stale."""

from pathlib import Path

import pytest

from timbrush.errors import DatasetError
from timbrush_lab.ledger.results import read_results
from timbrush_lab.report.readme import BEGIN, END, with_figures

ROOT = Path(__file__).parents[3]
RESULTS = {
    "codec": {"lsd": 2.346, "n_sounds": 7, "round_trip": {"milliseconds": 41.6}},
    "strokes": {"strokes": {"naive-bayes": {"milliseconds": 33.3, "joules": 0.256}}},
}


def test_the_readme_s_figures_are_those_of_the_results() -> None:
    readme = (ROOT / "README.md").read_text()
    assert with_figures(readme, read_results(ROOT / "results")) == readme


def test_figures_are_rounded_and_the_rest_is_kept() -> None:
    text = with_figures(f"before\n{BEGIN}\nold 99\n{END}\nafter\n", RESULTS)
    assert text.startswith("before\n") and text.endswith("\nafter\n")
    assert "| log-spectral distance | 2.35 dB |" in text
    assert "| encode and decode 4 s | 42 ms | 97 ms |" in text
    assert "naive-bayes | 33 ms, 0.26 J |" in text
    assert "7 NSynth notes" in text
    assert "old 99" not in text
    assert with_figures(text, RESULTS) == text


def test_what_was_not_measured_is_a_dash() -> None:
    assert "| log-spectral distance | – |" in with_figures(f"{BEGIN}\n{END}", {})


def test_a_readme_without_marks_is_refused() -> None:
    with pytest.raises(DatasetError, match="must hold the lines"):
        with_figures("no marks", RESULTS)
