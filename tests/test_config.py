"""Run files are read strictly."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from timbrush.config import from_dict, read_toml, to_dict
from timbrush.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Brush:
    width: float = 1.0
    name: str = "round"

    def __post_init__(self) -> None:
        if self.width <= 0:
            raise ConfigError(f"width must be positive, got {self.width}")


@dataclass(frozen=True, kw_only=True)
class Painting:
    steps: int
    sizes: tuple[int, ...] = (1, 2)
    pair: tuple[int, float] = (1, 0.5)
    brush: Brush = field(default_factory=Brush)
    limit: int | None = None
    exact: bool = False


def test_a_toml_file_becomes_a_dataclass(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text("steps = 3\nsizes = [4]\npair = [2, 3]\nlimit = 7\n[brush]\nwidth = 2\n")
    expected = Painting(
        steps=3, sizes=(4,), pair=(2, 3.0), limit=7, brush=Brush(width=2.0, name="round")
    )
    painting = read_toml(path, Painting)
    assert painting == expected
    assert isinstance(painting.brush.width, float)


def test_to_dict_and_from_dict_are_inverses() -> None:
    painting = Painting(steps=1, sizes=(), brush=Brush(name="flat"), exact=True)
    assert from_dict(Painting, to_dict(painting)) == painting


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "lacks the settings steps"),
        ("steps = 1\nstep = 2", "unknown settings step; known are steps"),
        ("steps = 1.5", "steps must be int, got 1.5"),
        ("steps = true", "steps must be int, got True"),
        (f"steps = {10**30}", "steps must be a number of ordinary size"),
        ("steps = 1\n[brush]\nwidth = inf", "width must be a finite number, got inf"),
        ("steps = 1\npair = [1, nan]", r"pair\[1\] must be a finite number, got nan"),
        ("steps = 1\nexact = 1", "exact must be bool, got 1"),
        ("steps = 1\nsizes = 4", "sizes must be a list, got 4"),
        ('steps = 1\nsizes = [1, "2"]', r"sizes\[1\] must be int, got '2'"),
        ("steps = 1\npair = [1]", "pair must have 2 items, got 1"),
        ("steps = 1\nbrush = 3", "brush must be a table of settings, got 3"),
        ("steps = 1\n[brush]\nwidth = -1", "width must be positive"),
        ("steps = ", "is not valid TOML"),
        ("steps = " + 5000 * "1", "is not valid TOML"),
        ("steps = " + 5000 * "[", "is not valid TOML"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "run.toml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=message):
        read_toml(path, Painting)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot read the run file .*none\.toml"):
        read_toml(tmp_path / "none.toml", Painting)
