import json
from pathlib import Path

import pytest

from timbrush.energy import Reading, run_record, write_record
from timbrush.energy.carbon import CarbonIntensity, joules_range, stated_intensity
from timbrush.energy.record import called_as, command_line
from timbrush.errors import ConfigError, OutputError

ESTIMATE = Reading(44.0, 5.0, "CPU seconds", True, 10.0)
MEASURED = Reading(100.0, 5.0, "RAPL counter", False, 10.0)


def test_a_record_says_what_it_cost_and_how_that_is_known() -> None:
    record = run_record(ESTIMATE, what="a run", seed=3, command="timbrush train run.toml")
    expected = {"what": "a run", "seed": 3, "seconds": 5.0, "joules": 44.0, "estimated": True}
    assert expected.items() <= record.items()
    assert record["energy_source"] == "CPU seconds"
    assert record["command"] == "timbrush train run.toml"
    assert record["commit"]
    assert "cores" in record["machine"]


def test_a_command_is_recorded_as_the_user_would_call_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.argv", ["scripts/page_latency.py", "-n", "3"])
    assert command_line() == "python scripts/page_latency.py -n 3"
    with called_as(["timbrush", "train", "my runs/a.toml"]):
        assert run_record(ESTIMATE, what="x")["command"] == "timbrush train 'my runs/a.toml'"
    assert command_line() == "python scripts/page_latency.py -n 3"


def test_a_kilowatt_hour_weighs_the_region_s_intensity() -> None:
    carbon = CarbonIntensity(grams_per_kilowatt_hour=300.0, region="here")
    assert carbon.grams(3.6e6) == pytest.approx(300.0)
    assert carbon.grams(1.8e6) == pytest.approx(150.0)


def test_an_estimate_spreads_over_plausible_watts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMBRUSH_WATTS_PER_CORE", "4.0")
    low, high = joules_range(ESTIMATE)
    assert low == pytest.approx(44.0 * 1.87 / 4.0)
    assert high == pytest.approx(44.0 * 10.0 / 4.0)


@pytest.mark.parametrize(
    ("watts", "least", "most"), [("40", 44.0 * 1.87 / 40.0, 44.0), ("1", 44.0, 44.0 * 10.0)]
)
def test_stated_watts_outside_the_plausible_stay_inside_their_range(
    monkeypatch: pytest.MonkeyPatch, watts: str, least: float, most: float
) -> None:
    monkeypatch.setenv("TIMBRUSH_WATTS_PER_CORE", watts)
    assert joules_range(ESTIMATE) == pytest.approx((least, most))


def test_a_counter_is_trusted_more_than_an_estimate() -> None:
    low, high = joules_range(MEASURED)
    assert 80 < low < 100 < high < 200


def test_what_a_counter_read_of_an_estimate_spreads_over_its_own_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TIMBRUSH_WATTS_PER_CORE", "4.0")
    card = Reading(1000.0, 5.0, "NVML counter", False)
    both = Reading(1044.0, 5.0, "NVML + CPU seconds", True, 10.0, measured_joules=1000.0)
    parts = zip(joules_range(card), joules_range(ESTIMATE), strict=True)
    assert joules_range(both) == pytest.approx(tuple(map(sum, parts)))
    assert joules_range(both.per(4)) == pytest.approx([x / 4 for x in joules_range(both)])


def test_grams_are_a_range_with_intensity_and_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMBRUSH_CARBON_INTENSITY", "30")
    monkeypatch.setenv("TIMBRUSH_CARBON_REGION", "Norway 2023")
    record = run_record(MEASURED, what="a run")
    low, high = record["carbon_grams_range"]
    assert low == pytest.approx(record["joules_range"][0] / 3.6e6 * 30)
    assert low < high
    assert record["carbon_region"] == "Norway 2023"


@pytest.mark.parametrize("stated", ["much", "-3", "nan"])
def test_an_intensity_that_is_no_number_is_refused(
    monkeypatch: pytest.MonkeyPatch, stated: str
) -> None:
    monkeypatch.setenv("TIMBRUSH_CARBON_INTENSITY", stated)
    with pytest.raises(ConfigError, match="number"):
        stated_intensity()


def test_a_record_is_written_whole_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "run.json"
    record = run_record(ESTIMATE, what="a run") | {"values": [1, 2.5, None]}
    write_record(path, record)
    assert json.loads(path.read_text()) == record
    assert [entry.name for entry in path.parent.iterdir()] == ["run.json"]


def test_a_name_that_is_not_utf_8_is_recorded_too(tmp_path: Path) -> None:
    name = b"caf\xe9.wav".decode(errors="surrogateescape")
    write_record(tmp_path / "run.json", {"command": name, "unit": "°"})
    assert json.loads((tmp_path / "run.json").read_text()) == {"command": name, "unit": "°"}
    assert "caf\\udce9.wav" in (tmp_path / "run.json").read_text()


def test_a_number_that_json_lacks_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    write_record(path, {"value": 1})
    with pytest.raises(ValueError, match="JSON"):
        write_record(path, {"value": float("nan")})
    assert json.loads(path.read_text()) == {"value": 1}


def test_a_folder_that_cannot_be_made_is_one_plain_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot make the folder"):
        write_record(tmp_path / "file" / "run.json", {})
