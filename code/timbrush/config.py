"""Read run files and settings into frozen dataclasses; anything unknown is an error."""

import dataclasses
import math
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from timbrush.errors import ConfigError
from timbrush.texts import read_text

MAX_BYTES = 16 << 20

T = TypeVar("T")

# cattrs makes 2 of '2', 1 of 1.5 and 1 of true; msgspec ignores unknown keys of dataclasses.
# With hooks against that, either would be as long as this reader, and its messages less plain.


def read_toml(path: Path, cls: type[T]) -> T:
    """Read a run file into the dataclass ``cls``; an unknown key is an error.

    Raises:
        ConfigError: If the file is missing, is no TOML, or does not fit ``cls``.
    """
    return from_dict(cls, read_sections(path), where=path.name)


def read_sections(path: Path) -> dict[str, Any]:
    """Read a run file into plain values.

    Raises:
        ConfigError: If the file is missing or is no TOML.
    """
    try:
        return tomllib.loads(read_text(path, max_bytes=MAX_BYTES))
    except OSError as error:
        raise ConfigError(f"cannot read the run file {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:  # numbers too long, brackets too deep
        raise ConfigError(f"{path} is not valid TOML: {error}") from error


def from_dict(cls: type[T], mapping: Mapping[str, Any], *, where: str = "config") -> T:
    """Build the dataclass ``cls`` (and those inside it) from plain values.

    A class with a ``FORMER`` is also read from settings that an earlier version wrote. They are
    read into the class ``FORMER``, whose ``current`` returns what they mean now.

    Args:
        cls: A dataclass whose fields are numbers, strings, tuples or dataclasses.
        mapping: One key a field; fields with a default may be left out.
        where: Name of the place, for messages.

    Raises:
        ConfigError: For an unknown or missing key, or a value of the wrong type.
    """
    fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    former = getattr(cls, "FORMER", None)
    if former and set(mapping) == {field.name for field in dataclasses.fields(former)}:
        current: T = from_dict(former, mapping, where=where).current()
        return current
    unknown = sorted(set(mapping) - set(fields))
    if unknown:
        # A name from JSON may hold half a character, which no page and no file can hold.
        names = ", ".join(unknown).encode(errors="backslashreplace").decode()
        raise ConfigError(
            f"{where} has unknown settings {names}; known are {', '.join(fields)}"
        )
    missing = [
        name
        for name, field in fields.items()
        if name not in mapping
        and field.default is dataclasses.MISSING
        and field.default_factory is dataclasses.MISSING
    ]
    if missing:
        raise ConfigError(f"{where} lacks the settings {', '.join(missing)}")
    hints = _hints(cls)  # type: ignore[arg-type]
    values = {
        name: _convert(hints[name], value, f"{where}.{name}") for name, value in mapping.items()
    }
    made = cls(**values)
    for name, value in mapping.items():  # where its own bounds, which say more, let it pass
        _check_ordinary(value, f"{where}.{name}")
    return made


def from_named(classes: Mapping[str, type[T]], values: object, *, key: str, where: str) -> T:
    """Build one of several dataclasses: the one that the values name under a key.

    Args:
        classes: By their names.
        values: Plain values, the name among them.
        key: Where the name stands.
        where: Name of the place, for messages.

    Raises:
        ConfigError: For no mapping or an unknown name, and as ``from_dict``.
    """
    if not isinstance(values, Mapping):
        raise ConfigError(f"{where} must be an object, got {values!r}")
    kind = classes.get(str(values.get(key)))
    if kind is None:
        known = ", ".join(classes)
        raise ConfigError(f"{where}: {key} must be one of {known}; got {values.get(key)!r}")
    fields = {name: value for name, value in values.items() if name != key}
    return from_dict(kind, fields, where=where)


def conform(value: Any) -> None:
    """Turn the fields of a frozen dataclass into what their hints say, as ``from_dict`` does.

    Raises:
        ConfigError: For a value of the wrong type.
    """
    for name, hint in _hints(type(value)).items():  # type: ignore[arg-type]
        object.__setattr__(value, name, _convert(hint, getattr(value, name), name))


def to_dict(config: Any) -> dict[str, Any]:
    """Return the plain mapping that ``from_dict`` reads back to an equal config."""
    return dataclasses.asdict(config)


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _convert(hint: Any, value: Any, where: str) -> Any:
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if type(value) in (hint, *get_args(hint)) and dataclasses.is_dataclass(value):
        return value
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, Mapping):
            raise ConfigError(f"{where} must be a table of settings, got {value!r}")
        return from_dict(hint, value, where=where)  # type: ignore[arg-type]
    if get_origin(hint) in (Union, UnionType):
        options = get_args(hint)
        if value is None and type(None) in options:
            return None
        return _convert(next(o for o in options if o is not type(None)), value, where)
    if get_origin(hint) is tuple:
        return _convert_tuple(hint, value, where)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            raise ConfigError(f"{where} must be a number of ordinary size") from None
    # bool is an int to isinstance, yet `steps = true` is a slip.
    if isinstance(hint, type) and type(value) is hint:
        return value
    raise ConfigError(f"{where} must be {getattr(hint, '__name__', hint)}, got {value!r}")


def _check_ordinary(value: Any, where: str) -> None:
    """Refuse numbers that no setting can have, whatever its own bounds."""
    if isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check_ordinary(item, f"{where}[{index}]")
    if isinstance(value, float) and not math.isfinite(value):
        raise ConfigError(f"{where} must be a finite number, got {value}")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ConfigError(f"{where} must be a number of ordinary size")


def _convert_tuple(hint: Any, value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise ConfigError(f"{where} must be a list, got {value!r}")
    item_hints = get_args(hint)
    if len(item_hints) == 2 and item_hints[1] is Ellipsis:
        item_hints = (item_hints[0],) * len(value)
    if len(item_hints) != len(value):
        raise ConfigError(f"{where} must have {len(item_hints)} items, got {len(value)}")
    return tuple(
        _convert(h, v, f"{where}[{i}]")
        for i, (h, v) in enumerate(zip(item_hints, value, strict=True))
    )
