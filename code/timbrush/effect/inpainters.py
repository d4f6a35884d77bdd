"""The inpainters of a model, each loaded from its file when it is first asked for."""

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from timbrush import checkpoints
from timbrush.codemaps import CodeShape
from timbrush.errors import TimbrushError
from timbrush.inpainting import registry
from timbrush.inpainting.contract import Inpainter
from timbrush.inpainting.counting.naive_bayes import NaiveBayes

COUNTED = "naive-bayes"
DERIVED = registry.names_derived_from(COUNTED)
"""Inpainters that only the counts of Naive Bayes bring along."""


class Inpainters(Mapping[str, Inpainter]):
    """The inpainters of a codec, by name, simplest first. Safe to share among threads.

    Args:
        shape: What the codec's codemaps look like.
        files: One file for each, by name.
        codec: The codec's fingerprint; a file that was fitted to another codec is refused.
    """

    def __init__(self, shape: CodeShape, files: Mapping[str, Path], *, codec: str) -> None:
        self._files, self._codec = dict(files), codec
        self._loaded: dict[str, Inpainter] = registry.without_file(shape)
        self._lock = threading.Lock()
        names = {*self._loaded, *files, *(DERIVED if COUNTED in files else ())}
        self._names = registry.in_order(names)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_lock": None}  # no other process waits for it

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _lock=threading.Lock())

    def __getitem__(self, name: str) -> Inpainter:
        with self._lock:
            if name not in self._names:
                raise KeyError(name)
            if name not in self._loaded:
                self._load(name)
            return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def add(self, name: str, inpainter: Inpainter, file: Path | None = None) -> None:
        """Add an inpainter that is loaded already, or replace the one of its name.

        Args:
            name: What it is called.
            inpainter: The inpainter.
            file: Where it came from; None for one that no file holds.
        """
        self._loaded[name] = inpainter
        self._files.pop(name, None)
        if file is not None:
            self._files[name] = file
        if name not in self._names:
            self._names.append(name)

    def listens(self, name: str) -> bool:
        """Return whether a condition changes what an inpainter draws, without loading it.

        An inpainter whose file is damaged does not listen; the error comes when it is loaded.
        """
        file, loaded = self._files.get(name), self._loaded.get(name)
        if loaded is not None or file is None:
            return loaded is not None and loaded.listens
        try:
            return bool(checkpoints.read_inpainter_config(file).listens)
        except TimbrushError:
            return False

    def fingerprint(self, name: str) -> str | None:
        """Return the fingerprint of an inpainter's file; None for one without a file."""
        file = self._file(name)
        return None if file is None else checkpoints.fingerprint(file)

    def _file(self, name: str) -> Path | None:
        return self._files.get(name, self._files.get(COUNTED) if name in DERIVED else None)

    def _load(self, name: str) -> None:
        file = self._file(name)
        assert file is not None, "each name has a file, or is derived from the counts"
        inpainter, _ = checkpoints.load_inpainter(file, codec=self._codec)
        if isinstance(inpainter, NaiveBayes) and file == self._files.get(COUNTED):
            derived = registry.derived_from(inpainter)
            self._loaded = {inpainter.name: inpainter, **derived, **self._loaded}
        else:
            self._loaded[name] = inpainter
