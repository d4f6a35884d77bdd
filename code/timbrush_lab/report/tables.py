"""Write the tables of the report from the records."""

from collections.abc import Mapping, Sequence
from typing import Any

from timbrush_lab.ledger.costs import summarize
from timbrush_lab.ledger.results import Results, find
from timbrush_lab.report.latex import (
    MISSING,
    Cell,
    entries_table,
    fixed,
    number,
    percent,
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


def tried_table(results: Results) -> str:
    """What was tried on the codec."""
    return entries_table(
        find(results, "tried", "tried"),
        {
            "change": ("name", "change"),
            "predicted": ("predicted", "prediction"),
            "LSD dB": ("lsd",),
            "active dB": ("active_lsd", "active"),
            "SC": ("spectral_convergence", "convergence", "sc"),
            "outcome": ("outcome", "result", "kept"),
        },
        widths={"change": 0.42, "predicted": 0.28, "outcome": 0.4},
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


def training_table(results: Results) -> str:
    """Each metered run of training, shipped or dropped."""
    training = summarize(results)["training"]
    return table(
        ("run", "J", "minutes", "figure"),
        (
            (
                name.removeprefix("training/"),
                number(run["joules"], significant),
                number(run["seconds"], fixed(1, factor=1 / 60)),
                "estimated" if run["estimated"] else "measured",
            )
            for name, run in training["runs"].items()
        ),
    )


def family_table(results: Results) -> str:
    """Distances by instrument family."""
    families: Mapping[str, Any] = find(results, "codec", "families") or {}
    return table(
        ("family", "notes", "LSD dB", "active dB", "SC"),
        (
            (
                name,
                family["n_sounds"],
                number(family["lsd"], fixed(2)),
                number(family["active_lsd"], fixed(2)),
                number(family["spectral_convergence"], fixed(2)),
            )
            for name, family in families.items()
        ),
    )


TABLES = {
    "codec": codec_table,
    "families": family_table,
    "mnist": mnist_table,
    "phase": phase_table,
    "tried": tried_table,
    "inpainters": inpainter_table,
    "energy": energy_table,
    "training": training_table,
}
