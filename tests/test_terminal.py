"""What is printed for people: nothing in it steers their terminal."""

import unicodedata

import pytest

from timbrush.terminal import printable, remark


def test_no_control_character_is_left_and_all_else_stays() -> None:
    everything = "".join(map(chr, range(0x10000)))
    left = [c for c in printable(everything) if unicodedata.category(c) == "Cc"]
    assert left == ["\t", "\n"]
    assert printable("Gráfico – 音.wav\n\tÖl") == "Gráfico – 音.wav\n\tÖl"


def test_a_remark_shows_escapes_and_not_what_they_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    remark("left out: \x1b]0;owned\x07a.wav\r")
    assert capsys.readouterr().err == "left out: \\x1b]0;owned\\x07a.wav\\r\n"


def test_half_a_character_of_a_file_name_can_be_printed() -> None:
    printable("a\udcff.wav").encode()
