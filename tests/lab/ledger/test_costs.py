import pytest

from timbrush.energy import Reading, run_record
from timbrush_lab.ledger.costs import summarize


def record(joules: float, seconds: float, *, estimated: bool = True, **values: object) -> dict:  # type: ignore[type-arg]
    reading = Reading(joules, seconds, "CPU seconds", estimated)
    return run_record(reading, what="a run", command="timbrush") | values


@pytest.fixture
def results() -> dict[str, dict]:  # type: ignore[type-arg]
    return {
        "codec": record(70.0, 7.0),
        "energy": record(1e9, 1.0),  # the ledger itself is no cost
        "machine": record(5.0, 1.0, joules_per_gigaflop=0.5),
        "strokes": record(
            9.0,
            1.0,
            strokes={"naive-bayes": {"milliseconds": 20.0, "joules": 0.25, "estimated": True}},
        ),
        "training/codec": record(3000.0, 600.0),
        "training/transformer": record(1000.0, 300.0, estimated=False),
        "tried": {"what": "a table without a cost"},
    }


def test_all_runs_that_led_to_the_model_are_added(results) -> None:  # type: ignore[no-untyped-def]
    training = summarize(results)["training"]
    assert training["joules"] == pytest.approx(4000.0)
    assert training["seconds"] == pytest.approx(900.0)
    assert training["kilowatt_hours"] == pytest.approx(4000 / 3.6e6)
    assert set(training["runs"]) == {"training/codec", "training/transformer"}


def test_one_estimated_run_makes_the_sum_an_estimate_with_a_range(results) -> None:  # type: ignore[no-untyped-def]
    training = summarize(results)["training"]
    assert training["estimated"]
    low, high = training["joules_range"]
    assert low < training["joules"] < high
    assert training["carbon_grams_range"][0] == pytest.approx(low / 3.6e6 * 481)


def test_evaluations_are_counted_apart_and_the_ledger_not_at_all(results) -> None:  # type: ignore[no-untyped-def]
    assert summarize(results)["evaluation"]["joules"] == pytest.approx(70 + 5 + 9)


def test_what_commands_leave_beside_their_results_is_told_apart() -> None:
    ledger = summarize(
        {
            "train-codemaps.record": record(50.0, 5.0) | {"what": "extract"},
            "mine/my.record": record(7.0, 5.0) | {"what": "learn"},
            "mine/edit": record(2.0, 1.0) | {"what": "blur"},
        }
    )
    assert ledger["training"]["joules"] == pytest.approx(57)
    assert ledger["use"]["joules"] == pytest.approx(2)
    assert ledger["evaluation"]["joules"] == 0


def test_strokes_break_even_when_they_have_cost_as_much_as_the_training(results) -> None:  # type: ignore[no-untyped-def]
    stroke = summarize(results)["strokes"]["naive-bayes"]
    assert stroke["strokes_until_training"] == pytest.approx(16_000)


def test_notono_is_derived_from_its_operations_and_says_so(results) -> None:  # type: ignore[no-untyped-def]
    notono = summarize(results)["notono"]
    assert notono["steps"]["stroke"]["joules"] == pytest.approx(2750.0)
    assert notono["steps"]["encode"]["joules"] == pytest.approx(0.825)
    assert "not a measurement" in notono["derived"]


def test_an_empty_ledger_is_zero_and_not_an_error() -> None:
    ledger = summarize({})
    assert ledger["training"]["joules"] == 0
    assert ledger["strokes"] == {}
    assert ledger["notono"]["steps"]["stroke"]["joules"] is None
