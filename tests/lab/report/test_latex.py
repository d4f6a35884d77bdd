import pytest

from timbrush_lab.report.latex import escape, fixed, percent, signed, significant, table


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (0.0012, "0.0012"),
        (0.01234, "0.0123"),
        (1234.0, "1230"),
        (2.5e6, r"$2.5\cdot10^{6}$"),
        (1.2e-5, r"$1.2\cdot10^{-5}$"),
    ],
)
def test_three_digits_are_kept_and_extremes_become_powers_of_ten(
    value: float, written: str
) -> None:
    assert significant(value) == written


def test_thousands_are_set_apart() -> None:
    assert fixed(1)(12345.67) == r"12\,345.7"
    assert fixed(1, factor=1e-3)(1498.0) == "1.5"
    assert percent(0.28) == r"28\,\%"
    assert (signed(-0.84), signed(0.96)) == ("$-0.8$", "$+1.0$")


def test_a_table_has_a_line_a_row_and_escapes_names() -> None:
    text = table(("name", "value"), [("a_b & c", 1.5), ("d", None)])
    assert r"a\_b \& c & 1.5 \\" in text
    assert r"d & -- \\" in text
    assert text.count(r"\\") == 3


def test_what_latex_takes_for_its_own_is_escaped() -> None:
    assert escape("50 % of a_b #1 & c") == r"50 \% of a\_b \#1 \& c"
