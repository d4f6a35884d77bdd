"""Instructions are counted by Valgrind; where it lacks, one line says how to get it."""

import shutil
from pathlib import Path

import pytest

from timbrush.errors import ConfigError
from timbrush_lab.timing import instructions
from timbrush_lab.timing.instructions import TOOL, count_instructions, read_total

SOUND = Path(__file__).parents[3] / "code" / "timbrush" / "notes" / "brass.flac"


def test_the_total_is_read_and_its_lack_is_said() -> None:
    assert read_total("events: Ir\nfn=(1) a\n+3 7\nsummary: 120\n\ntotals: 120\n") == 120
    assert read_total("events: Ir\nsummary: 0\ntotals: 98765432109\n") == 98765432109
    with pytest.raises(ConfigError, match="expected a line of totals"):
        read_total("events: Ir\n")


def test_without_valgrind_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instructions, "TOOL", "no-such-program")
    with pytest.raises(ConfigError, match="apt-get install no-such-program"):
        count_instructions("notes", SOUND, "naive-bayes")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which(TOOL) is None, reason="Valgrind is not installed")
def test_a_stroke_takes_about_as_many_instructions_each_time() -> None:
    once, again = (count_instructions("notes", SOUND, "uniform") for _ in range(2))
    assert 1e7 < once < 1e10
    assert once == pytest.approx(again, rel=0.02)
