"""Write every table, number and figure of the report and the README from the records."""

from pathlib import Path
from typing import Annotated

import typer

from timbrush.errors import OutputError
from timbrush.terminal import remark
from timbrush.whole import write_whole


def report(
    results: Annotated[
        Path, typer.Option("--results", metavar="DIR", help="Folder of the records.")
    ] = Path("results"),
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="DIR", help="Gets tables, numbers and figures anew."
        ),
    ] = None,
    readme: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Gets its figures anew.")
    ] = None,
    appendix: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Gets all runs and trials, as Markdown."),
    ] = None,
) -> None:
    """Write the numbers, tables and figures of the report and the README from the results.

    Example: timbrush-lab report -o report/generated --readme README.md
    """
    from timbrush_lab.ledger.results import read_results
    from timbrush_lab.report.appendix import appendix as make_appendix
    from timbrush_lab.report.readme import with_figures
    from timbrush_lab.report.writing import write_report

    if output is None and readme is None and appendix is None:
        raise OutputError("nothing to write: name a folder with -o, or a file with --readme")
    # What cannot be read is refused before anything is replaced.
    records = read_results(results)
    texts: dict[Path, str] = {}
    if readme is not None:
        texts[readme] = with_figures(_text(readme), records)
    if appendix is not None:
        texts[appendix] = make_appendix(records)
    for path in [] if output is None else write_report(results, output):
        remark(str(path))
    for path, text in texts.items():
        with write_whole(path, force=True) as file:
            file.write(text.encode("utf-8"))
        remark(str(path))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise OutputError(f"{path} is no text in UTF-8: {error}") from error
