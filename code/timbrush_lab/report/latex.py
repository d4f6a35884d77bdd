"""Write values and rows of values as LaTeX."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

MISSING = "--"
NOT_YET = "not measured yet"

Cell = str | int | float | None


def fixed(digits: int, *, factor: float = 1.0) -> Callable[[float], str]:
    """Return a format with so many decimals, after multiplication."""
    return lambda value: f"{factor * value:,.{digits}f}".replace(",", r"\,")


def significant(value: float) -> str:
    r"""Write three significant digits, large and small ones as a power of ten.

    Example:
        >>> significant(0.0012), significant(1234.0), significant(2.5e6)
        ('0.0012', '1230', '$2.5\\cdot10^{6}$')
    """
    if value and not 1e-3 <= abs(value) < 1e5:
        mantissa, exponent = f"{value:.2e}".split("e")
        return rf"${float(mantissa):g}\cdot10^{{{int(exponent)}}}$"
    return f"{float(f'{value:.3g}'):g}"


def signed(value: float) -> str:
    """Write a number with one decimal and its sign.

    Example:
        >>> signed(-0.84), signed(2.0)
        ('$-0.8$', '$+2.0$')
    """
    return f"${value:+.1f}$"


def percent(value: float) -> str:
    r"""Write a share in percent.

    Example:
        >>> percent(0.123)
        '12\\,\\%'
    """
    return rf"{100 * value:.0f}\,\%"


def table(
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    widths: Mapping[str, float] | None = None,
) -> str:
    """Return a LaTeX table: the first column to the left, numbers to the right.

    Args:
        header: Titles of the columns.
        rows: As many cells each.
        widths: Columns of running text by title, with their share of the line's width.
    """
    body = [" & ".join(_cell(cell) for cell in row) for row in rows]
    columns = "".join(
        rf"p{{{widths[title]}\linewidth}}"
        if widths and title in widths
        else ("r" if index else "l")
        for index, title in enumerate(header)
    )
    if not body:
        body = [rf"\multicolumn{{{len(header)}}}{{c}}{{{NOT_YET}}}"]
    lines = [
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        " & ".join(escape(title) for title in header) + r" \\",
        r"\midrule",
        *(rf"{line} \\" for line in body),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines) + "\n"


def number(value: float | None, form: Any) -> str:
    """Write a number, or a dash for one that is not there."""
    return MISSING if value is None else str(form(value))


def escape(text: str) -> str:
    """Return text that LaTeX prints as it is."""
    for character in "&%_#":
        text = text.replace(character, "\\" + character)
    return text


def _cell(cell: Cell) -> str:
    if cell is None:
        return MISSING
    if isinstance(cell, float):
        return significant(cell)
    # What number() wrote is LaTeX already; names and remarks are plain text.
    return (
        cell if isinstance(cell, str) and ("\\" in cell or "$" in cell) else escape(str(cell))
    )
