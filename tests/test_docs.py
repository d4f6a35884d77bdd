"""The documentation: its reference is that of the code, and its links lead somewhere."""

import importlib.util
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts" / "write_reference.py"


def load() -> object:
    spec = importlib.util.spec_from_file_location("write_reference", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REFERENCE = load()


@pytest.mark.parametrize("page", REFERENCE.PAGES)
def test_the_reference_is_not_stale(page: str) -> None:
    written = (ROOT / "docs" / "reference" / page).read_text()
    assert written == REFERENCE.PAGES[page](), "run: python scripts/write_reference.py"


def pages() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)", page.read_text())
    local = [target for target in targets if not target.startswith(("http:", "https:"))]
    assert [target for target in local if not (page.parent / target).exists()] == []


def test_the_commands_of_the_documentation_exist() -> None:
    known = {line.split()[2] for line in re.findall("## timbrush .*", REFERENCE.commands())}
    for page in pages():
        blocks = "".join(re.findall(r"```\n(.*?)```", page.read_text(), re.DOTALL))
        used = set(re.findall(r"^(?:\S*/)?timbrush ([a-z]\w+)", blocks, re.MULTILINE))
        assert used <= known, page


def test_every_page_is_listed() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    for page in (ROOT / "docs").rglob("*.md"):
        if page.name != "README.md":
            assert f"({page.relative_to(ROOT / 'docs').as_posix()})" in index


def test_scripts_of_the_shell_are_well_formed() -> None:
    for script in (ROOT / "scripts").glob("*.sh"):
        subprocess.run(["bash", "-n", str(script)], check=True)
