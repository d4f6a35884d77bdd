"""``timbrush report``: every table, number and figure of report and README, from results/."""

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
    readme: Annotated[
        Path, typer.Option(metavar="FILE", help="Gets its figures anew, if it is there.")
    ] = Path("README.md"),
) -> None:
    """Write the numbers, tables and figures of the report and the README from the results.

    Example: timbrush report && make report
    """
    from timbrush.evaluation.readme import with_figures
    from timbrush.evaluation.report import write_report
    from timbrush.evaluation.results import read_results
    from timbrush.whole import write_whole

    for path in write_report(results, output):
        remark(str(path))
    if readme.is_file():
        text = with_figures(readme.read_text(encoding="utf-8"), read_results(results))
        with write_whole(readme, force=True) as file:
            file.write(text.encode("utf-8"))
        remark(str(readme))
