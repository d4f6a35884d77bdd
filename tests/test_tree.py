"""The checkout stays small: what is committed once is fetched by everybody for ever."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LARGEST_FILE, LARGEST_PICTURE, LARGEST_CHECKOUT = 1_000_000, 300_000, 60_000_000
RELEASED = {".safetensors", ".pdf"}
"""Weights and the report, committed once a release."""


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True
    )
    if listed.returncode:
        pytest.fail("these tests ask git for the files of a checkout")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def too_large(paths: list[Path], n_bytes: int) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths if path.stat().st_size > n_bytes]


def test_no_tracked_file_but_weights_and_report_is_large() -> None:
    assert too_large([p for p in tracked() if p.suffix not in RELEASED], LARGEST_FILE) == []


def test_no_picture_is_large() -> None:
    kept = [p for p in tracked() if p.suffix in {".png", ".jpg", ".gif", ".svg"}]
    assert kept and too_large(kept, LARGEST_PICTURE) == []


def test_the_checkout_is_small() -> None:
    assert 1e6 < sum(path.stat().st_size for path in tracked()) < LARGEST_CHECKOUT
