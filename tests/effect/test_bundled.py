from pathlib import Path

import pytest

from timbrush import checkpoints, load
from timbrush.effect import bundled
from timbrush.errors import CheckpointError


def test_every_model_that_comes_with_timbrush_is_found_by_what_it_made() -> None:
    assert bundled.DEFAULT == bundled.names()[0]
    assert "notes" in bundled.names()
    for name in bundled.names():
        file = bundled.find(name) / bundled.CODEC_FILE
        fingerprint = checkpoints.fingerprint(file)
        assert bundled.name_of(fingerprint) == name
        assert bundled.find(None, made_by=fingerprint) == file.parent
        assert load(made_by=fingerprint).fingerprint == fingerprint


def test_a_path_is_taken_as_it_is_and_beats_what_made_the_codes() -> None:
    notes = checkpoints.fingerprint(bundled.find("notes") / bundled.CODEC_FILE)
    assert bundled.find("my/model", made_by=notes) == Path("my/model")
    assert bundled.find("./notes") != bundled.find("notes")


def test_what_no_bundled_model_made_is_read_with_the_default_one() -> None:
    assert bundled.name_of("0" * 16) is None
    assert bundled.find(None, made_by="0" * 16) == bundled.find(None)


def test_an_inpainter_alone_joins_the_model_that_it_was_fitted_to(tmp_path: Path) -> None:
    for name in bundled.names():
        file = bundled.find(name) / "naive-bayes.safetensors"
        copy = tmp_path / f"{name}.model"
        copy.write_bytes(file.read_bytes())
        assert load(copy).fingerprint == load(name).fingerprint


def test_an_inpainter_of_a_codec_that_is_not_here_is_refused(tmp_path: Path) -> None:
    inpainter, _ = checkpoints.load_inpainter(bundled.find("notes") / "naive-bayes.safetensors")
    path = tmp_path / "other.model"
    checkpoints.save_inpainter(path, inpainter, codec="0" * 16)
    with pytest.raises(CheckpointError, match="fitted to the codec 0000000000000000"):
        load(path)
