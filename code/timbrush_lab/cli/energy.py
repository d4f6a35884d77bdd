"""Add up what training and strokes cost, from the records."""

from pathlib import Path
from typing import Annotated, Any

import typer

from timbrush.cli.options import Json


def energy(
    results: Annotated[
        Path, typer.Option("--results", metavar="DIR", help="Folder of the records.")
    ] = Path("results"),
    as_json: Json = False,
) -> None:
    """Sum up joules: training, strokes, when they break even, and NOTONO's operations.

    Example: timbrush-lab energy --json
    """
    import json

    from timbrush_lab.ledger.costs import summarize
    from timbrush_lab.ledger.results import read_results

    ledger = summarize(read_results(results))
    if as_json:
        typer.echo(json.dumps(ledger, indent=2, ensure_ascii=False))
        return
    for line in _lines(ledger):
        typer.echo(line)


def _lines(ledger: dict[str, Any]) -> list[str]:
    lines = ["training, all metered runs and extractions, shipped or dropped:"]
    lines += [f"  {_sum(ledger['training'])}", "evaluation:", f"  {_sum(ledger['evaluation'])}"]
    if ledger["use"]["runs"]:
        lines += ["strokes that were recorded:", f"  {_sum(ledger['use'])}"]
    lines.append("a stroke over a quarter of four seconds:")
    for name, stroke in ledger["strokes"].items():
        until = stroke["strokes_until_training"]
        equal = f", as much as the training after {until:,.0f} strokes" if until else ""
        word = " (estimated)" if stroke["estimated"] else ""
        cost = f"{stroke['joules']:8.3g} J{word}, {stroke['milliseconds']:.0f} ms"
        lines.append(f"  {name:14} {cost}{equal}")
    notono = ledger["notono"]
    lines.append("NOTONO's published architecture, derived and not measured:")
    for name, step in notono["steps"].items():
        joules = "not known here" if step["joules"] is None else f"{step['joules']:.3g} J"
        lines.append(f"  {name:14} {step['gigaflops']:8,g} GFLOP, at least {joules}")
    return [*lines, ledger["caution"]]


def _sum(total: dict[str, Any]) -> str:
    low, high = total["joules_range"]
    grams = " to ".join(f"{value:.3g}" for value in total["carbon_grams_range"])
    word = ", estimated" if total["estimated"] else ""
    return (
        f"{total['joules']:,.0f} J ({low:,.0f} to {high:,.0f}{word}) in "
        f"{total['seconds']:,.0f} s over {len(total['runs'])} runs, {grams} g CO2e"
    )
