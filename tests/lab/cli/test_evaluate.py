"""From sounds to records, and from records to the ledger and the report."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from timbrush_lab.timing import benchmark

Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def small_yardstick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "MATMUL_SIZE", 64)


def test_a_codec_is_judged_into_a_record_and_a_picture(
    run: Run, model: Path, sound: Path, tmp_path: Path
) -> None:
    results = tmp_path / "results"
    results.mkdir()
    options = ["--no-pitch", "--no-ceilings", "-o", results / "codec.json"]
    result = run("evaluate", "notes-codec", "--data", sound.parent, "--model", model, *options)

    record = json.loads((results / "codec.json").read_text())
    assert json.loads(result.stdout) == record
    for key in ("command", "commit", "machine", "joules", "energy_source", "estimated"):
        assert key in record
    assert record["lsd"] > 0
    assert record["bits_per_second"] < record["bits_per_second_with_headers"]
    assert len(record["codebooks"]) == len(record["locality"]["one_cell"]) == 2
    assert (results / "codec.png").stat().st_size > 1000


def test_a_stroke_is_metered_for_each_inpainter(
    run: Run, model: Path, sound: Path, tmp_path: Path
) -> None:
    result = run("evaluate", "strokes", sound, "--model", model)
    strokes = json.loads(result.stdout)["strokes"]
    assert {"uniform", "naive-bayes"} <= set(strokes)


def test_variants_are_measured_as_long_as_asked_for(
    run: Run, digits_run: Callable[..., Path], tmp_path: Path
) -> None:
    path, record = digits_run(n_steps=4), tmp_path / "mnist.json"
    run("evaluate", "mnist", path, "-o", record)
    for state in tmp_path.glob("out/*/state.safetensors"):
        state.unlink()  # only the one before it is left

    again = run("evaluate", "mnist", path)
    other = run("evaluate", "mnist", path, "--steps", 2, code=1)

    assert json.loads(again.stdout)["steps"] == 4
    assert "4 steps, more than n_steps = 2" in other.stderr.splitlines()[-1]
    assert json.loads(record.read_text())["steps"] == 4
    assert record.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_energy_sums_the_records_up(run: Run, tmp_path: Path) -> None:
    (tmp_path / "training").mkdir()
    record = {"joules": 500.0, "seconds": 60.0, "estimated": True, "joules_range": [200, 900]}
    (tmp_path / "training" / "codec.json").write_text(json.dumps(record))

    ledger = json.loads(run("energy", "--results", tmp_path, "--json").stdout)
    assert ledger["training"]["joules"] == 500.0
    text = run("energy", "--results", tmp_path).stdout
    assert "500 J" in text
    assert "estimated" in text
    assert "derived" in text


def test_energy_without_results_is_one_plain_line(run: Run, tmp_path: Path) -> None:
    result = run("energy", "--results", tmp_path / "none", code=1)
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1


def test_report_writes_numbers_tables_and_figures(run: Run, tmp_path: Path) -> None:
    results, output = tmp_path / "results", tmp_path / "generated"
    results.mkdir()
    (results / "codec.json").write_text('{"lsd": 2.345, "n_sounds": 7}')

    run("report", "--results", results, "-o", output)

    assert r"\newcommand{\CodecLsd}{2.3" in (output / "numbers.tex").read_text()
    assert (output / "table-codec.tex").is_file()
    assert (output / "pareto.pdf").read_bytes().startswith(b"%PDF")


def test_a_readme_that_cannot_be_read_stops_a_report_before_it_replaces_anything(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "README.md").write_bytes(b"\xff\xfe")

    options = ["-o", tmp_path / "generated", "--readme", tmp_path / "README.md"]
    result = run("report", "--results", tmp_path / "results", *options, code=1)

    assert "README.md is no text in UTF-8" in result.stderr
    assert not (tmp_path / "generated").exists()


def test_a_codec_is_judged_on_any_folder_and_nothing_is_written_unless_asked(
    run: Run, model: Path, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    options = ["--model", model, "--beside", model, "--no-others", "--no-visqol"]
    record = json.loads(run("evaluate", "codec", sound.parent, *options).stdout)
    assert set(record["ways"]) == {"model", "beside"}
    assert record["ways"]["model"]["mel_db"] == record["ways"]["beside"]["mel_db"] > 0
    assert len(record["sounds"]) == 2 * record["ways"]["model"]["n_sounds"]
    assert list(Path.cwd().iterdir()) == []

    run("evaluate", "codec", sound.parent, *options, "-o", tmp_path / "record.json")
    assert (
        json.loads((tmp_path / "record.json").read_text())["ways"].keys()
        == record["ways"].keys()
    )


def test_strokes_say_what_they_keep(run: Run, model: Path, sound: Path, tmp_path: Path) -> None:
    options = ["--model", model, "-n", 3, "--kind", "drum", "--stereo"]
    settings = ["--with", "level=fine", "--with", "strength=0.5"]
    result = run("evaluate", "strokes-kept", sound.parent, *options, *settings)
    record = json.loads(result.stdout)
    assert record["settings"] == {"level": "fine", "strength": 0.5}
    assert record["summary"]["n_strokes"] == len(record["strokes"]) == 3
    assert record["strokes"][0]["kind"] == "drum"
    wrong = run("evaluate", "strokes-kept", sound.parent, *options, "--with", "fine", code=1)
    assert "expected FIELD=VALUE" in wrong.stderr


def test_nothing_is_written_but_where_it_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timbrush_lab.timing.yardstick.measure_machine", dict)
    monkeypatch.chdir(tmp_path)
    kept = Path("results", "machine.json")
    kept.parent.mkdir()
    kept.write_text("{}")

    record = json.loads(run("evaluate", "machine").stdout)
    refused = run("evaluate", "machine", "-o", kept, code=1)
    told = run("report", "--results", "results", code=1)

    assert record["command"] == "timbrush-lab evaluate machine"
    assert "machine.json exists" in refused.stderr
    assert "name a folder with -o" in told.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["results", "machine.json"]
    assert kept.read_text() == "{}"
    run("evaluate", "machine", "-o", kept, "--force")
    assert json.loads(kept.read_text())["command"].endswith("--force")


def test_controls_print_a_table_each(run: Run, model: Path, sound: Path) -> None:
    options = [sound.parent, "--model", model]
    turned = ["--control", "strength=[0,1]", "-n", 1]
    table = json.loads(run("evaluate", "controls", *options, *turned).stdout)["controls"]
    assert [row["value"] for row in table["strength"]["values"]] == [0, 1]
    assert table["strength"]["values"][0]["change_db"] == 0


def test_defaults_compare_inpainters_on_each_level_and_on_both(
    run: Run, model: Path, sound: Path
) -> None:
    options = [sound.parent, "--model", model, "-n", 1]
    names = ["--inpainter", "uniform", "--inpainter", "naive-bayes"]
    table = json.loads(run("evaluate", "defaults", *options, *names).stdout)["table"]
    assert [(row["inpainter"], row["level"]) for row in table] == [
        (name, level) for name in names[1::2] for level in ("both", "coarse", "fine")
    ]
    assert all(row["n_strokes"] == 1 and row["milliseconds"]["n"] == 1 for row in table)
    assert table[0]["level_db"] != table[2]["level_db"]


def test_one_level_alone_asks_for_sounds_with_a_rhythm(
    run: Run, model: Path, sound: Path
) -> None:
    result = run("evaluate", "one-level", sound.parent, "--model", model, code=1)
    assert "expected drums or loops" in result.stderr
    assert result.stderr.count("\n") == 1
