"""Strokes, and the models that they were painted with, as a JSON file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from timbrush.effect.stroke import KEEPS, Stroke
from timbrush.errors import StrokeError
from timbrush.texts import read_text
from timbrush.whole import write_whole

FORMAT = "timbrush strokes"
VERSION = 2
FIRST_VERSION: dict[str, float] = dict.fromkeys(KEEPS, 0.0)
"""What fields stand for that a stroke of version 1 lacks: it kept nothing."""
MAX_STROKES = 100_000
MAX_BYTES = 256 << 20


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A list of strokes that a sound, and the same models, turn into the same bytes.

    Args:
        strokes: First stroke first.
        model: Fingerprint of the codec.
        inpainters: Fingerprint of each inpainter that has a say and came from a file, by name;
            the oldest files have none.
    """

    strokes: tuple[Stroke, ...]
    model: str
    inpainters: Mapping[str, str] = field(default_factory=dict)

    def check(self, model: str, inpainters: Mapping[str, str]) -> None:
        """Refuse other models than those that the strokes were painted with.

        Args:
            model: Fingerprint of the codec in use.
            inpainters: Fingerprints of the inpainters in use.

        Raises:
            StrokeError: If one is another.
        """
        if model != self.model:
            raise StrokeError(
                f"the strokes were painted with model {self.model}, this is {model}; "
                "name that model with --model"
            )
        for name, fingerprint in self.inpainters.items():
            if inpainters.get(name, fingerprint) != fingerprint:
                raise StrokeError(
                    f"the strokes were painted with {name} {fingerprint}, this is "
                    f"{inpainters[name]}; name that model with --model"
                )

    def dump(self) -> str:
        """Return the text of a JSON file."""
        edit = {
            "format": FORMAT,
            "version": VERSION,
            "model": self.model,
            "inpainters": dict(self.inpainters),
            "strokes": [stroke.to_dict() for stroke in self.strokes],
        }
        return json.dumps(edit, indent=2, allow_nan=False) + "\n"

    def save(self, path: str | Path, *, force: bool = False) -> None:
        """Write a JSON file, whole or not at all.

        Raises:
            OutputError: If the file exists and ``force`` is not given, or cannot be written.
        """
        text = self.dump()
        with write_whole(Path(path), force=force) as file:
            file.write(text.encode())

    @classmethod
    def load(cls, path: str | Path) -> "Edit":
        """Read what ``save`` wrote.

        Raises:
            StrokeError: If the file is missing, is no JSON, or holds no strokes.
        """
        path = Path(path)
        try:
            text = read_text(path, max_bytes=MAX_BYTES)
        except ValueError as error:
            raise StrokeError(f"{path} is not a JSON text: {error}") from error
        except OSError as error:
            raise StrokeError(f"cannot read the strokes {path}: {error.strerror}") from error
        return cls.parse(text, where=path.name)

    @classmethod
    def parse(cls, text: str, *, where: str = "strokes") -> "Edit":
        """Read the text that ``dump`` made.

        Raises:
            StrokeError: If it is no JSON, or holds no strokes.
        """
        try:
            edit = json.loads(text)
        except (ValueError, RecursionError) as error:  # bad JSON, or a number of 5,000 digits
            raise StrokeError(f"{where} is not valid JSON: {error}") from error
        if not isinstance(edit, dict) or edit.get("format") != FORMAT:
            raise StrokeError(
                f"{where} holds no strokes; expected what the page or --strokes-out saved"
            )
        version = edit.get("version")
        if version not in (1, VERSION):
            raise StrokeError(f"{where}: version must be 1 or {VERSION}, got {version!r}")
        strokes, model = edit.get("strokes"), edit.get("model")
        inpainters = edit.get("inpainters", {})
        fingerprints = [model, *inpainters.values()] if isinstance(inpainters, dict) else [None]
        if not all(isinstance(fingerprint, str) for fingerprint in fingerprints):
            raise StrokeError(
                f"{where}: model and inpainters must be fingerprints, got {model!r} and "
                f"{inpainters!r}"
            )
        if not isinstance(strokes, list) or len(strokes) > MAX_STROKES:
            raise StrokeError(f"{where}: strokes must be a list of at most {MAX_STROKES}")
        missing = FIRST_VERSION if version == 1 else {}
        read = (
            Stroke.from_dict(
                {**missing, **stroke} if isinstance(stroke, Mapping) else stroke,
                where=f"{where}: stroke {index}",
            )
            for index, stroke in enumerate(strokes)
        )
        return cls(strokes=tuple(read), model=str(model), inpainters=inpainters)
