"""``timbrush report``: every table, number and figure of the report, from results/."""

from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.costs import remark


def report(
    results: Annotated[
        Path, typer.Option("--results", metavar="DIR", help="Folder of the records.")
    ] = Path("results"),
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="What is there is replaced.")
    ] = Path("report/generated"),
) -> None:
    """Write the report's numbers, tables and figures from the results.

    Example: timbrush report && make report
    """
    from timbrush.evaluation.report import write_report

    for path in write_report(results, output):
        remark(str(path))
