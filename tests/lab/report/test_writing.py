import re
from pathlib import Path

import pytest

from timbrush_lab.ledger.results import read_results
from timbrush_lab.report import writing
from timbrush_lab.report.appendix import appendix as make_appendix

ROOT = Path(__file__).parents[3]
LATEX = {"L"}
"""Commands of LaTeX that begin with a capital."""


def test_no_number_in_the_report_is_stale() -> None:
    """Fails after a new measurement until `timbrush-lab report` has been run again."""
    texts = writing.write_texts(read_results(ROOT / "results"))
    generated = ROOT / "report" / "generated"
    stale = [
        name
        for name, text in texts.items()
        if (generated / name).read_text(encoding="utf-8") != text
    ]
    appendix = ROOT / "results" / "appendix.md"
    if appendix.read_text(encoding="utf-8") != make_appendix(read_results(ROOT / "results")):
        stale.append(appendix.name)
    assert stale == [], "run `timbrush-lab report` and commit report/generated"


def test_every_macro_and_file_that_the_report_uses_is_written() -> None:
    prose = (ROOT / "report" / "report.tex").read_text(encoding="utf-8")
    texts = writing.write_texts({})
    for name in texts:
        read = rf"\generatedtable{{{name[6:-4]}}}" if name.startswith("table-") else name[:-4]
        assert read in prose, f"{name} is written and never read"
    defined = set(re.findall(r"newcommand{.(\w+)}", texts["numbers.tex"]))
    used = {name for name in re.findall(r"\\([A-Z]\w+)", prose) if name not in LATEX}
    assert used - defined == set(), "the prose uses a number that nobody writes"
    for name in writing.FIGURES:
        assert f"generated/{name}" in prose, f"{name} is drawn and never shown"
    pictures = re.findall(r"includegraphics\[.*?\]{(\S+\.png)}", prose)
    assert pictures, "pictures of results are shown"
    for picture in pictures:
        assert (ROOT / "report" / picture).is_file(), f"{picture} is shown and never drawn"
    for picture in (ROOT / "results").glob("*.png"):
        assert f"../results/{picture.name}" in prose, f"{picture.name} is kept and never shown"


def test_an_empty_folder_makes_a_whole_report(tmp_path: Path) -> None:
    results, output = tmp_path / "results", tmp_path / "generated"
    results.mkdir()
    written = writing.write_report(results, output)
    assert all(path.stat().st_size > 0 for path in written)
    assert "not measured yet" in (output / "table-codec.tex").read_text()
    assert r"\newcommand{\CodecLsd}{--}" in (output / "numbers.tex").read_text()


def test_the_same_results_give_the_same_bytes(tmp_path: Path) -> None:
    results = tmp_path / "results"
    results.mkdir()
    (results / "inpainters.json").write_text(
        '{"inpainters": {"uniform": {"bits_per_code": 9.0, "joules": 0.1,'
        ' "strength_curve": {"0": 0, "1": 0.9}}}}'
    )
    first = [path.read_bytes() for path in writing.write_report(results, tmp_path / "a")]
    second = [path.read_bytes() for path in writing.write_report(results, tmp_path / "b")]
    assert first == second


def test_a_changed_result_changes_the_report() -> None:
    before = writing.write_texts({"codec": {"lsd": 2.5}})["numbers.tex"]
    after = writing.write_texts({"codec": {"lsd": 2.51}})["numbers.tex"]
    assert r"\CodecLsd}{2.50}" in before
    assert r"\CodecLsd}{2.51}" in after


@pytest.mark.parametrize("name", ["codec", "mnist", "inpainters", "strokes", "phase", "tried"])
def test_a_record_without_its_values_is_not_measured_yet(name: str) -> None:
    texts = writing.write_texts({name: {"what": "an older record", "joules": 1.0}})
    assert "not measured yet" in "".join(texts.values())
