"""Extracted codemaps: round trips, crops against slices, and files that lie."""

import json
from pathlib import Path

import pytest
import safetensors.torch
import torch

from timbrush.codemaps import CodeShape
from timbrush.config import to_dict
from timbrush.datasets import codemaps as codemap_file
from timbrush.datasets.codemaps import CodemapSet, LabelledCodemaps, collect
from timbrush.errors import DatasetError, OutputError

COLUMNS = (3, 8, 5)
SHAPE = CodeShape.of(codebook_sizes=(16, 9), n_rows=(2, 4), columns=(1, 2))
CROSSED = CodeShape.of(
    codebook_sizes=(4, 5), n_rows=(2, 12), columns=(4, 1), names=("rhythm", "timbre")
)


def make() -> tuple[list[LabelledCodemaps], CodemapSet]:
    generator = torch.Generator().manual_seed(0)
    sounds = [
        LabelledCodemaps(
            (
                torch.randint(0, 16, (1, 2, n), generator=generator),
                torch.randint(0, 9, (1, 4, 2 * n), generator=generator),
            ),
            torch.tensor([60 + n]),
            torch.tensor([n % 3 - 1]),
        )
        for n in COLUMNS
    ]
    return sounds, collect(sounds, "abc", shape=SHAPE, fingerprint="0" * 16)


def test_codemaps_come_back_from_their_file_as_they_were(tmp_path: Path) -> None:
    sounds, codemaps = make()

    codemap_file.write(tmp_path / "x.safetensors", codemaps)
    restored = codemap_file.read(tmp_path / "x.safetensors")

    for index, sound in enumerate(sounds):
        for level in range(2):
            assert torch.equal(restored[index].codemaps[level], sound.codemaps[level])
        assert torch.equal(restored[index].pitch, sound.pitch)
        assert torch.equal(restored[index].family, sound.family)
    assert (restored.names, restored.fingerprint) == (("a", "b", "c"), "0" * 16)
    assert restored.shape == SHAPE
    with pytest.raises(OutputError, match="exists"):
        codemap_file.write(tmp_path / "x.safetensors", codemaps)


def test_codemaps_of_version_1_are_read_and_their_shape_found_in_their_tensors(
    tmp_path: Path,
) -> None:
    sounds, codemaps = make()
    header = {
        "format": "timbrush codemaps",
        "version": 1,
        "codebook_sizes": [16, 9],
        "fingerprint": "0" * 16,
        "names": ["a", "b", "c"],
    }
    tensors = {f"level{i}": level.int() for i, level in enumerate(codemaps.levels)}
    tensors |= {name: getattr(codemaps, name).int() for name in ("columns", "pitch", "family")}
    path = tmp_path / "x.safetensors"
    safetensors.torch.save_file(tensors, path, {"timbrush": json.dumps(header)})

    restored = codemap_file.read(path)

    assert restored.shape == SHAPE
    for index, sound in enumerate(sounds):
        assert torch.equal(restored[index].codemaps[1], sound.codemaps[1])
    header["codebook_sizes"] = [16]
    safetensors.torch.save_file(tensors, path, {"timbrush": json.dumps(header)})
    with pytest.raises(DatasetError, match="expected the tensors"):
        codemap_file.read(path)


def test_codemaps_whose_levels_do_not_nest_are_kept_and_cropped(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    sounds = [
        LabelledCodemaps(
            (
                torch.randint(0, 4, (1, 2, 4 * n), generator=generator),
                torch.randint(0, 5, (1, 12, n), generator=generator),
            ),
            torch.tensor([-1]),
            torch.tensor([-1]),
        )
        for n in COLUMNS
    ]
    made = collect(sounds, "abc", shape=CROSSED, fingerprint="0" * 16)
    codemap_file.write(tmp_path / "x.safetensors", made)

    restored = codemap_file.read(tmp_path / "x.safetensors")
    rhythm, timbre = restored.crop(torch.tensor([1]), torch.tensor([2]), 3).codemaps

    assert restored.shape == CROSSED
    assert restored.columns.tolist() == list(COLUMNS)
    assert torch.equal(rhythm, sounds[1].codemaps[0][:, :, 8:20])
    assert torch.equal(timbre, sounds[1].codemaps[1][:, :, 2:5])


def test_a_crop_is_a_slice_of_every_level() -> None:
    sounds, codemaps = make()

    batch = codemaps.crop(torch.tensor([2, 1, 1]), torch.tensor([1, 0, 4]), 4)

    for row, (sound, first) in enumerate([(2, 1), (1, 0), (1, 4)]):
        coarse, fine = sounds[sound].codemaps
        assert torch.equal(batch.codemaps[0][row], coarse[0, :, first : first + 4])
        assert torch.equal(batch.codemaps[1][row], fine[0, :, 2 * first : 2 * first + 8])
    assert batch.pitch.tolist() == [65, 68, 68]


@pytest.mark.parametrize(("sound", "first", "n"), [(0, 1, 3), (1, -1, 2), (2, 5, 1)])
def test_a_crop_never_reaches_into_the_next_sound(sound: int, first: int, n: int) -> None:
    with pytest.raises(DatasetError, match="leaves its sound"):
        make()[1].crop(torch.tensor([sound]), torch.tensor([first]), n)


def test_random_crops_come_from_every_place_of_every_sound_that_is_long_enough() -> None:
    sounds, codemaps = make()
    generator = torch.Generator().manual_seed(1)

    batch = codemaps.random_crops(400, 5, generator)

    seen = {
        (p, tuple(c.flatten().tolist()))
        for p, c in zip(batch.pitch.tolist(), batch.codemaps[0], strict=True)
    }
    wanted = {
        (60 + n, tuple(sound.codemaps[0][0, :, first : first + 5].flatten().tolist()))
        for n, sound in zip(COLUMNS, sounds, strict=True)
        for first in range(n - 4)
    }
    assert seen == wanted
    assert batch.codemaps[1].shape == (400, 4, 10)
    with pytest.raises(DatasetError, match="no sound has 9 columns"):
        codemaps.random_crops(1, 9, generator)


@pytest.mark.parametrize(
    "change",
    [
        {"level0": torch.full((2, 16), 16)},
        {"level0": torch.full((2, 16), -1)},
        {"level0": torch.zeros(2, 15)},
        {"level1": torch.zeros(3, 32)},
        {"level1": torch.zeros(4, 0)},
        {"columns": torch.tensor([3, 8])},
        {"columns": torch.tensor([16, 0, 0])},
        {"columns": torch.tensor([[3, 8, 5]])},
        {"pitch": torch.zeros(2)},
        {"pitch": torch.tensor([60, 128, -1])},
        {"pitch": torch.tensor([60, -2, -1])},
        {"family": torch.tensor([0, 11, -1])},
        {"family": torch.tensor([0, -2, -1])},
        {"other": torch.zeros(1)},
        {"names": ["a"]},
        {"names": None},
        {"shape": {"codebook_sizes": [16], "n_rows": [2], "columns_per_coarse": [1]}},
        {"shape": to_dict(CROSSED)},
        {"shape": "x"},
        {"shape": {**to_dict(SHAPE), "codebook_sizes": [float("inf"), 9]}},
        {"shape": {**to_dict(SHAPE), "codebook_sizes": [10**30, 9]}},
        {"names": 10**30},
        {"version": 3},
        {"format": "x"},
    ],
    ids=str,
)
def test_files_that_contradict_themselves_are_refused(tmp_path: Path, change: dict) -> None:
    path = tmp_path / "x.safetensors"
    codemap_file.write(path, make()[1])
    with safetensors.safe_open(path, framework="pt") as file:
        header = json.loads(file.metadata()["timbrush"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    for name, value in change.items():
        if isinstance(value, torch.Tensor):
            tensors[name] = value.int()
        else:
            header[name] = value
    safetensors.torch.save_file(tensors, path, {"timbrush": json.dumps(header)})

    with pytest.raises(DatasetError) as caught:
        codemap_file.read(path)
    assert "\n" not in str(caught.value)


def test_what_holds_no_codemaps_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"no codemaps")
    safetensors.torch.save_file({"a": torch.zeros(1)}, tmp_path / "y")

    for name in ("x", "y", "missing"):
        with pytest.raises(DatasetError, match="codemaps"):
            codemap_file.read(tmp_path / name)
    nested = json.dumps({"__metadata__": {"timbrush": "[" * 100_000}}).encode()
    (tmp_path / "z").write_bytes(len(nested).to_bytes(8, "little") + nested)
    with pytest.raises(DatasetError, match=r"cannot read .* as codemaps"):
        codemap_file.read(tmp_path / "z")
    with pytest.raises(DatasetError, match="no sound could be read"):
        collect([], [], shape=SHAPE, fingerprint="")
