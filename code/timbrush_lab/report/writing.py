"""Write all of the report that is not prose, from the records: numbers, tables, figures."""

from collections.abc import Mapping
from pathlib import Path

from timbrush.whole import write_whole
from timbrush_lab.drawing.figure import new_figure, save
from timbrush_lab.ledger.results import Results, read_results
from timbrush_lab.report.figures import draw_families, draw_pareto, draw_strengths
from timbrush_lab.report.latex import NOT_YET
from timbrush_lab.report.numbers import macros
from timbrush_lab.report.tables import TABLES

FIGURES = {"families": draw_families, "strengths": draw_strengths, "pareto": draw_pareto}
"""Figures that are drawn from records."""


def write_report(results: Path, output: Path) -> list[Path]:
    """Write ``numbers.tex``, a file a table, and the figures; what lacks a record says so.

    Args:
        results: Folder of the records.
        output: Folder to fill; same records, same bytes.

    Returns:
        What was written.

    Raises:
        DatasetError: If the records cannot be read.
    """
    records = read_results(results)
    written = []
    for name, text in write_texts(records).items():
        with write_whole(output / name, force=True, parents=True) as file:
            file.write(text.encode("utf-8"))
        written.append(output / name)
    for name, draw in FIGURES.items():
        if not draw(output / f"{name}.pdf", records):
            _draw_nothing(output / f"{name}.pdf")
        written.append(output / f"{name}.pdf")
    return written


def write_texts(records: Results) -> Mapping[str, str]:
    """Return the numbers and tables by the name of their file."""
    texts = {"numbers.tex": macros(records)}
    return texts | {f"table-{name}.tex": write(records) for name, write in TABLES.items()}


def _draw_nothing(path: Path) -> None:
    figure = new_figure(3.0, 1.0)
    figure.text(0.5, 0.5, NOT_YET, ha="center", va="center", fontsize=8)
    save(figure, path)
