"""Find the bundled notes that the page offers."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "notes"
SUFFIXES = (".flac", ".wav")
CREDIT = "NSynth, Google Inc., CC BY 4.0"


@dataclass(frozen=True, kw_only=True)
class Note:
    """A bundled sound.

    Args:
        name: Its file's name.
        title: What to call it.
        credit: Whose it is, and under which licence.
        path: Where it lies.
    """

    name: str
    title: str
    credit: str
    path: Path


def find_notes(folder: Path = FOLDER) -> dict[str, Note]:
    """Return the notes of a folder by name, in alphabetical order.

    A name that a client sends is only ever looked up here; it never becomes a path.
    """
    if not folder.is_dir():
        return {}
    paths = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    return {
        path.name: Note(name=path.name, title=_title(path.stem), credit=CREDIT, path=path)
        for path in paths
    }


def _title(stem: str) -> str:
    words = stem.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]
