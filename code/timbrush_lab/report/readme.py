"""Write the README's figures from the records, so that none is typed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from timbrush.errors import DatasetError
from timbrush_lab.ledger import published
from timbrush_lab.ledger.results import Results, find

BEGIN = "<!-- figures: written by `timbrush-lab report` from results/, do not edit -->"
END = "<!-- end of figures -->"


def with_figures(readme: str, results: Results) -> str:
    """Return the README with the block between its two marks written anew.

    Raises:
        DatasetError: If the marks are missing.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise DatasetError(f"the README must hold the lines {BEGIN!r} and {END!r}")
    return f"{before}{BEGIN}\n{_figures(results)}{END}{after}"


def _figures(results: Results) -> str:
    return f"{_recordings(results)}{_notes(results)}"


RECORDING_WAYS = {"wide": "model", "notes": "beside", "Opus, 12 kbit/s": "opus 12"}
"""Columns of the table of recordings, and their names in the record."""
RECORDING_FIGURES = {
    "kbit/s a channel": ("kilobits_per_second", 2, ""),
    "ViSQOL, 5 is best": ("visqol", 2, ""),
    "distance in mel bands": ("mel_db", 1, " dB"),
    "correlation at onsets, 1 is best": ("onset_correlation", 2, ""),
    "echo before onsets": ("pre_echo_db", 1, " dB"),
    "level above 8 kHz": ("high_db", 1, " dB"),
}
"""Rows of that table: the key of each, its decimals and its unit."""


def _recordings(results: Results) -> str:
    ways: Mapping[str, Any] = find(results, "wide-hearing", "ways") or {}
    titles = [title for title, way in RECORDING_WAYS.items() if way in ways]
    if not titles:
        return ""
    rows = [("", *titles)]
    for name, (key, digits, unit) in RECORDING_FIGURES.items():
        values = (ways[RECORDING_WAYS[title]].get(key) for title in titles)
        rows.append((name, *(_number(value, digits, unit=unit) for value in values)))
    n_sounds = _number(ways["model"].get("n_sounds"), 0)
    kept = find(results, "kept-wide-naive-bayes", "summary") or {}
    strokes = ""
    if kept:
        level = kept["level_db"]
        strokes = (
            f"Of {kept['n_strokes']} strokes of full strength on them, the level of eight in "
            f"ten changed by {level['p10']:+.1f} to {level['p90']:+.1f} dB, and "
            f"{100 * kept['share_identical_outside']:.0f} % were identical to the bit outside "
            "their span.\n\n"
        )
    return (
        f"Encoded and decoded, {n_sounds} recordings (drums, music, notes, foley) that nothing "
        f"was trained on (choices were made by them):\n\n{_table(rows)}\n{strokes}"
    )


def _notes(results: Results) -> str:
    codec = {**(results.get("codec") or {})}
    rows = [
        ("", "timbrush", "NOTONO (2020)"),
        (
            "kbit/s of the codes",
            _number(codec.get("bits_per_second"), 2, 1e-3),
            f"{published.NOTONO_KILOBITS_PER_SECOND}",
        ),
        ("active log-spectral distance", _number(codec.get("active_lsd"), 2, unit=" dB"), "–"),
        ("log-spectral distance", _number(codec.get("lsd"), 2, unit=" dB"), "–"),
        (
            "spectral convergence",
            _number(codec.get("spectral_convergence"), 2),
            f"{published.NOTONO_CONVERGENCE}",
        ),
        (
            "parameters of the codec",
            _number(codec.get("parameters"), 1, 1e-6, " M"),
            _number(published.NOTONO_PARAMETERS["codec"], 1, 1e-6, " M"),
        ),
        (
            "encode and decode 4 s",
            _milliseconds(find(results, "codec", "round_trip")),
            f"{published.NOTONO_ROUND_TRIP_MILLISECONDS:.0f} ms",
        ),
        *_strokes(find(results, "strokes", "strokes") or {}),
    ]
    machine = find(results, "codec", "machine") or "two cores"
    n_sounds = _number(codec.get("n_sounds"), 0)
    return (
        f"The model `notes`, measured on {n_sounds} NSynth notes of instruments that nothing "
        f"here was trained on "
        f"(choices were made by them), on {machine}, no GPU; lower is better.\n\n"
        f"{_table(rows)}\n"
        "NOTONO's figures are its authors' (convergence, on their own notes) or were measured "
        "on its structure on a machine of this size (times). Joules are estimated from "
        "processor seconds and can be off by a factor on a virtual machine; "
        "`timbrush-lab energy` says how.\n"
    )


def _strokes(strokes: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    for name in ("naive-bayes", "transformer"):
        stroke = strokes.get(name) or {}
        theirs = f"{published.NOTONO_STROKE_SECONDS:.0f} s" if name == "transformer" else "–"
        joules = _number(stroke.get("joules"), 2, unit=" J")
        yield f"redraw a quarter of 4 s, {name}", f"{_milliseconds(stroke)}, {joules}", theirs


def _milliseconds(record: Mapping[str, Any] | None) -> str:
    return _number((record or {}).get("milliseconds"), 0, unit=" ms")


def _number(value: float | int | None, digits: int, factor: float = 1.0, unit: str = "") -> str:
    return "–" if value is None else f"{factor * value:.{digits}f}{unit}"


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]) + "\n"
