"""Draw the figures of the report from the records."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timbrush_lab.drawing.figure import COLOURS, new_figure, save
from timbrush_lab.ledger.results import Record, Results, find

if TYPE_CHECKING:
    from matplotlib.axes import Axes


LINES = (":", (0, (1, 3)), "--", "-.")
"""Styles of the ceilings' lines."""


def draw_families(path: Path, results: Results) -> bool:
    """Draw active LSD by instrument family, ours beside the ceilings; False without data."""
    families: Mapping[str, Any] = find(results, "codec", "families") or {}
    if not families:
        return False
    names = sorted(families, key=lambda name: families[name]["active_lsd"])
    figure = new_figure(4.2, 2.3)
    axes = figure.subplots()
    axes.barh(names, [families[name]["active_lsd"] for name in names], color=COLOURS[0])
    ceilings: Mapping[str, Any] = find(results, "codec", "ceilings") or {}
    for (name, ceiling), style in zip(ceilings.items(), LINES, strict=False):
        axes.axvline(ceiling["active_lsd"], color=COLOURS[5], ls=style, lw=1, label=name)
    axes.set_xlabel("active LSD in dB (lower is better)")
    axes.tick_params(labelsize=7)
    axes.legend(fontsize=6, loc="lower right")
    save(figure, path)
    return True


def draw_strengths(path: Path, results: Results) -> bool:
    """Draw the share of codes changed against the strength; return False without data.

    Each inpainter is a line. Its ``strength_curve`` is a list of shares at even steps, pairs,
    or a mapping.
    """
    inpainters: Mapping[str, Any] = find(results, "inpainters", "inpainters") or {}
    curves = {
        name: points(figures.get("strength_curve")) for name, figures in inpainters.items()
    }
    curves = {name: curve for name, curve in curves.items() if curve}
    if not curves:
        return False
    figure = new_figure(3.4, 2.4)
    axes = figure.subplots()
    for (name, curve), colour in zip(curves.items(), COLOURS * 2, strict=False):
        axes.plot(*zip(*curve, strict=True), label=name, color=colour, marker="o", ms=2, lw=1)
    axes.set(
        xlabel="strength", ylabel="share of painted codes changed", xlim=(0, 1), ylim=(0, 1)
    )
    axes.tick_params(labelsize=7)
    axes.legend(fontsize=6)
    save(figure, path)
    return True


def draw_pareto(path: Path, results: Results) -> bool:
    """Draw quality against energy: codecs as they train, and inpainters; False without."""
    curves = training_curves(results)
    inpainters = _strokes_and_bits(results)
    if not curves and not inpainters:
        return False
    figure = new_figure(6.6, 2.5)
    left, right = figure.subplots(1, 2)
    for (name, curve), colour in zip(curves.items(), COLOURS * 9, strict=False):
        left.plot(*zip(*curve, strict=True), color=colour, marker="o", ms=2, lw=1, label=name)
    if curves:
        left.set_xscale("log")
        left.legend(fontsize=6)
    left.grid(alpha=0.3)
    left.tick_params(labelsize=7)
    left.set(xlabel="joules of training", ylabel="active LSD in dB")
    _scatter(right, inpainters)
    right.set(xlabel="joules a stroke", ylabel="bits per code")
    save(figure, path)
    return True


def training_curves(results: Results) -> dict[str, list[tuple[float, float]]]:
    """Return, for each training run of a codec, its active LSD against the joules so far.

    A run that went on from another begins with what that one had cost.
    """
    curves = {}
    for name, record in results.items():
        points_of_run = [
            (entry["step"], float(entry["active"]))
            for entry in record.get("history", [])
            if "active" in entry
        ]
        if points_of_run:
            before = _joules_before(results, record)
            each = record["joules"] / record["steps"]
            label = name.removeprefix("training/")
            curves[label] = [(before + step * each, active) for step, active in points_of_run]
    return curves


def _joules_before(results: Results, record: Record) -> float:
    start = Path((record.get("settings") or {}).get("start") or "")
    before = results.get(f"training/{record.get('continues', start.parent.name)}")
    if before is None or before is record:
        return 0.0
    return before["joules"] + _joules_before(results, before)


def points(curve: Any) -> list[tuple[float, float]]:
    """Return the points of a curve: pairs, a mapping, or values at even steps from 0 to 1."""
    if curve and not isinstance(curve, Mapping) and isinstance(curve[0], int | float):
        return [(index / (len(curve) - 1), float(y)) for index, y in enumerate(curve)]
    pairs = curve.items() if isinstance(curve, Mapping) else curve or []
    return sorted((float(x), float(y)) for x, y in pairs)


def _scatter(axes: "Axes", named: Mapping[str, tuple[float, float]]) -> None:
    for (name, (x, y)), colour in zip(named.items(), COLOURS * 9, strict=False):
        axes.scatter([x], [y], color=colour, s=16)
        axes.annotate(name, (x, y), fontsize=6, xytext=(4, 3), textcoords="offset points")
    if named:
        _scale_in_tenths(axes)
    axes.margins(x=0.25, y=0.15)
    axes.grid(alpha=0.3)
    axes.tick_params(labelsize=7)


def _scale_in_tenths(axes: "Axes") -> None:
    """Scale an axis of few decades: plain numbers at 1, 2 and 5 of each."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda joules, _: f"{joules:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _strokes_and_bits(results: Results) -> dict[str, tuple[float, float]]:
    strokes = find(results, "strokes", "strokes") or {}
    inpainters: Mapping[str, Any] = find(results, "inpainters", "inpainters") or {}
    named = {}
    for name, figures in inpainters.items():
        joules = strokes.get(name, figures).get("joules")
        if joules and figures.get("bits_per_code") is not None:
            named[name] = (float(joules), float(figures["bits_per_code"]))
    return named
