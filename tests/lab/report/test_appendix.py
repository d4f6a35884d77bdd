"""The appendix has a line for each run and each trial."""

from timbrush_lab.report.appendix import appendix


def test_each_run_and_each_trial_has_a_line() -> None:
    run = {"what": "training", "joules": 1234.5, "seconds": 90, "estimated": True}
    trial = {"name": "wider", "predicted": "better", "lsd": 2.34567, "outcome": "it was"}
    other = {"name": "louder", "predicted": "worse", "visqol": 4.125, "outcome": "dropped"}
    tried = {"tried": [trial], "tried_on_recordings": [other]}
    lines = appendix({"training/one": run, "tried": tried}).splitlines()
    assert "| louder | worse | 4.12 | – | – | – | – | dropped |" in lines
    assert "| one | 1.23e+03 | 1.5 | estimated |" in lines
    assert "| wider | better | 2.35 | – | – | it was |" in lines


def test_each_task_on_the_page_has_a_line() -> None:
    takes = [
        {
            "change_db": change,
            "level_db": 0.5 + change,
            "holes_after": 0.1,
            "onset_correlation": None,
            "identical_outside": True,
        }
        for change in (-1.0, -2.0)
    ]
    record = {"page_tasks": {"tasks": {"a cough": {"n_actions": 3, "kept": takes}}}}
    lines = appendix(record).splitlines()
    assert "| a cough | 3 | -1.5 | -2.0 | 10 % | – | the same |" in lines


def test_without_records_there_are_headings_alone() -> None:
    text = appendix({})
    assert text.count("\n## ") == 4
    assert text.count("|\n") == 8
