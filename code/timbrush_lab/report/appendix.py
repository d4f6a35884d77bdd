"""Write what few readers ask for beside the report: metered runs, trials, tasks on the page."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from timbrush_lab.ledger.costs import summarize
from timbrush_lab.ledger.results import Results, find

Keys = Mapping[str, tuple[str, ...]]

TRIAL_KEYS = {
    "change": ("name", "change"),
    "predicted": ("predicted", "prediction"),
    "LSD dB": ("lsd",),
    "active dB": ("active_lsd", "active"),
    "SC": ("spectral_convergence", "convergence", "sc"),
    "outcome": ("outcome", "result", "kept"),
}
"""Columns of the table of trials on notes, and the keys that may hold their values."""
RECORDING_KEYS = {
    "change": ("name",),
    "predicted": ("predicted",),
    "ViSQOL": ("visqol",),
    "mel dB": ("mel_db",),
    "onsets": ("onset_correlation",),
    "echo dB": ("pre_echo_db",),
    "tonal": ("tonal_convergence",),
    "outcome": ("outcome",),
}
"""The same of trials on recordings."""
TASK_COLUMNS = ("task", "actions", "level dB", "change dB", "holes", "onsets", "outside")


def appendix(results: Results) -> str:
    """Return Markdown: the runs of training, shipped or dropped, and what was tried."""
    runs: Mapping[str, Any] = summarize(results)["training"]["runs"]
    trained = (
        (
            name.removeprefix("training/"),
            f"{run['joules']:.3g}",
            f"{run['seconds'] / 60:.1f}",
            "estimated" if run["estimated"] else "measured",
        )
        for name, run in runs.items()
    )
    return (
        "# Appendix to the report\n\n"
        "`timbrush-lab report` writes this from the records beside it.\n\n"
        "## Runs of training\n\n"
        "All metered ones, shipped or dropped; short trials of a few hundred steps were not "
        "metered.\n\n"
        f"{_table(('run', 'J', 'minutes', 'figure'), trained)}\n"
        "## What was tried on the codec of notes\n\n"
        "Judged on validation notes before phases; smaller distances are better.\n\n"
        f"{_trials(find(results, 'tried', 'tried'), TRIAL_KEYS)}\n"
        "## What was tried on the codec of recordings\n\n"
        "Judged as `timbrush-lab evaluate codec` does, on validation recordings.\n\n"
        f"{_trials(find(results, 'tried', 'tried_on_recordings'), RECORDING_KEYS)}\n"
        "## Six tasks done on the page\n\n"
        "By a script that drives it, on sounds made by code: what the user does, and what the "
        "zone kept; of several takes the nearest.\n\n"
        f"{_table(TASK_COLUMNS, _tasks(find(results, 'page_tasks', 'tasks') or {}))}"
    )


def _trials(entries: Iterable[Mapping[str, Any]] | None, keys: Keys) -> str:
    return _table(tuple(keys), (_trial(entry, keys) for entry in entries or ()))


def _trial(entry: Mapping[str, Any], columns: Keys) -> Sequence[str]:
    cells = []
    for keys in columns.values():
        value = next((entry[key] for key in keys if entry.get(key) is not None), "–")
        cells.append(f"{value:.3g}" if isinstance(value, float) else str(value))
    return cells


def _tasks(tasks: Mapping[str, Any]) -> Iterable[Sequence[str]]:
    """Return a row for each task."""
    for name, task in tasks.items():
        kept = min(task["kept"], key=lambda figures: figures["change_db"])
        onsets = kept["onset_correlation"]
        yield (
            name,
            str(task["n_actions"]),
            f"{kept['level_db']:+.1f}",
            f"{kept['change_db']:+.1f}",
            f"{100 * kept['holes_after']:.0f} %",
            "–" if onsets is None else f"{onsets:.2f}",
            "the same" if kept["identical_outside"] else "changed",
        )


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
