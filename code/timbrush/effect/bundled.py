"""Find the models that come with timbrush, by their names and by what they made."""

from functools import cache
from pathlib import Path

from timbrush import checkpoints

FOLDER = Path(__file__).parent.parent / "weights"
CODEC_FILE = "codec.safetensors"
DEFAULT = "wide"
"""What is loaded where nobody chose a model."""


def names() -> tuple[str, ...]:
    """Return the names of all models that come with timbrush, the default one first."""
    found = sorted(path.parent.name for path in FOLDER.glob(f"*/{CODEC_FILE}"))
    return tuple(sorted(found, key=lambda name: name != DEFAULT))


def name_of(fingerprint: str) -> str | None:
    """Return the name of the model with a fingerprint; None if none comes with timbrush."""
    return next((name for name in names() if _fingerprint(name) == fingerprint), None)


def find(model: str | Path | None, *, made_by: str | None = None) -> Path:
    """Return the folder or the file of a model.

    Args:
        model: A name, or a path, which is returned as it is; None leaves the choice open.
        made_by: The fingerprint of the model that made what is to be read: it is chosen, if it
            comes with timbrush, where ``model`` leaves the choice open.
    """
    if model is None:
        return FOLDER / ((name_of(made_by) if made_by else None) or DEFAULT)
    return FOLDER / str(model) if str(model) in names() else Path(model)


@cache
def _fingerprint(name: str) -> str:
    return checkpoints.fingerprint(FOLDER / name / CODEC_FILE)
