"""Write the tables of the report from the records."""

from collections.abc import Mapping, Sequence
from typing import Any

from timbrush_lab.ledger.costs import summarize
from timbrush_lab.ledger.results import Results, find
from timbrush_lab.report.latex import (
    MISSING,
    Cell,
    fixed,
    number,
    percent,
    signed,
    significant,
    table,
)


def codec_table(results: Results) -> str:
    """Ours, its ceiling and Opus: bits and distances."""
    codec = results.get("codec", {})
    rows = [("timbrush", codec), *(find(results, "codec", "ceilings") or {}).items()]
    return table(
        ("", "kbit/s", "LSD dB", "active dB", "SC", "mel dB"),
        (
            (
                name,
                number(entry.get("bits_per_second_with_headers"), fixed(2, factor=1e-3)),
                number(entry.get("lsd"), fixed(2)),
                number(entry.get("active_lsd"), fixed(2)),
                number(entry.get("spectral_convergence"), fixed(2)),
                number(entry.get("mel_distance"), fixed(2)),
            )
            for name, entry in rows
            if entry
        ),
    )


WAYS = (
    ("wide", "model"),
    ("notes", "beside"),
    ("true magnitudes", "true magnitudes of model"),
    ("Opus, 6 kbit/s", "opus 6"),
    ("Opus, 12 kbit/s", "opus 12"),
    ("Opus, 24 kbit/s", "opus 24"),
)
"""Lines of the table of recordings, and their names in the record."""


def wide_table(results: Results) -> str:
    """The codec of recordings beside the notes' codec, its ceiling and Opus."""
    ways: Mapping[str, Any] = find(results, "wide-hearing", "ways") or {}
    return table(
        ("", "kbit/s", "ViSQOL", "mel", "onsets", "echo", "tonal", "> 8 kHz"),
        (
            (
                title,
                number(ways[name].get("kilobits_per_second"), fixed(2)),
                number(ways[name].get("visqol"), fixed(2)),
                number(ways[name].get("mel_db"), fixed(2)),
                number(ways[name].get("onset_correlation"), fixed(2)),
                number(ways[name].get("pre_echo_db"), fixed(1)),
                number(ways[name].get("tonal_convergence"), fixed(2)),
                number(ways[name].get("high_db"), signed),
            )
            for title, name in WAYS
            if name in ways
        ),
    )


def representation_table(results: Results) -> str:
    """What windows and cells hold of recordings, before any codec."""
    ways: Mapping[str, Any] = find(results, "representation", "ways") or {}
    return table(
        ("", "mel", "onsets", "echo", "tonal", "chroma"),
        (
            (
                name,
                number(way.get("mel_db"), fixed(2)),
                number(way.get("onset_correlation"), fixed(2)),
                number(way.get("pre_echo_db"), fixed(1)),
                number(way.get("tonal_convergence"), fixed(2)),
                number(way.get("chroma"), fixed(3)),
            )
            for name, way in ways.items()
        ),
    )


KEPT = (
    ("wide, Naive Bayes", "kept-wide-naive-bayes"),
    ("wide, Transformer", "kept-wide-transformer"),
    ("notes, Naive Bayes", "kept-notes-naive-bayes"),
    ("notes, Transformer", "kept-notes-transformer"),
    ("nothing kept", "kept-wide-nothing"),
)
"""Lines of the table of what strokes keep, and their records."""


def kept_table(results: Results) -> str:
    """What strokes of full strength keep of recordings."""
    rows = []
    for title, name in KEPT:
        summary: Mapping[str, Any] = find(results, name, "summary") or {}
        if not summary:
            continue
        level = summary.get("level_db") or {}
        rhythm = summary.get("onset_correlation_of_drums_and_loops") or {}
        rows.append(
            (
                title,
                number(level.get("p10"), signed),
                number(level.get("p90"), signed),
                number(summary.get("share_that_lost_10_db"), percent),
                number((summary.get("holes_after") or {}).get("mean"), percent),
                number(rhythm.get("mean"), fixed(2)),
                number((summary.get("shelf_db") or {}).get("median"), signed),
            )
        )
    header = ("", "p10 dB", "p90 dB", "lost", "holes", "onsets", "shelf dB")
    return table(header, rows)


def mnist_table(results: Results) -> str:
    """The quantizer's improvements on digits."""
    variants: Mapping[str, Any] = find(results, "mnist", "variants") or {}
    return table(
        ("improvements", "error", "perplexity", "codes used"),
        (
            (
                name,
                number(variant.get("error"), fixed(4)),
                number(variant.get("perplexity"), fixed(0)),
                number(variant.get("codes_used"), percent),
            )
            for name, variant in variants.items()
        ),
    )


def phase_table(results: Results) -> str:
    """Ways to find phases: distances from true magnitudes and from the codec's, and time."""
    return table(
        ("", "true: LSD", "codec: LSD", "active", "ms"),
        (
            (
                entry["method"],
                number(entry["true"]["lsd"], fixed(2)),
                number(entry["decoded"]["lsd"], fixed(2)),
                number(entry["decoded"]["active_lsd"], fixed(2)),
                number(entry["milliseconds"], fixed(0)),
            )
            for entry in find(results, "phase", "methods") or ()
        ),
    )


def inpainter_table(results: Results) -> str:
    """The ladder: likelihood, accuracy and what a stroke costs."""
    inpainters: Mapping[str, Any] = find(results, "inpainters", "inpainters") or {}
    strokes: Mapping[str, Any] = find(results, "strokes", "strokes") or {}
    rows = []
    for name, figures in inpainters.items():
        stroke = strokes.get(name, {})
        rows.append(
            (
                name,
                number(figures.get("bits_per_code"), fixed(2)),
                number(figures.get("accuracy"), percent),
                number(stroke.get("milliseconds", figures.get("milliseconds")), fixed(0)),
                number(stroke.get("joules", figures.get("joules")), significant),
            )
        )
    return table(("inpainter", "bits per code", "right", "ms", "J (est.)"), rows)


def energy_table(results: Results) -> str:
    """A stroke with each inpainter, and NOTONO's operations at this machine's rate."""
    ledger = summarize(results)
    rows: list[Sequence[Cell]] = [
        (
            f"stroke, {name}",
            number(stroke["joules"], significant),
            number(stroke["milliseconds"], fixed(0)),
            number(stroke["strokes_until_training"], significant),
        )
        for name, stroke in ledger["strokes"].items()
    ]
    for name, step in ledger["notono"]["steps"].items():
        joules = number(step["joules"], significant)
        bound = joules if step["joules"] is None else rf"$\geq$ {joules}"
        rows.append((f"NOTONO, {name} (derived)", bound, MISSING, MISSING))
    return table(("", "J", "ms", "strokes until training"), rows)


TABLES = {
    "codec": codec_table,
    "wide": wide_table,
    "representation": representation_table,
    "kept": kept_table,
    "mnist": mnist_table,
    "phase": phase_table,
    "inpainters": inpainter_table,
    "energy": energy_table,
}
