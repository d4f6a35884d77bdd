"""Read the records of a results folder, and find values in them by name."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from timbrush.errors import DatasetError

Record = Mapping[str, Any]
Results = Mapping[str, Record]


def read_results(folder: str | Path) -> Results:
    """Read every record below a folder.

    Returns:
        Records by their path without the suffix, such as ``training/codec``, sorted.

    Raises:
        DatasetError: If the folder is missing or a file is no JSON object.
    """
    root = Path(folder)
    if not root.is_dir():
        raise DatasetError(f"{root} is no folder; expected the results of a checkout")
    paths = sorted(root.rglob("*.json"))
    return {
        path.relative_to(root).with_suffix("").as_posix(): read_record(path) for path in paths
    }


def find(results: Results, name: str, *keys: str | int) -> Any:
    """Return the value that lies in a record under a chain of keys, or None.

    Example:
        >>> find({"codec": {"pitch": {"cents": 4.0}}}, "codec", "pitch", "cents")
        4.0
    """
    value: Any = results.get(name)
    for key in keys:
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def read_record(path: Path) -> Record:
    """Read one record.

    Raises:
        DatasetError: If the file is no JSON object, or its costs are no numbers.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DatasetError(f"{path} is no record: {error}") from error
    if not isinstance(record, dict):
        raise DatasetError(f"{path} must hold one JSON object, got a {type(record).__name__}")
    for key, (fits, expected) in _COSTS.items():
        if key in record and not fits(record[key]):
            raise DatasetError(f"{path} is no record: expected {expected} as {key}")
    return record


def _is_number(value: object) -> bool:
    return value is None or isinstance(value, int | float)


def _is_range(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))


def _is_word(value: object) -> bool:
    return value is None or isinstance(value, str)


# What is added up over records whatever they are of.
_COSTS = {
    **dict.fromkeys(
        ("joules", "seconds", "carbon_grams_per_kilowatt_hour"), (_is_number, "a number")
    ),
    **dict.fromkeys(("joules_range", "carbon_grams_range"), (_is_range, "two numbers")),
    **dict.fromkeys(("what", "carbon_region", "energy_source"), (_is_word, "text")),
}
