from pathlib import Path

import pytest

from timbrush.errors import DatasetError
from timbrush_lab.ledger.results import find, read_results


def test_records_are_named_by_their_path(tmp_path: Path) -> None:
    (tmp_path / "training").mkdir()
    (tmp_path / "training" / "codec.json").write_text('{"joules": 3}')
    (tmp_path / "codec.json").write_text("{}")
    (tmp_path / "codec.png").write_text("no record")
    assert read_results(tmp_path) == {"codec": {}, "training/codec": {"joules": 3}}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1]",
        "{",
        100_000 * "[",
        '{"joules": "3"}',
        '{"joules_range": 3}',
        '{"carbon_grams_range": [1, "2"]}',
        '{"carbon_region": ["here"]}',
    ],
)
def test_a_file_that_is_no_record_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "codec.json").write_text(text)
    with pytest.raises(DatasetError, match=r"codec\.json"):
        read_results(tmp_path)


def test_a_missing_folder_is_one_plain_line(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no folder"):
        read_results(tmp_path / "results")


def test_a_value_is_found_under_its_keys_or_is_none() -> None:
    results = {"codec": {"levels": [{"size": 512}]}}
    assert find(results, "codec", "levels", 0, "size") == 512
    assert find(results, "codec", "levels", 1, "size") is None
    assert find(results, "codec", "levels", "size") is None
    assert find(results, "absent", "levels") is None
