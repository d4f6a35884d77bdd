"""Write every table, number and figure of the report and the README from the records."""

from pathlib import Path
from typing import Annotated

import typer

from timbrush.errors import OutputError
from timbrush.terminal import remark


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

    Example: timbrush-lab report && make report
    """
    from timbrush.whole import write_whole
    from timbrush_lab.ledger.results import read_results
    from timbrush_lab.report.readme import with_figures
    from timbrush_lab.report.writing import write_report

    # What cannot be read is refused before anything is replaced.
    text = with_figures(_text(readme), read_results(results)) if readme.is_file() else None
    for path in write_report(results, output):
        remark(str(path))
    if text is not None:
        with write_whole(readme, force=True) as file:
            file.write(text.encode("utf-8"))
        remark(str(readme))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise OutputError(f"{path} is no text in UTF-8: {error}") from error
