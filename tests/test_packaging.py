"""What is said about dependencies in several places is the same."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_requirements_are_those_of_the_package() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == project()["dependencies"]


def test_the_torch_line_is_written_just_so() -> None:
    assert project()["dependencies"][0] == "torch>=2.6,<=2.13.0"


def test_the_changelog_knows_the_version() -> None:
    assert f"## {project()['version']}" in (ROOT / "CHANGELOG.md").read_text()
