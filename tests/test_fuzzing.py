"""Damaged files for every reader, for as long as is asked (pytest -m fuzz).

TIMBRUSH_FUZZ_SECONDS says how long each reader is tried (600), TIMBRUSH_FUZZ_SEED where the
randomness starts (0). What a reader chokes on is kept beside the message.
"""

import io
import json
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from golden_edits import FOLDER, NAMES

from timbrush import checkpoints
from timbrush.audio import files
from timbrush.codec import codes as codes_file
from timbrush.codec.codes import Codes
from timbrush.codec.quantizer import QuantizerConfig
from timbrush.codec.vqvae import VQVAE, VQVAEConfig
from timbrush.codemaps import CodeShape
from timbrush.datasets import codemaps as codemaps_file
from timbrush.datasets.codemaps import LabelledCodemaps, collect
from timbrush.datasets.nsynth import NSynth
from timbrush.effect.edit import Edit
from timbrush.errors import TimbrushError
from timbrush.inpainting.counting.naive_bayes import NaiveBayes

SECONDS = float(os.environ.get("TIMBRUSH_FUZZ_SECONDS", "600"))
SEED = int(os.environ.get("TIMBRUSH_FUZZ_SEED", "0"))
SHAPE = CodeShape.of(codebook_sizes=(7, 9), n_rows=(3, 6), columns=(1, 2))
EXTREMES = (b"\0" * 4, b"\xff" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x80\0\0\0")
WORDS = (b"null", b"1e999", b"-1", b"NaN", b'""', b"[]", b"{}", b"[[[[", b"true", b"9" * 30)

Reader = Callable[[Path], object]


def of_sounds(folder: Path) -> tuple[list[bytes], Reader]:
    """Every kind of file that libsndfile writes."""
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, (600, 2))
    seeds = []
    # Of SD2, libsndfile writes half into a file "._" of the current folder, and reads it there.
    for kind in sorted({*soundfile.available_formats()} - {"SD2"}):
        for subtype in list(soundfile.available_subtypes(kind))[:3]:
            written = io.BytesIO()
            try:
                soundfile.write(written, samples, 44_100, subtype, format=kind)
                written.seek(0)
                soundfile.read(written)
            except (soundfile.SoundFileError, ValueError, TypeError):
                continue  # a kind without a header, of one channel, or of other rates
            seeds.append(written.getvalue())
    return seeds, lambda path: files.read(path, max_seconds=60.0, max_values=1_000_000)


def of_codes(folder: Path) -> tuple[list[bytes], Reader]:
    codes = Codes(
        codemaps=(torch.randint(0, 7, (2, 3, 5)), torch.randint(0, 9, (2, 6, 10))),
        bits_per_code=(3, 4),
        length=5000,
        sample_rate=8000,
        gain=0.25,
        fingerprint="0123456789abcdef",
    )
    return [codes_file.pack(codes)], codes_file.read


def of_strokes(folder: Path) -> tuple[list[bytes], Reader]:
    return [
        path.read_bytes() for path in (FOLDER / f"{name}.json" for name in NAMES)
    ], Edit.load


def of_checkpoints(folder: Path) -> tuple[list[bytes], Reader]:
    quantizer = QuantizerConfig(codebook_size=8, n_features=2)
    checkpoints.save_codec(
        folder / "codec", VQVAE(VQVAEConfig(n_channels=4, quantizer=quantizer))
    )
    codemaps = (torch.randint(0, 7, (1, 3, 9)), torch.randint(0, 9, (1, 6, 18)))
    fitted = NaiveBayes.fit([codemaps], SHAPE)
    checkpoints.save_inpainter(folder / "inpainter", fitted, codec="0" * 16)

    def read(path: Path) -> None:
        for load in (checkpoints.read_kind, checkpoints.load_codec, checkpoints.load_inpainter):
            try:
                load(path)
            except TimbrushError:
                continue

    return [(folder / name).read_bytes() for name in ("codec", "inpainter")], read


def of_codemaps(folder: Path) -> tuple[list[bytes], Reader]:
    sound = LabelledCodemaps(
        (torch.randint(0, 7, (1, 3, 9)), torch.randint(0, 9, (1, 6, 18))),
        torch.tensor([60]),
        torch.tensor([2]),
    )
    both = collect([sound, sound], "ab", shape=SHAPE, fingerprint="0" * 16)
    codemaps_file.write(folder / "codemaps", both)
    return [(folder / "codemaps").read_bytes()], codemaps_file.read


def of_examples(folder: Path) -> tuple[list[bytes], Reader]:
    (folder / "audio").mkdir()
    note = {"pitch": 60, "velocity": 100, "instrument_family": 2, "instrument_str": "a"}
    for name in "ab":
        soundfile.write(folder / "audio" / f"{name}.wav", np.full(400, 0.1), 16_000)

    def read(path: Path) -> None:
        shutil.copy(path, folder / "examples.json")
        notes = NSynth(folder)
        assert all(notes[index].waveform.shape == (400,) for index in range(len(notes)))

    return [json.dumps({"a": note, "b": note}).encode()], read


def damaged(seeds: list[bytes], chance: random.Random) -> Iterator[bytes]:
    """Yield seeds with some bytes flipped, gone, repeated or replaced."""
    while True:
        content = bytearray(chance.choice(seeds))
        for _ in range(chance.choice((1, 1, 2, 4, 16))):
            # The head of a file is where it says how the rest is to be read.
            end = len(content) if chance.random() < 0.5 else min(len(content), 200)
            at, size = chance.randrange(end + 1), chance.choice((1, 1, 2, 4, 30))
            kind = chance.randrange(6)
            if kind == 0 and at < len(content):
                content[at] ^= 1 << chance.randrange(8)
            elif kind == 1:
                del content[at : at + size]
            elif kind == 2:
                content[at:at] = content[at : at + size] * chance.choice((1, 3))
            elif kind == 3:
                content[at : at + 4] = chance.choice(EXTREMES)
            elif kind == 4:
                content[at : at + size] = chance.choice(WORDS)
            else:
                other = chance.choice(seeds)
                start = chance.randrange(len(other))
                content[at : at + size] = other[start : start + size]
        if chance.random() < 0.2:
            del content[chance.randrange(len(content) + 1) :]
        yield bytes(content)


READERS = (of_sounds, of_codes, of_strokes, of_checkpoints, of_codemaps, of_examples)


def attempt(read: Reader, path: Path) -> bool:
    """Return whether a file was read; a plain refusal is as good, and of one line."""
    try:
        read(path)
        return True
    except TimbrushError as error:
        assert "\n" not in str(error), f"more than one line: {error}"
        return False


def fuzz(
    readers: Callable[[Path], tuple[list[bytes], Reader]], folder: Path, until: float
) -> int:
    seeds, read = readers(folder)
    path, n_tried = folder / "damaged", 0
    for seed in seeds:
        path.write_bytes(seed)
        assert attempt(read, path), "a whole file was refused"
    for content in damaged(seeds, random.Random(SEED)):
        path.write_bytes(content)
        try:
            attempt(read, path)
        except Exception as error:
            raise AssertionError(f"try {n_tried}: {path} ({len(content)} bytes)") from error
        n_tried += 1
        if time.monotonic() > until:
            return n_tried
    raise AssertionError("damaged files never end")


@pytest.mark.fuzz
@pytest.mark.parametrize("readers", READERS)
def test_no_damaged_file_crashes_a_reader(readers, tmp_path, capsys):
    n_tried = fuzz(readers, tmp_path, time.monotonic() + SECONDS)

    with capsys.disabled():
        print(f"\n{readers.__name__}: {n_tried} damaged files in {SECONDS:g} s")


@pytest.mark.parametrize("readers", READERS)
def test_whole_files_are_read_and_some_damaged_ones_survived(readers, tmp_path):
    assert fuzz(readers, tmp_path, time.monotonic() + 0.2) > 0


def test_a_reader_that_lets_an_error_of_python_out_is_found(tmp_path):
    def fragile(folder):
        return [b"abcd" * 9], lambda path: path.read_bytes().decode("ascii")

    with pytest.raises(AssertionError, match="damaged"):
        fuzz(fragile, tmp_path, time.monotonic() + 60)
