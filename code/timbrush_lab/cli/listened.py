"""The command that reads the answers to a listening test."""

from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Force
from timbrush_lab.cli.output import RecordFile, check_output, put_out


def listened(
    test: Annotated[Path, typer.Argument(metavar="DIR", help="The test, from listen.")],
    answers: Annotated[list[Path], typer.Argument(metavar="CSV...", help="Its answers.")],
    output: RecordFile = None,
    force: Force = False,
) -> None:
    """Sum up the answers to a listening test: means, and how sure they are.

    Who did not tell the hidden reference is left out, as ITU-R BS.1534-3 says.

    Example: timbrush-lab listened listening-test/ answers-*.csv
    """
    from timbrush.energy import Meter
    from timbrush_lab.listening.answers import read_answers, summarize

    check_output(output, force=force)
    with Meter() as meter:
        values = summarize(read_answers(test, answers))
    put_out(values, meter.reading, output, what="a listening test")
